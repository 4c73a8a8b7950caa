package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.standardwebhooks.Webhook;
import java.net.http.HttpHeaders;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Postgres;
import paynotify.kit.Receiver;
import paynotify.kit.Receiver.Heard;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Undeployment;
import paynotify.kit.Wait;
import paynotify.kit.Wechat;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV2RefundCallback;

/** A shop whose software is told by webhook and by LISTEN; a second try after 1 s, a third after 2 s. */
@OnBothTomcats
@ExtendWith(NoSecretInLogs.class)
class EventIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    /** Contract, section 11: an event is taken up within 3 s of its commit. */
    private static final Duration TAKEN_UP = Duration.ofSeconds(3);

    @Parameter
    TomcatVersion version;

    private final String secret = Receiver.newSecret(24);
    private final String older = Receiver.newSecret(64);
    private Receiver receiver;
    private Database database;
    private Tomcat tomcat;
    private Shop shop;

    @BeforeEach
    void start() {
        receiver = Receiver.start(secret);
        database = Postgres.shared().newDatabase();
    }

    @AfterEach
    void stop() {
        if (tomcat != null) {
            tomcat.close();
        }
        receiver.close();
    }

    private String webhook() {
        return "webhook.url = " + receiver.url("/hooks/payment?shop=1") + "\nwebhook.secret = ${file:webhook.secret}\n"
                + "webhook.retry = 1s,2s\n";
    }

    private void open(String more) {
        open(Shop.tomcat(version, database, more));
    }

    private void open(Tomcat.Builder builder) {
        tomcat = builder.file("conf/webhook.secret", secret + "," + older + "\n")
                .manager()
                .start();
        shop = Shop.of(tomcat, "notify", database);
        shop.awaitUp();
    }

    private String pay(String account, String mchId, String key) {
        String no = shop.order(mchId, 101);
        Exchange.post(shop, account, WechatV2Callback.payment(mchId, no, 101).body(key))
                .answers("APPLIED");
        return no;
    }

    private String pay() {
        return pay("wechat", Shop.MCH_ID, Shop.KEY);
    }

    private Map<String, Object> event(String no) {
        return database.row("select * from payment_event where out_trade_no = ?", no);
    }

    private void awaitDelivered(String no) {
        Wait.until(
                SOON,
                () -> database.count("payment_event where out_trade_no = ? and delivered_at is not null", no) > 0,
                () -> database.rows("select * from payment_event") + tomcat.log());
    }

    private void awaitTries(String no, int tries) {
        Wait.until(
                SOON,
                () -> (Integer) event(no).get("tries") == tries,
                () -> database.rows("select * from payment_event") + tomcat.log());
    }

    /** What a library of the specification's authors makes of it. */
    private static void assertGenuine(String withSecret, Heard heard) throws Exception {
        Map<String, List<String>> headers = new TreeMap<>();
        heard.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        new Webhook(withSecret).verify(heard.body(), HttpHeaders.of(headers, (name, value) -> true));
    }

    @Test
    void paid_isToldAsTheSpecificationSays() throws Exception {
        open(webhook());
        String no = pay();
        awaitDelivered(no);
        assertEquals(1, receiver.heard(no).size());
        Heard heard = receiver.heard(no).get(0);
        Map<String, Object> event = event(no);
        assertTrue(heard.genuine(), heard::toString);
        assertGenuine(secret, heard);
        assertGenuine(older, heard);
        assertEquals("POST", heard.headers().get("method"));
        assertEquals("application/json", heard.headers().get("Content-Type"));
        assertEquals("/hooks/payment?shop=1", heard.path());
        assertEquals("evt_" + event.get("id"), heard.id());
        String paidAt = instant(shop.orderRow(Shop.MCH_ID, no).get("paid_at"));
        assertEquals(
                "{\"type\":\"payment.paid\",\"timestamp\":\"" + paidAt + "\",\"data\":{\"id\":" + event.get("id")
                        + ",\"account\":\"wechat\",\"mch_id\":\"" + Shop.MCH_ID + "\",\"out_trade_no\":\"" + no
                        + "\",\"transaction_id\":\"" + WechatV2Callback.transactionId(no)
                        + "\",\"total_fee\":101,\"currency\":\"CNY\",\"payer\":\""
                        + shop.orderRow(Shop.MCH_ID, no).get("payer")
                        + "\",\"outcome\":\"APPLIED\",\"detail\":\"" + event.get("detail")
                        + "\",\"occurred_at\":\"" + paidAt + "\",\"created_at\":\""
                        + instant(event.get("created_at")) + "\"}}",
                heard.body());
        assertTrue(
                Duration.between(Instant.parse(instant(event.get("created_at"))), heard.at())
                                .compareTo(TAKEN_UP)
                        < 0,
                () -> event + " " + heard);
        assertEquals(1, event.get("tries"));
        assertEquals(204, event.get("last_status"));
        assertNull(event.get("next_at"));
        assertNull(event.get("last_error"));
        assertNull(event.get("leased_until"));
    }

    private static String instant(Object timestamp) {
        return ((java.sql.Timestamp) timestamp).toInstant().toString();
    }

    /** All that is not 2xx is tried again, with the same id and body; after the last try it rests until SQL asks. */
    @Test
    void notHeard_isTriedAgainAndThenByRequest() {
        open(webhook());
        receiver.behave(each -> Receiver.status(500));
        String no = pay();
        Wait.until(SOON, () -> receiver.heard(no).size() == 3 && event(no).get("next_at") == null, tomcat::log);
        awaitTries(no, 3);
        assertEquals(500, event(no).get("last_status"));
        assertEquals("expected a status of 200 to 299, found 500", event(no).get("last_error"));
        List<Heard> heard = receiver.heard(no);
        assertEquals(1, heard.stream().map(Heard::id).distinct().count());
        assertEquals(1, heard.stream().map(Heard::body).distinct().count());
        assertTrue(heard.stream().allMatch(Heard::genuine));
        assertNotEquals(
                heard.get(0).headers().get("webhook-timestamp"),
                heard.get(2).headers().get("webhook-timestamp"));
        assertBetween(
                800, 3_000, Duration.between(heard.get(0).at(), heard.get(1).at()));
        assertBetween(
                1_600, 4_000, Duration.between(heard.get(1).at(), heard.get(2).at()));

        // Once, for its tries are used up.
        database.execute("update payment_event set next_at = now() where out_trade_no = ?", no);
        awaitTries(no, 4);
        assertNull(event(no).get("next_at"));
        receiver.behave(each -> Receiver.status(200));
        database.execute("update payment_event set next_at = now() where out_trade_no = ?", no);
        awaitDelivered(no);
        assertNull(event(no).get("last_error"));
        // Also what was delivered.
        database.execute("update payment_event set next_at = now() where out_trade_no = ?", no);
        awaitTries(no, 6);
        assertEquals(6, receiver.heard(no).size());
    }

    private static void assertBetween(long least, long most, Duration found) {
        assertTrue(found.toMillis() >= least && found.toMillis() <= most, found::toString);
    }

    @Test
    void otherAnswers_areFailuresAndNoRedirectIsFollowed() {
        open(webhook());
        Map<String, Receiver.Manner> manners = new TreeMap<>();
        manners.put("301", Receiver.status(301, "Location", receiver.url("/elsewhere")));
        manners.put("307", Receiver.status(307, "Location", receiver.url("/elsewhere")));
        manners.put("410", Receiver.status(410));
        manners.put("cut", Receiver.CUT);
        manners.put("429", Receiver.status(429, "Retry-After", "4"));
        Map<String, String> orders = new TreeMap<>();
        for (Map.Entry<String, Receiver.Manner> manner : manners.entrySet()) {
            List<String> ids = new ArrayList<>();
            receiver.behave(each -> {
                boolean again = ids.contains(each.id());
                ids.add(each.id());
                return again ? Receiver.status(204) : manner.getValue();
            });
            String no = pay();
            orders.put(manner.getKey(), no);
            awaitTries(no, 1);
            assertNull(event(no).get("delivered_at"), manner::getKey);
            awaitDelivered(no);
            assertEquals(2, receiver.heard(no).size(), manner::getKey);
        }
        assertEquals(
                List.of(),
                receiver.heard().stream()
                        .filter(each -> each.path().contains("elsewhere"))
                        .toList());
        List<Heard> asked = receiver.heard(orders.get("429"));
        assertBetween(
                4_000, 6_000, Duration.between(asked.get(0).at(), asked.get(1).at()));
        tomcat.awaitLog("events are not heard; they are sent again [account=wechat]", SOON);
        tomcat.awaitLog("events are heard again [account=wechat]", SOON);
    }

    @Test
    void endlessAnswer_isReadNoFurtherThanItMustBe() {
        open(webhook());
        receiver.behave(each -> Receiver.ENDLESS);
        String no = pay();
        awaitDelivered(no);
        assertEquals(200, event(no).get("last_status"));
        assertEquals(1, receiver.heard(no).size());
    }

    /** One account's receiver never answers; the others' events go as before, and so do callbacks. */
    @Test
    void hangingReceiver_holdsUpNobodyElse() {
        String own = Receiver.newSecret(32);
        try (Receiver hanging = Receiver.start(own)) {
            hanging.behave(each -> Receiver.HANG);
            open(webhook() + "account.other.webhook.url = " + hanging.url("/other")
                    + "\naccount.other.webhook.secret = " + own + "\n");
            String first = "";
            for (int i = 0; i < 60; i++) {
                String no = shop.order(Shop.OTHER_MCH_ID, 101);
                first = i == 0 ? no : first;
                Exchange.post(
                                shop,
                                "other",
                                WechatV2Callback.payment(Shop.OTHER_MCH_ID, no, 101)
                                        .with("appid", "wxd930ea5d5a258f4f")
                                        .body(Shop.OTHER_KEY))
                        .answers("APPLIED");
            }
            Wait.until(SOON, () -> hanging.heard().size() == 32, tomcat::log);
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                String no = pay();
                Wait.until(TAKEN_UP, () -> receiver.heard(no).size() == 1, tomcat::log);
                awaitDelivered(no);
                assertTrue(System.nanoTime() - start < TAKEN_UP.toNanos());
            }
            assertEquals(32, hanging.mostOpen());
            assertTrue(hanging.heard().get(0).genuine());
            // 15 s in all: then it counts as failed.
            String waits = first;
            Wait.until(
                    SOON,
                    () -> (Integer) event(waits).get("tries") == 1
                            && event(waits).get("last_status") == null,
                    () -> event(waits) + tomcat.log());
        }
    }

    @Test
    void attention_isToldOnceForEachOrderTransactionAndOutcome() {
        open(webhook());
        String none = Shop.newOrderNo();
        byte[] unknown = WechatV2Callback.payment(Shop.MCH_ID, none, 101).body(Shop.KEY);
        String no = shop.order(Shop.MCH_ID, 101);
        byte[] less = WechatV2Callback.payment(Shop.MCH_ID, no, 100).body(Shop.KEY);
        for (int i = 0; i < 3; i++) {
            Exchange.post(shop, "wechat", unknown).answers("UNKNOWN_ORDER");
            Exchange.post(shop, "wechat", less).answers("AMOUNT_MISMATCH");
        }
        Exchange.post(
                        shop,
                        "wechat",
                        WechatV2Callback.payment(Shop.OTHER_MCH_ID, no, 101).body(Shop.KEY))
                .answers("WRONG_MERCHANT");
        Exchange.post(
                        shop,
                        "wechat",
                        WechatV2Callback.payment(Shop.MCH_ID, no, 101).body("f".repeat(32)))
                .answers("BAD_SIGNATURE");
        Wait.until(SOON, () -> receiver.known().size() == 3, tomcat::log);
        assertEquals(
                "[{account=wechat, outcome=AMOUNT_MISMATCH, n=1}, {account=wechat, outcome=UNKNOWN_ORDER, n=1},"
                        + " {account=wechat, outcome=WRONG_MERCHANT, n=1}]",
                database.rows("select account, outcome, count(*) as n from payment_event"
                                + " where type = 'payment.attention' group by 1, 2 order by 2")
                        .toString());
        Exchange.post(
                        shop,
                        "wechat",
                        WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY))
                .answers("APPLIED");
        awaitDelivered(no);
        assertEquals(4, database.count("payment_event"));
    }

    @Test
    void refunds_areToldAsTheyMove() {
        open(webhook());
        String no = pay();
        for (String status : List.of("CHANGE", "SUCCESS", "SUCCESS")) {
            WechatV2RefundCallback refund = WechatV2RefundCallback.refund(Shop.MCH_ID, no, 101, "R" + no, 1)
                    .with("refund_status", status);
            assertEquals(
                    200, Http.post(shop.pay("wechat"), refund.body(Shop.KEY)).status());
        }
        Wait.until(SOON, () -> receiver.heard("R" + no).size() == 2, () -> receiver.heard() + tomcat.log());
        assertEquals(
                "[{type=refund.abnormal, total_fee=1, currency=CNY}, {type=refund.succeeded, total_fee=1, currency=CNY}]",
                database.rows(
                                "select type, total_fee, currency from payment_event where out_refund_no = ? order by id",
                                "R" + no)
                        .toString());
    }

    @Test
    void replaysAndInquiries_makeEvents() {
        try (Wechat wechat = Wechat.start()) {
            open(webhook() + "account.wechat.inquiry = v2\naccount.wechat.app-id = " + Wechat.APP_ID
                    + "\ninquiry.url = " + wechat.url() + "\ninquiry.at = 1s,4s,20s\n");
            String asked = shop.order(Shop.MCH_ID, 101);
            wechat.books().order(Shop.MCH_ID, asked, "SUCCESS", 101);
            awaitDelivered(asked);
            assertEquals(1, receiver.heard(asked).size());
            String late = Shop.newOrderNo();
            Exchange.post(
                            shop,
                            "wechat",
                            WechatV2Callback.payment(Shop.MCH_ID, late, 101)
                                    .with("appid", Wechat.APP_ID)
                                    .body(Shop.KEY))
                    .answers("UNKNOWN_ORDER");
            database.execute(
                    "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)",
                    Shop.MCH_ID,
                    late);
            database.execute(
                    "insert into payment_replay (log_id) select id from payment_log where out_trade_no = ?", late);
            Wait.until(
                    SOON,
                    () -> receiver.heard(late).size() == 2,
                    () -> database.rows("select * from payment_replay") + tomcat.log());
            assertEquals(
                    "[{type=payment.attention}, {type=payment.paid}]",
                    database.rows("select type from payment_event where out_trade_no = ? order by id", late)
                            .toString());
        }
    }

    /** A listener hears the id when it is committed; without a webhook nothing is sent. */
    @Test
    void channelOnly_wakesTheListenerWithTheId() throws Exception {
        open("event.channel = payment_event\n");
        try (Connection connection = database.connect()) {
            connection.createStatement().execute("listen payment_event");
            String no = pay();
            PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications((int) SOON.toMillis());
            assertEquals(1, heard.length);
            assertEquals(event(no).get("id").toString(), heard[0].getParameter());
            assertNull(event(no).get("next_at"));
            assertEquals(List.of(), receiver.heard());
        }
    }

    /** Old events go, but for those that are still to be sent. */
    @Test
    void oldEvents_areDeletedAtStart() {
        open(webhook());
        tomcat.kill();
        for (String row : List.of("'old', 31, null", "'due', 31, now() + interval '1 hour'", "'new', 29, null")) {
            String[] parts = row.split(", ");
            database.execute(
                    "insert into payment_event (type, account, outcome, occurred_at, detail, created_at, next_at)"
                            + " values ('payment.paid', 'wechat', 'APPLIED', now(), " + parts[0]
                            + ", now() - interval '" + parts[1]
                            + " days', " + parts[2] + ")");
        }
        tomcat.startAgain();
        Wait.until(SOON, () -> database.count("payment_event where detail = 'old'") == 0, tomcat::log);
        assertEquals(2, database.count("payment_event"));
    }

    /** What the shop is telling when the application goes may be heard to the end; nothing stays behind. */
    @Test
    void undeployed_withEventsUnderWay_givesThemBack() {
        open(Shop.tomcat(version, database, webhook()).withoutCoverage());
        receiver.behave(each -> Receiver.HANG);
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            numbers.add(pay());
        }
        Wait.until(SOON, () -> receiver.heard().size() == 5, tomcat::log);
        Undeployment.leavesNothing(tomcat);
        assertEquals(
                5,
                database.count("payment_event where next_at is not null and leased_until is null and tries = 0"),
                () -> database.rows("select * from payment_event") + tomcat.log());
    }
}
