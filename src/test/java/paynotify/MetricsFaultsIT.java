package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Scrape;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.Wechat;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;

/** What the figures tell while something is broken, and what the tables and questions tell. */
@ExtendWith(NoSecretInLogs.class)
class MetricsFaultsIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    /** Prometheus waits for 10 s, and some for a busy machine. */
    private static final Duration SCRAPED_WITHIN = Duration.ofSeconds(8);

    private static Wechat wechat;
    private static Postgres postgres;
    private static Database database;
    private static Shop shop;

    @BeforeAll
    static void start() {
        wechat = Wechat.start();
        postgres = Postgres.start();
        database = postgres.newDatabase();
        Tomcat tomcat = Shop.tomcat(TomcatVersion.TOMCAT_11, database, "")
                .properties(InquiryIT.properties(database, wechat)
                        + "metrics = on\n"
                        + "account.wrongkey.channel = wechat\naccount.wrongkey.mch-id = 1900000199\n"
                        + "account.wrongkey.api-v3-key = "
                        + Shop.V3_KEY.replace('f', 'g') + "\naccount.wrongkey.public-key." + Shop.PLATFORM_SERIAL
                        + " = platform_cert.pem\n")
                .file("conf/merchant.pem", Shop.key("merchant_private.pem"))
                .start();
        shop = Shop.of(tomcat, "notify", database);
        shop.awaitUp();
    }

    @AfterAll
    static void stop() {
        shop.close();
        wechat.close();
        postgres.close();
    }

    @AfterEach
    void worksAgain() {
        Wait.until(SOON, () -> Http.get(shop.health()).status() == 200, () -> "still down");
    }

    private static Scrape scrape() {
        long start = System.nanoTime();
        Scrape scrape = Scrape.of(shop.tomcat().uri("/notify/metrics"));
        long took = System.nanoTime() - start;
        assertTrue(took < SCRAPED_WITHIN.toNanos(), "a scrape took " + took / 1_000_000 + " ms");
        return scrape;
    }

    private static double faults(String cause) {
        return scrape().value("notify_own_faults_total", "cause", cause);
    }

    private static byte[] payment(String no) {
        return WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY);
    }

    @Test
    void databaseKilled_isItsFault_andAScrapeStillAnswers() {
        assertTrue(scrape().names().contains("notify_inquiries_due"));
        double before = faults("database");
        byte[] body = payment(shop.order(Shop.MCH_ID, 101));
        postgres.kill();
        try {
            assertEquals(503, Http.post(shop.pay("wechat"), body).status());
            assertEquals(before + 1, faults("database"));
            Wait.until(
                    SOON.plusSeconds(60),
                    () -> !scrape().names().contains("notify_inquiries_due"),
                    () -> "numbers of long ago");
        } finally {
            postgres.startAgain();
        }
        Wait.until(
                SOON.plusSeconds(60),
                () -> scrape().names().contains("notify_inquiries_due"),
                () -> "no numbers although the database is back");
    }

    @Test
    void databaseFrozen_aScrapeStillAnswers() {
        postgres.freeze();
        try {
            scrape();
            scrape();
        } finally {
            postgres.thaw();
        }
    }

    @Test
    void orderLocked_isALocksFault() throws SQLException {
        String no = shop.order(Shop.MCH_ID, 101);
        double before = faults("lock");
        try (Connection other = database.connect();
                PreparedStatement lock =
                        other.prepareStatement("select from payment_order where out_trade_no = ? for update")) {
            other.setAutoCommit(false);
            lock.setString(1, no);
            lock.executeQuery();
            assertEquals(503, Http.post(shop.pay("wechat"), payment(no)).status());
        }
        assertEquals(before + 1, faults("lock"));
    }

    @Test
    void keyThatDoesNotOpenAGenuineCallback_isAKeysFault() {
        double before = faults("key");
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification(
                        "TRANSACTION.SUCCESS",
                        WechatV3Callback.transaction("1900000199", Shop.newOrderNo(), 101),
                        Shop.V3_KEY),
                Instant.now().getEpochSecond(),
                Shop.PLATFORM_SERIAL,
                Shop.key("wechat_platform_private.pem"));
        int status = Http.post(
                        shop.pay("wrongkey"),
                        callback.body(),
                        callback.headers().entrySet().stream()
                                .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                                .toArray(String[]::new))
                .status();
        assertEquals(503, status);
        assertEquals(before + 1, faults("key"));
    }

    @Test
    void questions_areCountedByTheirAnswer_andWhatTheyLeadTo() {
        String paid = shop.order(Shop.MCH_ID, 101);
        String waits = shop.order(Shop.OTHER_MCH_ID, 101);
        wechat.books().order(Shop.MCH_ID, paid, "SUCCESS", 101).order(Shop.OTHER_MCH_ID, waits, "NOTPAY", 101);
        Wait.until(
                SOON,
                () -> {
                    Scrape scrape = scrape();
                    return scrape.value("notify_inquiries_total", "account", "wechat", "answer", "SUCCESS") >= 1
                            && scrape.value("notify_inquiries_total", "account", "v3", "answer", "NOTPAY") >= 1
                            && scrape.value(
                                            "notify_callbacks_total",
                                            "account",
                                            "wechat",
                                            "channel",
                                            "wechat-v2",
                                            "source",
                                            "INQUIRY",
                                            "outcome",
                                            "APPLIED")
                                    >= 1;
                },
                () -> scrape().toString());
        assertFalse(scrape().has("notify_inquiries_due", "account", "wrongkey"), "it does not inquire");
    }

    @Test
    void questionsThatAreDue_areCounted() {
        // In the future of the sender's patience: a lease keeps them due, and nobody asks.
        database.execute(
                "insert into payment_inquiry (mch_id, out_trade_no, next_at, planned_at, asked_by, leased_until)"
                        + " select '" + Shop.MCH_ID
                        + "', 'DUE-' || n, now() - interval '1 min', now() - interval '1 min', '"
                        + Shop.MCH_ID + "', now() + interval '1 hour' from generate_series(1, 7) n");
        try {
            Wait.until(
                    SOON,
                    () -> scrape().value("notify_inquiries_due", "account", "wechat") >= 7,
                    () -> scrape().toString());
        } finally {
            database.execute("delete from payment_inquiry where out_trade_no like 'DUE-%'");
        }
    }
}
