package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;

/** Rows of the log once more, in an application whose tables are its own. */
@ExtendWith(NoSecretInLogs.class)
class ReplayIT {
    private static final Duration SOON = Duration.ofSeconds(15);

    private static Database database;
    private static Shop shop;

    @BeforeAll
    static void start() {
        shop = Shop.shared(TomcatVersion.TOMCAT_11);
        database = shop.database();
    }

    private static Map<String, Object> replayed(Object logId) {
        long start = System.nanoTime();
        database.execute(
                "insert into payment_replay (log_id) values (?) on conflict (log_id) do update set done_at = null",
                logId);
        Wait.until(
                SOON,
                () -> database.count("payment_replay where log_id = ? and done_at is not null", logId) == 1,
                () -> shop.tomcat().log());
        System.out.printf("replayed after %d ms%n", (System.nanoTime() - start) / 1_000_000);
        return database.row("select * from payment_replay where log_id = ?", logId);
    }

    private static void lateOrder(String no) {
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)", Shop.MCH_ID, no);
    }

    @Test
    void orderInsertedLate_v2_isPaidByTheRow() {
        String no = Shop.newOrderNo();
        Exchange.post(
                        shop,
                        "wechat",
                        WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY))
                .answers("UNKNOWN_ORDER");
        Object first = shop.logOf(no).get(0).get("id");
        assertEquals("UNKNOWN_ORDER", replayed(first).get("outcome"));
        lateOrder(no);
        assertEquals("APPLIED", replayed(first).get("outcome"));
        assertEquals("PAID", shop.orderRow(Shop.MCH_ID, no).get("status"));
        List<Map<String, Object>> log = shop.logOf(no);
        assertEquals(
                List.of("UNKNOWN_ORDER", "UNKNOWN_ORDER", "APPLIED"),
                log.stream().map(row -> row.get("outcome")).toList());
        assertEquals("REPLAY", log.get(2).get("source"));
        assertEquals("wechat", log.get(2).get("account"));
        assertEquals(log.get(0).get("body"), log.get(2).get("body"));
        assertTrue(log.get(2).get("detail").toString().endsWith(" (row " + first + " once more)"));
        // A row once more leads to its first.
        assertEquals("DUPLICATE", replayed(log.get(2).get("id")).get("outcome"));
        assertTrue(shop.logOf(no).get(3).get("detail").toString().endsWith(" (row " + first + " once more)"));
    }

    /** As if it had come 40 minutes ago: the window is measured at its arrival. */
    @Test
    void orderInsertedLate_v3_isPaidByTheRow() {
        String no = Shop.newOrderNo();
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification(
                        "TRANSACTION.SUCCESS", WechatV3Callback.transaction(Shop.MCH_ID, no, 101), Shop.V3_KEY),
                Instant.now().getEpochSecond(),
                Shop.PLATFORM_SERIAL,
                Shop.key("wechat_platform_private.pem"));
        Http.post(
                shop.pay("both"),
                callback.body(),
                callback.headers().entrySet().stream()
                        .flatMap(each -> Stream.of(each.getKey(), each.getValue()))
                        .toArray(String[]::new));
        Map<String, Object> row = shop.logOf(no).get(0);
        assertEquals("UNKNOWN_ORDER", row.get("outcome"));
        lateOrder(no);
        assertEquals("APPLIED", replayed(row.get("id")).get("outcome"));
        database.execute(
                "update payment_order set status = 'PENDING', transaction_id = null where out_trade_no = ?", no);
        Object old = database.value(
                "insert into payment_log (received_at, account, channel, outcome, took_us, body, headers, out_trade_no)"
                        + " select received_at - interval '6 minutes', account, channel, outcome, 1, body, headers, ?"
                        + " from payment_log where id = ? returning id",
                no,
                row.get("id"));
        assertEquals("BAD_SIGNATURE", replayed(old).get("outcome"), "out of the window at its arrival");
    }

    @Test
    void whatCantBeReplayed_saysWhy() {
        assertEquals(null, replayed(999_999_999L).get("outcome"));
        Object gone = database.value("insert into payment_log (received_at, account, channel, outcome, took_us, body)"
                + " values (now(), 'gone', 'wechat-v2', 'UNKNOWN_ORDER', 1, '<xml/>') returning id");
        assertEquals(
                "expected a configured account 'gone', found none",
                replayed(gone).get("detail"));
        Object answer = database.value("insert into payment_log (received_at, account, channel, outcome, took_us, body,"
                + " source) values (now(), 'wechat', 'wechat-v3', 'UNKNOWN_ORDER', 1, '{}', 'INQUIRY') returning id");
        assertEquals(
                "expected an account that inquires by wechat-v3, for this is such an answer, found that it doesn't inquire",
                replayed(answer).get("detail"));
        Object cut = database.value("insert into payment_log (received_at, account, channel, outcome, took_us, body)"
                + " values (now(), 'wechat', 'wechat-v2', 'TOO_LARGE', 1, '<xml>') returning id");
        Map<String, Object> done = replayed(cut);
        assertEquals(null, done.get("outcome"));
        assertTrue(done.get("detail").toString().contains("only its start"), done::toString);
        // As the flood's limit cuts it.
        Object start = database.value("insert into payment_log (received_at, account, channel, outcome, took_us, body,"
                + " detail) values (now(), 'wechat', 'wechat-v2', 'BAD_SIGNATURE', 1, '<xml>',"
                + " 'no; the body is cut: expected at most 1024 bytes, found more') returning id");
        assertTrue(replayed(start).get("detail").toString().contains("only its start"));
    }

    /** Ten thousand at once, and callbacks are answered meanwhile as ever. */
    @Test
    void manyAtOnce_holdUpNoCallback() {
        Database own = Postgres.shared().newDatabase();
        try (Shop many = Shop.open(TomcatVersion.TOMCAT_11, own)) {
            String no = many.order(Shop.MCH_ID, 101);
            Exchange.post(
                            many,
                            "wechat",
                            WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY))
                    .answers("APPLIED");
            int rows = Integer.getInteger("replay.rows", 10_000);
            own.execute("insert into payment_log (received_at, account, channel, outcome, took_us, body)"
                    + " select received_at, account, channel, 'UNKNOWN_ORDER', 1, body"
                    + " from payment_log, generate_series(1, " + rows + ")");
            own.execute("insert into payment_replay (log_id) select id from payment_log");
            long start = System.nanoTime();
            long worst = 0;
            while (own.count("payment_replay where done_at is null") > 0) {
                String other = many.order(Shop.MCH_ID, 101);
                byte[] body = WechatV2Callback.payment(Shop.MCH_ID, other, 101).body(Shop.KEY);
                long sent = System.nanoTime();
                assertEquals(200, Http.post(many.pay("wechat"), body).status());
                worst = Math.max(worst, System.nanoTime() - sent);
                assertTrue(System.nanoTime() - start < Duration.ofMinutes(3).toNanos(), many.tomcat()::log);
            }
            System.out.printf(
                    "%d rows once more in %d ms; the slowest callback meanwhile %d ms%n",
                    rows, (System.nanoTime() - start) / 1_000_000, worst / 1_000_000);
            assertTrue(worst < Duration.ofSeconds(3).toNanos(), "slowest callback: " + worst + " ns");
            assertEquals(rows + 1, own.count("payment_replay where outcome = 'DUPLICATE'"));
        }
    }
}
