package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Finding;
import paynotify.sender.Payments;
import paynotify.sender.Reading;
import paynotify.store.Replays.Again;
import paynotify.store.Replays.Row;

/** Rows once more, on a real PostgreSQL. */
class ReplaysTest {
    private static final Instant ARRIVAL = Instant.parse("2025-06-01T04:00:06Z");

    private final Database shop = Postgres.shared().newDatabase();
    private final List<Row> read = new ArrayList<>();
    private Store store;
    private Replays replays;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
        replays = store.replays();
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** The number of a row that says that order was paid. */
    private long logged(String no) {
        return ((Number) shop.value(
                        "insert into payment_log (received_at, account, channel, out_trade_no, outcome, took_us, body, headers)"
                                + " values (cast(? as timestamptz), 'a', 'wechat-v2', ?, 'UNKNOWN_ORDER', 1, 'body', 'A: b')"
                                + " returning id",
                        ARRIVAL.toString(),
                        no))
                .longValue();
    }

    private void order(String no) {
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', ?, 101)", no);
    }

    private Again again(Row row) {
        read.add(row);
        Callback callback =
                Callback.again(row.id(), row.account(), row.body().getBytes(UTF_8), name -> null, row.receivedAt());
        return new Again(
                new Reading(
                        callback,
                        row.channel(),
                        row.headers(),
                        Payments.of("m", row.outTradeNo(), "t-" + row.outTradeNo(), 101, "CNY", ARRIVAL, null)),
                "");
    }

    private Map<String, Object> replay(long logId) throws Unavailable {
        shop.execute(
                "insert into payment_replay (log_id) values (?) on conflict (log_id) do update set done_at = null",
                logId);
        replays.run(this::again);
        return shop.row("select * from payment_replay where log_id = ?", logId);
    }

    @Test
    void run_rowOfTheLog_isSettledAgainAndAgain() throws Exception {
        long first = logged("o");
        order("o");
        Map<String, Object> done = replay(first);
        assertEquals("APPLIED", done.get("outcome"));
        assertEquals(shop.user(), done.get("requested_by"));
        assertNotNull(done.get("done_at"));
        assertEquals(ARRIVAL, read.get(0).receivedAt());
        Map<String, Object> row = shop.row(
                "select *, received_at > now() - interval '1 minute' as now from payment_log" + " where id > ?", first);
        assertEquals("REPLAY", row.get("source"));
        assertEquals("a", row.get("account"));
        assertEquals("body", row.get("body"));
        assertEquals("A: b", row.get("headers"));
        assertEquals(true, row.get("now"));
        assertTrue(row.get("detail").toString().endsWith(" (row " + first + " once more)"), row::toString);
        assertEquals("DUPLICATE", replay(first).get("outcome"));
        // That of a row once more leads to the first.
        assertEquals("DUPLICATE", replay(((Number) row.get("id")).longValue()).get("outcome"));
        assertEquals(List.of(first, first, first), read.stream().map(Row::id).toList());
        assertEquals(
                3L, shop.count("payment_log where source = 'REPLAY' and detail like '%(row " + first + " once more)'"));
    }

    @Test
    void run_whatCantBeReplayed_isDoneWithoutAnOutcome() throws Exception {
        Map<String, Object> done = replay(4711);
        assertNull(done.get("outcome"));
        assertNotNull(done.get("done_at"));
        assertTrue(done.get("detail").toString().contains("found none"));
        long id = logged("o");
        shop.execute("insert into payment_replay (log_id) values (?)", id);
        replays.run(row -> new Again(null, "because"));
        assertEquals("because", shop.value("select detail from payment_replay where log_id = ?", id));
        assertEquals(1, shop.count("payment_log"));
    }

