package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.Wechat;
import paynotify.kit.WechatV2Callback;

/**
 * Half of the callbacks never arrive, and one of two Tomcats and PostgreSQL are killed meanwhile: in the end every order
 * that WeChat knows as paid is PAID, once, and nothing else is.
 */
@ExtendWith(NoSecretInLogs.class)
class InquiryStormIT {
    private static final int ORDERS = 320;
    /** A killed Tomcat's questions are taken up within 90 s (contract, note before section 7), and asked within 20 s more. */
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(110);

    /** What became of every fourth order. */
    private enum Fate {
        PAID_CALLBACK_LOST,
        PAID_CALLBACK_SENT_ONCE,
        GIVEN_BACK,
        NOT_PAID;

        static Fate of(int order) {
            return values()[order % 4];
        }

        boolean isPaid() {
            return this == PAID_CALLBACK_LOST || this == PAID_CALLBACK_SENT_ONCE;
        }
    }

    private record Placed(String mchId, String no, Fate fate) {}

    private final List<Placed> placed = new ArrayList<>();

    @Test
    void callbacksDroppedAndServersKilled_whoHasPaidIsKnownInTheEnd() throws Exception {
        try (Postgres postgres = Postgres.start();
                Wechat wechat = Wechat.start()) {
            Database database = postgres.newDatabase();
            wechat.slow(Duration.ofSeconds(1));
            try (Tomcat one = start(TomcatVersion.TOMCAT_11, database, wechat);
                    Tomcat two = start(TomcatVersion.TOMCAT_10, database, wechat)) {
                Shop first = InquiryIT.open(one, database);
                Shop second = InquiryIT.open(two, database);
                long killed = storm(wechat, postgres, List.of(first, second));
                Wait.until(
                        KNOWN_WITHIN,
                        () -> database.count("payment_order where status = 'PAID'") == ORDERS / 2
                                && database.count("payment_log where outcome = 'REFUNDED'") == ORDERS / 4,
                        () -> database.rows("select * from payment_order o left join payment_inquiry i"
                                        + " using (mch_id, out_trade_no) where o.status = 'PENDING'")
                                + two.log());
                System.out.printf(
                        "inquiry storm: %d orders, all known %d ms after Tomcat was killed%n",
                        ORDERS, (System.nanoTime() - killed) / 1_000_000);
                judge(database);
            }
        }
    }

    private static Tomcat start(TomcatVersion version, Database database, Wechat wechat) {
        String ages = "inquiry.at = 1s,4s,20s,1m,2m,3m\n";
        return InquiryIT.tomcat(version, database, wechat)
                .properties(InquiryIT.properties(database, wechat).replaceFirst("inquiry\\.at = .*\n", ages))
                .file("conf/merchant.pem", Shop.key("merchant_private.pem"))
                .start();
    }

    /** @return when Tomcat was killed, by {@link System#nanoTime} */
    private long storm(Wechat wechat, Postgres postgres, List<Shop> shops) throws Exception {
        long killed = 0;
        ExecutorService senders = Executors.newFixedThreadPool(8);
        try {
            for (int i = 0; i < ORDERS; i++) {
                place(wechat, shops.get(1), i);
                Placed order = placed.get(i);
                if (order.fate == Fate.PAID_CALLBACK_SENT_ONCE && order.mchId.equals(Shop.MCH_ID)) {
                    Shop shop = shops.get(i / 8 % 2);
                    senders.execute(() -> sendOnce(shop, order));
                }
                if (i == ORDERS / 3) {
                    Wait.until(Duration.ofSeconds(20), () -> wechat.questions().size() > 10, () -> "no questions");
                    shops.get(0).tomcat().kill();
                    killed = System.nanoTime();
                } else if (i == ORDERS / 2) {
                    postgres.kill();
                    postgres.startAgain();
                } else if (i == ORDERS * 3 / 4) {
                    shops.get(0).tomcat().startAgain();
                }
            }
        } finally {
            senders.shutdown();
            assertTrue(senders.awaitTermination(30, TimeUnit.SECONDS));
        }
        return killed;
    }

    private void place(Wechat wechat, Shop shop, int i) {
        String mchId = i % 8 < 4 ? Shop.MCH_ID : Shop.OTHER_MCH_ID;
        Fate fate = Fate.of(i);
        String no = shop.order(mchId, 101);
        String state = fate.isPaid() ? "SUCCESS" : fate == Fate.GIVEN_BACK ? "REFUND" : "NOTPAY";
        wechat.books().order(mchId, no, state, 101);
        placed.add(new Placed(mchId, no, fate));
    }

    /** Whatever becomes of it: it is not sent again. */
    private static void sendOnce(Shop shop, Placed order) {
        try {
            Http.post(
                    shop.pay("wechat"),
                    WechatV2Callback.payment(order.mchId, order.no, 101).body(Shop.KEY));
        } catch (UncheckedIOException e) {
            System.out.println("inquiry storm: a callback met a dead Tomcat: " + e.getMessage());
        }
    }

    private void judge(Database database) {
        for (Placed order : placed) {
            String status = (String) database.value(
                    "select status from payment_order where mch_id = ? and out_trade_no = ?", order.mchId, order.no);
            assertEquals(order.fate.isPaid() ? "PAID" : "PENDING", status, order::toString);
            List<Object> booked = new ArrayList<>();
            database.rows(
                            "select outcome from payment_log where mch_id = ? and out_trade_no = ? and outcome <> 'DUPLICATE'",
                            order.mchId,
                            order.no)
                    .forEach(row -> booked.add(row.get("outcome")));
            List<String> expected = order.fate.isPaid()
                    ? List.of("APPLIED")
                    : order.fate == Fate.GIVEN_BACK ? List.of("REFUNDED") : List.of();
            assertEquals(expected, booked, order::toString);
        }
        assertTrue(database.count("payment_log where source = 'INQUIRY' and outcome = 'APPLIED'") > ORDERS / 4);
        assertTrue(database.count("payment_log where source = 'CALLBACK' and outcome = 'APPLIED'") > 0);
    }
}
