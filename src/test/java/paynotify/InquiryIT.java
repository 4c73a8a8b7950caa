package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.AtOnce;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Undeployment;
import paynotify.kit.Wait;
import paynotify.kit.Wechat;
import paynotify.kit.Wechat.Manner;
import paynotify.kit.WechatBooks;
import paynotify.kit.WechatV2Callback;

/** Callbacks that do not come, and a WeChat that is asked; ages of 1 s, 4 s and 20 s. */
@ExtendWith(NoSecretInLogs.class)
class InquiryIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String REQUEST =
            "insert into payment_inquiry (mch_id, out_trade_no, next_at) values (?, ?, now())"
                    + " on conflict (mch_id, out_trade_no, out_refund_no) do update set next_at = now()";
    private static Wechat wechat;
    private static Database database;
    private static Tomcat tomcat;
    private static Shop shop;

    @BeforeAll
    static void start() {
        wechat = Wechat.start();
        database = Postgres.shared().newDatabase();
        tomcat = tomcat(TomcatVersion.TOMCAT_11, database, wechat).start();
        shop = open(tomcat, database);
    }

    @AfterAll
    static void stop() {
        tomcat.close();
        wechat.close();
    }

    @BeforeEach
    @AfterEach
    void honest() {
        wechat.up();
        wechat.behave(Manner.HONEST).slow(Duration.ZERO);
    }

    /** With two accounts that inquire, one by v2 and one by v3. */
    static String properties(Database database, Wechat wechat) {
        return Shop.databaseProperties(database)
                + Shop.account()
                + "account.wechat.app-id = " + Wechat.APP_ID + "\naccount.wechat.inquiry = v2\n"
                + "account.v3.channel = wechat\naccount.v3.mch-id = " + Shop.OTHER_MCH_ID
                + "\naccount.v3.app-id = " + Wechat.APP_ID
                + "\naccount.v3.inquiry = v3\naccount.v3.merchant-key = merchant.pem\naccount.v3.merchant-serial = "
                + Wechat.MERCHANT_SERIAL
                + "\naccount.v3.public-key." + Shop.PLATFORM_SERIAL + " = platform_cert.pem\n"
                + "account.v3.public-key." + Shop.PUBLIC_KEY_ID + " = pub_key.pem\n"
                + "inquiry.url = " + wechat.url()
                + "\ninquiry.at = 1s,4s,20s\ninquiry.refund-at = 1s,10s\ninquiry.per-second = 100\n";
    }

    static Tomcat.Builder tomcat(TomcatVersion version, Database database, Wechat wechat) {
        return Shop.tomcat(version, database, "")
                .properties(properties(database, wechat))
                .file("conf/merchant.pem", Shop.key("merchant_private.pem"));
    }

    /** Also where the machine is so busy that the database answers only after the start. */
    static Shop open(Tomcat started, Database own) {
        Shop opened = Shop.of(started, "notify", own);
        Wait.until(SOON, () -> Http.get(opened.health()).status() == 200, started::log);
        return opened;
    }

    private static String status(String mchId, String no) {
        return (String) shop.orderRow(mchId, no).get("status");
    }

    private static Map<String, Object> inquiry(String no) {
        return database.row("select * from payment_inquiry where out_trade_no = ?", no);
    }

    private static void awaitAnswer(String no, String word) {
        Wait.until(
                SOON,
                () -> database.count("payment_inquiry where out_trade_no = ? and answer = ?", no, word) == 1,
                () -> database.rows("select * from payment_inquiry where out_trade_no = '" + no + "'") + tomcat.log());
    }

    @ParameterizedTest
    @ValueSource(strings = {Shop.MCH_ID, Shop.OTHER_MCH_ID})
    void callbackLost_paid_isAppliedByTheAnswer(String mchId) {
        String no = shop.order(mchId, 101);
        wechat.books().order(mchId, no, "SUCCESS", 101);
        awaitAnswer(no, "SUCCESS");
        assertEquals("PAID", status(mchId, no));
        assertEquals(
                WechatV2Callback.transactionId(no), shop.orderRow(mchId, no).get("transaction_id"));
        List<Map<String, Object>> log = shop.logOf(no);
        assertEquals(1, log.size());
        assertEquals("APPLIED", log.get(0).get("outcome"));
        assertEquals("INQUIRY", log.get(0).get("source"));
        assertEquals(null, log.get(0).get("remote_addr"));
        assertEquals(null, inquiry(no).get("next_at"));
        if (mchId.equals(Shop.MCH_ID)) {
            Exchange.post(
                            shop,
                            "wechat",
                            WechatV2Callback.payment(mchId, no, 101).body(Shop.KEY))
                    .answers("DUPLICATE");
        }
    }

    private static void subOrder(String mchId, String no, String combineOutTradeNo) {
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee, combine_mch_id, combine_out_trade_no)"
                        + " values (?, ?, 101, ?, ?)",
                mchId,
                no,
                Shop.OTHER_MCH_ID,
                combineOutTradeNo);
    }

    /** One answer settles all sub orders, of whatever merchant. */
    @Test
    void callbackLost_combined_paysAllItsOrders() {
        String number = "C" + Shop.newOrderNo();
        String own = Shop.newOrderNo();
        String others = Shop.newOrderNo();
        wechat.books()
                .combine(
                        Shop.OTHER_MCH_ID,
                        number,
                        List.of(
                                new WechatBooks.Order(Shop.OTHER_MCH_ID, "", own, "SUCCESS", 101),
                                new WechatBooks.Order("1900000222", "", others, "SUCCESS", 101)));
        subOrder(Shop.OTHER_MCH_ID, own, number);
        subOrder("1900000222", others, number);
        Wait.until(
                SOON,
                () -> status(Shop.OTHER_MCH_ID, own).equals("PAID")
                        && status("1900000222", others).equals("PAID"),
                tomcat::log);
        for (String no : List.of(own, others)) {
            List<Map<String, Object>> log = shop.logOf(no);
            assertEquals(1, log.size(), log::toString);
            assertEquals("INQUIRY", log.get(0).get("source"));
            assertEquals(number, log.get(0).get("combine_out_trade_no"));
        }
    }

    @ParameterizedTest
    @CsvSource({"REFUND, REFUNDED", "SUCCESS, AMOUNT_MISMATCH"})
    void paidButNotToBeShipped_isToldOnceAndTheOrderStays(String state, String outcome) {
        String no = shop.order(Shop.MCH_ID, 101);
        wechat.books().order(Shop.MCH_ID, no, state, outcome.equals("REFUNDED") ? 101 : 102);
        awaitAnswer(no, state);
        assertEquals("PENDING", status(Shop.MCH_ID, no));
        assertEquals(outcome, shop.logOf(no).get(0).get("outcome"));
        assertEquals(null, inquiry(no).get("next_at"));
        assertEquals(1, shop.logOf(no).size());
    }

    @Test
    void notPaidThenPaid_isAskedAtTheNextAge() {
        String no = shop.order(Shop.MCH_ID, 101);
        wechat.books().order(Shop.MCH_ID, no, "NOTPAY", 101);
        awaitAnswer(no, "NOTPAY");
        assertEquals("PENDING", status(Shop.MCH_ID, no));
        wechat.books().order(Shop.MCH_ID, no, "SUCCESS", 101);
        awaitAnswer(no, "SUCCESS");
        assertEquals("PAID", status(Shop.MCH_ID, no));
        assertEquals(1, shop.logOf(no).size());
        assertEquals(2, wechat.questions(no).size());
    }

    @ParameterizedTest
    @EnumSource(names = {"OTHER_ORDER", "FORGED", "UNSIGNED", "NONSENSE"})
    void answerThatCantBeBelieved_changesNothing(Manner manner) {
        String no = shop.order(Shop.MCH_ID, 101);
        wechat.books().order(Shop.MCH_ID, no, "NOTPAY", 101);
        wechat.behave(no, manner);
        Wait.until(
                SOON,
                () -> database.count("payment_inquiry where out_trade_no = ? and tries = 1", no) == 1,
                tomcat::log);
        assertEquals("PENDING", status(Shop.MCH_ID, no));
        assertEquals(List.of(), shop.logOf(no));
    }

    @Test
    void refund_isBookedByTheAnswer() {
        String no = shop.order(Shop.MCH_ID, 101);
        Exchange.post(
                        shop,
                        "wechat",
                        WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY))
                .answers("APPLIED");
        database.execute(
                "insert into payment_refund (mch_id, out_refund_no, out_trade_no, refund_fee)" + " values (?, ?, ?, 1)",
                Shop.MCH_ID,
                "R" + no,
                no);
        wechat.books().order(Shop.MCH_ID, no, "REFUND", 101).refund(Shop.MCH_ID, no, 101, "R" + no, "SUCCESS", 1);
        Wait.until(
                SOON,
                () -> database.count("payment_refund where out_refund_no = ? and status = 'SUCCESS'", "R" + no) == 1,
                () -> database.rows("select * from payment_inquiry") + tomcat.log());
    }

    /** Whatever its age and status; a request for nothing is answered, too. */
    @Test
    void requestedBySql_isAskedAtOnce() {
        String no = shop.order(Shop.MCH_ID, 101);
        wechat.books().order(Shop.MCH_ID, no, "SUCCESS", 101);
        database.execute(
                "update payment_order set created_at = now() - interval '300 days', status = 'CLOSED'"
                        + " where out_trade_no = ?",
                no);
        long start = System.nanoTime();
        database.execute(REQUEST, Shop.MCH_ID, no);
        awaitAnswer(no, "SUCCESS");
        System.out.printf("asked by SQL: answered after %d ms%n", (System.nanoTime() - start) / 1_000_000);
        assertEquals("ORDER_CLOSED", shop.logOf(no).get(0).get("outcome"));
        String none = Shop.newOrderNo();
        database.execute(REQUEST, Shop.MCH_ID, none);
        awaitAnswer(none, "ORDER_NOT_EXIST");
        database.execute(REQUEST, "1", none);
        Wait.until(
                SOON,
                () -> database.count("payment_inquiry where mch_id = '1' and next_at is null and detail is not null")
                        == 1,
                tomcat::log);
    }

    /** The same payment told twice at the same moment: it is applied once. */
    @Test
    void callbackAndAnswerAtOnce_areAppliedOnce() throws Exception {
        int orders = Integer.getInteger("inquiry.races", 100);
        List<String> numbers = new ArrayList<>();
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < orders; i++) {
            String no = shop.order(Shop.MCH_ID, 101);
            numbers.add(no);
            wechat.books().order(Shop.MCH_ID, no, "SUCCESS", 101);
            byte[] body = WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY);
            calls.add(() -> {
                Wait.until(SOON, () -> !wechat.questions(no).isEmpty(), () -> "not asked: " + no);
                return Http.post(shop.pay("wechat"), body).status();
            });
        }
        for (int from = 0; from < orders; from += 50) {
            List<String> part = numbers.subList(from, Math.min(orders, from + 50));
            part.forEach(no -> database.execute(REQUEST, Shop.MCH_ID, no));
            for (int status : AtOnce.all(calls.subList(from, from + part.size()))) {
                assertEquals(200, status);
            }
        }
        for (String no : numbers) {
            assertEquals(1, database.count("payment_log where out_trade_no = ? and outcome = 'APPLIED'", no));
            assertEquals("PAID", status(Shop.MCH_ID, no));
        }
        System.out.println("callback and answer at once: "
                + database.rows(
                        "select source, count(*) from payment_log where outcome = 'APPLIED' and out_trade_no = any(?) group by 1",
                        (Object) numbers.toArray(String[]::new)));
    }

    /** A WeChat of its own, for what it does to the account lasts. */
    @Test
    void senderDownAndBack_allAreAskedWhenItIs() {
        Database own = Postgres.shared().newDatabase();
        try (Wechat busy = Wechat.start();
                Tomcat alone = tomcat(TomcatVersion.TOMCAT_10, own, busy).start()) {
            Shop theirs = open(alone, own);
            busy.behave(Manner.BUSY_429);
            List<String> numbers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                numbers.add(theirs.order(Shop.MCH_ID, 101));
                busy.books().order(Shop.MCH_ID, numbers.get(i), "SUCCESS", 101);
            }
            alone.awaitLog("the sender does not answer our questions; the next one in 30 s", SOON);
            Wait.until(SOON, () -> own.count("payment_inquiry") == 30, alone::log);
            int asked = busy.questions().size();
            assertTrue(asked <= 20, "questions: " + asked);
            busy.behave(Manner.HONEST);
            Wait.until(
                    Duration.ofSeconds(60),
                    () -> own.count("payment_order where status = 'PAID'") == 30,
                    () -> own.rows("select * from payment_inquiry") + alone.log());
        }
    }

    @Test
    void undeploy_questionsUnderWay_leavesNothingBehind() {
        Database own = Postgres.shared().newDatabase();
        try (Wechat slow = Wechat.start();
                Tomcat alone = tomcat(TomcatVersion.TOMCAT_11, own, slow)
                        .withoutCoverage()
                        .manager()
                        .start()) {
            Shop theirs = open(alone, own);
            slow.slow(Duration.ofSeconds(9));
            String no = theirs.order(Shop.MCH_ID, 101);
            slow.books().order(Shop.MCH_ID, no, "SUCCESS", 101);
            Wait.until(SOON, () -> slow.questions().size() == 1, alone::log);
            Undeployment.leavesNothing(alone);
            assertEquals(1, own.count("payment_inquiry where leased_until is null and tries = 0"), "given back");
        }
    }
}