    @Test
    void run_manyAtOnce_areDoneInBatches() throws Exception {
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) select 'm', 'o' || n, 101"
                + " from generate_series(1, 120) n");
        shop.execute("insert into payment_log (received_at, account, channel, out_trade_no, outcome, took_us, body)"
                + " select now(), 'a', 'wechat-v2', 'o' || n, 'UNKNOWN_ORDER', 1, '' from generate_series(1, 120) n");
        shop.execute("insert into payment_replay (log_id) select id from payment_log");
        assertTrue(replays.run(this::again));
        assertTrue(replays.run(this::again));
        assertFalse(replays.run(this::again));
        assertEquals(120, shop.count("payment_order where status = 'PAID'"));
        assertEquals(120, shop.count("payment_replay where outcome = 'APPLIED'"));
    }

    /** What somebody holds for long is left for the next time, and the others are done meanwhile. */
    @Test
    void run_orderThatSomebodyHolds_isDoneLater() throws Exception {
        for (String no : List.of("o1", "o2", "o3")) {
            order(no);
            shop.execute("insert into payment_replay (log_id) values (?)", logged(no));
        }
        try (Connection holder = DriverManager.getConnection(shop.url(), shop.user(), shop.password())) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("select * from payment_order where out_trade_no = 'o1' for update");
            assertFalse(replays.run(this::again), "nothing more can be done now");
            assertEquals(2, shop.count("payment_order where status = 'PAID'"));
            assertEquals(1, shop.count("payment_replay where done_at is null"));
        }
        replays.run(this::again);
        assertEquals(3, shop.count("payment_replay where outcome = 'APPLIED'"));
    }

    /** Rows of combined payments hold many orders each: no transaction holds more than some of them. */
    @Test
    void run_rowsOfManyOrders_areDoneInSeveralTransactions() throws Exception {
        for (int i = 0; i < 5; i++) {
            shop.execute("insert into payment_replay (log_id) values (?)", logged("whole" + i));
        }
        Function<Row, Again> fifty = row -> {
            List<Finding> findings = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String no = row.outTradeNo() + "-" + i;
                findings.add(Payments.of("m", no, "t-" + no, 101, "CNY", ARRIVAL, null));
            }
            return new Again(new Reading(again(row).reading().callback(), row.channel(), null, findings), "");
        };
        assertTrue(replays.run(fifty), "there is more");
        assertEquals(3, shop.count("payment_replay where outcome = 'UNKNOWN_ORDER'"));
        assertFalse(replays.run(fifty));
        assertEquals(5, shop.count("payment_replay where outcome = 'UNKNOWN_ORDER'"));
        assertEquals(250, shop.count("payment_log where source = 'REPLAY'"));
    }

    /** The answer to one of several orders: the first that is no success. */
    @Test
    void run_rowOfSeveralOrders_saysTheFirstFailure() throws Exception {
        order("o1");
        shop.execute("insert into payment_replay (log_id) values (?)", logged("whole"));
        replays.run(row -> {
            List<Finding> findings = List.of(
                    Payments.of("m", "o1", "t1", 101, "CNY", ARRIVAL, null),
                    Payments.of("m", "o2", "t2", 101, "CNY", ARRIVAL, null));
            return new Again(new Reading(again(row).reading().callback(), row.channel(), null, findings), "");
        });
        assertEquals("UNKNOWN_ORDER", shop.value("select outcome from payment_replay"));
        assertEquals(1, shop.count("payment_order where status = 'PAID'"));
    }

    /** A trigger of the shop's that refuses one order must not hold up the others. */
    @Test
    void run_oneThatFails_isToldAndTheOthersAreDone() throws Exception {
        shop.execute("create function refuses() returns trigger language plpgsql as"
                + " $$ begin raise exception 'not this one'; end $$");
        shop.execute("create trigger refuses before update on payment_order for each row"
                + " when (new.out_trade_no = 'o2') execute function refuses()");
        for (String no : List.of("o1", "o2", "o3")) {
            order(no);
            shop.execute("insert into payment_replay (log_id) values (?)", logged(no));
        }
        assertTrue(replays.run(this::again));
        assertEquals(2, shop.count("payment_order where status = 'PAID'"));
        assertTrue(shop.value("select detail from payment_replay where outcome is null")
                .toString()
                .contains("not this one"));
        assertEquals(3, shop.count("payment_replay where done_at is not null"));
        assertFalse(replays.run(this::again));
    }
}
