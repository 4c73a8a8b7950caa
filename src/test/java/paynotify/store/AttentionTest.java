package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Outcome;
import paynotify.sender.Payments;
import paynotify.sender.Reading;
import paynotify.sender.Refund.Status;
import paynotify.sender.Trade;

/** Contract, section 9: which cases {@code payment_attention} shows, and when one leaves. */
class AttentionTest {
    private final Database shop = Postgres.shared().newDatabase();
    private Store store;
    private int minute;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 1 << 30, Clock.systemUTC()));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void order(String no, String status, String transaction) {
        shop.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee, status, transaction_id)"
                        + " values ('m', ?, 101, ?, ?)",
                no,
                status,
                transaction);
    }

    /** A row for each call, a minute apart. */
    private void told(String event, String outcome, String no, String refundNo, String transaction, long fee) {
        shop.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, out_refund_no,"
                        + " transaction_id, total_fee, outcome, detail, took_us, body) values (date_trunc('minute', now())"
                        + " - interval '1 day' + ? * interval '1 minute', 'a', 'wechat-v3', ?, 'm', ?, ?, ?, ?, ?, 'why '"
                        + " || ?, 1, '')",
                ++minute,
                event,
                no,
                refundNo,
                transaction,
                fee,
                outcome,
                outcome);
    }

    private void paid(String outcome, String no, String transaction) {
        told("PAYMENT", outcome, no, null, transaction, 101);
    }

    private Outcome refund(String refundNo, long fee, Status status) throws Unavailable {
        long now = System.nanoTime();
        Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.now(), now, now);
        return store.settle(new Reading(
                        callback,
                        "wechat-v3",
                        null,
                        Payments.refund(
                                new Trade("m", null, "o", "t", 101), refundNo, "id-" + refundNo, fee, null, status)))
                .get(0)
                .outcome();
    }

    private void done(String no, String refundNo, String transaction) {
        shop.execute(
                "insert into payment_attention_done (mch_id, out_trade_no, out_refund_no, transaction_id, done_at)"
                        + " select 'm', ?, ?, ?, max(received_at) + interval '1 second' from payment_log",
                no,
                refundNo,
                transaction);
    }

    private List<String> cases() {
        return shop
                .rows("select concat_ws('/', out_trade_no, out_refund_no, transaction_id, outcome) as c"
                        + " from payment_attention order by 1")
                .stream()
                .map(row -> row.get("c").toString())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"UNKNOWN_ORDER", "AMOUNT_MISMATCH", "ORDER_CLOSED", "CONFLICT", "REFUNDED", "WRONG_MERCHANT"})
    void attention_toldThreeTimes_isOneCaseWithTheLastWord(String outcome) {
        paid("UNKNOWN_ORDER", "o", "t");
        paid("CONFLICT", "o", "t");
        paid(outcome, "o", "t");
        Map<String, Object> row = shop.row("select *, last_at - first_at = interval '2 minutes' as span,"
                + " log_id = (select max(id) from payment_log) as last from payment_attention");
        assertEquals(outcome, row.get("outcome"));
        assertEquals("why " + outcome, row.get("detail"));
        assertEquals("m", row.get("mch_id"));
        assertEquals("o", row.get("out_trade_no"));
        assertEquals("", row.get("out_refund_no"));
        assertEquals("t", row.get("transaction_id"));
        assertEquals(101L, row.get("total_fee"));
        assertEquals(3L, row.get("times"));
        assertEquals(true, row.get("span"));
        assertEquals(true, row.get("last"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APPLIED",
                "DUPLICATE",
                "NOT_PAID",
                "IGNORED",
                "BAD_SIGNATURE",
                "SIGNATURE_PROBE",
                "MALFORMED",
                "TOO_LARGE"
            })
    void attention_otherOutcomes_areNoCases(String outcome) {
        paid(outcome, "o", "t");
        assertEquals(List.of(), cases());
    }

    @ParameterizedTest
    @CsvSource({"wechat-v2, 1", "wechat-v3, 1", "ccb, 0", "allinpay, 0", "lakala, 0", "form, 0", "wechat, 0"})
    void attention_wrongMerchant_isACaseWhereTheKeyIsTheMerchantsOwn(String channel, long expected) {
        shop.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, outcome, took_us,"
                        + " body) values (now(), 'a', ?, 'PAYMENT', 'm', 'o', 'WRONG_MERCHANT', 1, '')",
                channel);
        assertEquals(expected, shop.count("payment_attention"));
        // Other words are the sender's own about this merchant.
        shop.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, outcome, took_us,"
                        + " body) values (now(), 'a', ?, 'PAYMENT', 'm', 'p', 'CONFLICT', 1, '')",
                channel);
        assertEquals(expected + 1, shop.count("payment_attention"));
    }

    @ParameterizedTest
    @CsvSource({"PENDING,, 1", "PAID, t, 0", "PAID, other, 1", "PAID,, 1", "CLOSED,, 1"})
    void attention_payment_leavesWhenTheOrderIsPaidByThatTransaction(String status, String by, long expected) {
        paid("UNKNOWN_ORDER", "o", "t");
        assertEquals(1, shop.count("payment_attention"));
        order("o", status, by);
        assertEquals(expected, shop.count("payment_attention"));
    }

    @Test
    void attention_paymentWithoutATransaction_leavesWhenTheOrderIsPaidWithoutOne() {
        paid("UNKNOWN_ORDER", "o", null);
        paid("UNKNOWN_ORDER", "p", null);
        assertEquals(List.of("o///UNKNOWN_ORDER", "p///UNKNOWN_ORDER"), cases());
        order("o", "PAID", null);
        order("p", "PAID", "t");
        assertEquals(List.of("p///UNKNOWN_ORDER"), cases());
    }

    @Test
    void attention_refunded_leavesWhenTheOrderIsClosed() {
        paid("REFUNDED", "o", "t");
        paid("CONFLICT", "p", "t");
        order("o", "PENDING", null);
        order("p", "CLOSED", null);
        assertEquals(List.of("o//t/REFUNDED", "p//t/CONFLICT"), cases());
        shop.execute("update payment_order set status = 'CLOSED'");
        assertEquals(List.of("p//t/CONFLICT"), cases());
    }

    /** The order was PAID when its refunds came, so they were applied. */
    @Test
    void attention_refunded_leavesWhenItsAppliedRefundsAddUp() {
        order("o", "PENDING", null);
        told("REFUND", "APPLIED", "o", "r1", "t", 51);
        told("REFUND", "DUPLICATE", "o", "r1", "t", 51);
        paid("REFUNDED", "o", "t");
        assertEquals(List.of("o//t/REFUNDED"), cases());
        told("REFUND", "APPLIED", "o", "r2", "t", 50);
        assertEquals(List.of(), cases());
    }

    @ParameterizedTest
    @CsvSource({
        "SUCCESS, PENDING, 1",
        "SUCCESS, ABNORMAL, 1",
        "SUCCESS, CLOSED, 1",
        "SUCCESS, SUCCESS, 0",
        "ABNORMAL, PENDING, 1",
        "ABNORMAL, ABNORMAL, 0",
        "ABNORMAL, CLOSED, 1",
        "ABNORMAL, SUCCESS, 0",
        "CLOSED, ABNORMAL, 1",
        "CLOSED, CLOSED, 0",
        "CLOSED, SUCCESS, 0"
    })
    void attention_refund_leavesWhenItHasReachedItsStatus(Status told, String reached, long expected)
            throws Unavailable {
        order("o", "PENDING", null);
        assertEquals(Outcome.UNKNOWN_ORDER, refund("r", 51, told));
        assertEquals(List.of("o/r/t/UNKNOWN_ORDER"), cases());
        shop.execute(
                "insert into payment_refund (mch_id, out_refund_no, out_trade_no, refund_fee, status)"
                        + " values ('m', 'r', 'o', 51, ?)",
                reached);
        assertEquals(expected, shop.count("payment_attention"));
        shop.execute("update payment_refund set out_trade_no = 'another'");
        assertEquals(1, shop.count("payment_attention"));
    }

    @Test
    void attention_doublePayment_leavesWithItsRefundsWhenTheyAddUp() throws Unavailable {
        order("o", "PAID", "first");
        paid("CONFLICT", "o", "t");
        paid("CONFLICT", "o", "third");
        assertEquals(Outcome.CONFLICT, refund("r1", 51, Status.SUCCESS));
        assertEquals(Outcome.CONFLICT, refund("r1", 51, Status.SUCCESS));
        assertEquals(Outcome.CONFLICT, refund("r2", 50, Status.ABNORMAL));
        assertEquals(List.of("o//t/CONFLICT", "o//third/CONFLICT", "o/r1/t/CONFLICT", "o/r2/t/CONFLICT"), cases());
        assertEquals(Outcome.CONFLICT, refund("r2", 50, Status.SUCCESS));
        assertEquals(List.of("o//third/CONFLICT"), cases());
        assertEquals(0, shop.count("payment_attention where mch_id = 'm' and transaction_id = 't'"));
    }

    @Test
    void attention_refundsWithoutATransaction_addUpToNothing() {
        told("PAYMENT", "CONFLICT", "o", null, null, 101);
        told("REFUND", "CONFLICT", "o", "r", null, 101);
        assertEquals(2, shop.count("payment_attention"));
    }

    @Test
    void attention_markedAsDone_leavesUntilItIsToldOtherwise() {
        paid("UNKNOWN_ORDER", "o", "t");
        paid("UNKNOWN_ORDER", "o", "u");
        told("REFUND", "UNKNOWN_ORDER", "o", "r", "t", 1);
        done("o", "", "t");
        assertEquals(List.of("o//u/UNKNOWN_ORDER", "o/r/t/UNKNOWN_ORDER"), cases());
        done("o", "r", "t");
        done("o", "", "u");
        assertEquals(List.of(), cases());
        paid("UNKNOWN_ORDER", "o", "t");
        assertEquals(List.of(), cases());
        paid("ORDER_CLOSED", "o", "t");
        paid("UNKNOWN_ORDER", "o", "t");
        assertEquals(List.of("o//t/UNKNOWN_ORDER"), cases());
        assertEquals(4L, shop.value("select times from payment_attention"));
        shop.execute("update payment_attention_done set done_at = now() where transaction_id = 't'");
        assertEquals(List.of(), cases());
    }

    @Test
    void attention_markedBeforeItIsTold_isACase() {
        shop.execute("insert into payment_attention_done (mch_id, out_trade_no, done_at)"
                + " values ('m', 'o', now() - interval '2 days')");
        paid("UNKNOWN_ORDER", "o", null);
        assertEquals(List.of("o///UNKNOWN_ORDER"), cases());
        Map<String, Object> row = shop.row("select * from payment_attention_done");
        assertEquals(shop.user(), row.get("done_by"));
        assertNull(row.get("remark"));
    }

    /** Otherwise each case's order is looked up before the first one is shown. */
    @Test
    void attention_newestFew_lookUpNoMoreOrdersThanItTakes() {
        for (int i = 0; i < 50; i++) {
            paid("UNKNOWN_ORDER", "o" + i, "t" + i);
        }
        shop.execute("analyze payment_log");
        List<String> plan = shop
                .rows("explain (analyze, costs off, timing off, summary off) select * from payment_attention"
                        + " order by last_at desc limit 3")
                .stream()
                .map(row -> row.values().iterator().next().toString())
                .toList();
        List<String> ofOrders = plan.stream()
                .filter(line -> line.contains(" on payment_order p"))
                .toList();
        assertEquals(1, ofOrders.size(), plan::toString);
        assertTrue(ofOrders.get(0).endsWith(" loops=3)"), plan::toString);
    }

    @Test
    void daily_twoDaysInBeijing_areCounted() {
        for (String row : List.of(
                "'2026-03-01T15:59:59Z', 'APPLIED', 100, 10",
                "'2026-03-01T16:00:00Z', 'APPLIED', 200, 20",
                "'2026-03-02T15:59:59Z', 'APPLIED', 300, 41",
                "'2026-03-02T15:59:59Z', 'CONFLICT', null, 5")) {
            shop.execute(
                    "insert into payment_log (received_at, outcome, total_fee, took_us, account, channel, event, body)"
                            + " values (" + row + ", 'a', 'wechat-v2', 'PAYMENT', '')");
        }
        assertEquals(
                List.of(
                        "2026-03-01 a wechat-v2 CALLBACK PAYMENT APPLIED 1 100 10 10",
                        "2026-03-02 a wechat-v2 CALLBACK PAYMENT APPLIED 2 500 31 41",
                        "2026-03-02 a wechat-v2 CALLBACK PAYMENT CONFLICT 1 5 5"),
                shop
                        .rows("select concat_ws(' ', day, account, channel, source, event, outcome, callbacks,"
                                + " total_fee, took_us_avg, took_us_max) as c from payment_daily order by 1")
                        .stream()
                        .map(row -> row.get("c").toString())
                        .toList());
    }
}
