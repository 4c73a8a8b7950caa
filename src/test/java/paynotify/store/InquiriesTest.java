package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import paynotify.config.Secret;
import paynotify.kit.CapturedLog;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Next;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
import paynotify.sender.Payments;
import paynotify.sender.Reading;
import paynotify.sender.Source;
import paynotify.store.Enrolment.Kind;
import paynotify.store.Inquiries.Due;

/** What is due and what becomes of it, on a real PostgreSQL: ages 1 min, 5 min and 1 h. */
class InquiriesTest {
    private static final List<Duration> AGES =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofHours(1));
    private static final String REQUEST =
            "insert into payment_inquiry (mch_id, out_trade_no, next_at) values (?, ?, now())"
                    + " on conflict (mch_id, out_trade_no, out_refund_no) do update set next_at = now()";

    private final Database shop = Postgres.shared().newDatabase();
    private Store store;
    private Enrolment enrolment;
    private Inquiries inquiries;

    @BeforeEach
    void open() throws Exception {
        start();
    }

    private void start() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
        enrolment = store.enrolment();
        inquiries = store.inquiries();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void order(String no, String age) {
        shop.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee, created_at)"
                        + " values ('m', ?, 101, now() - cast(? as interval))",
                no,
                age);
    }

    private void enrol() throws Unavailable {
        enrolment.enrol(Kind.PAYMENT, List.of("m"), AGES, Duration.ofDays(7), AGES.get(0));
        enrolment.enrol(Kind.REFUND, List.of("m"), AGES, Duration.ofDays(7), AGES.get(0));
    }

    private List<String> claimed(int most) throws Unavailable {
        return inquiries.claim("m", most).stream()
                .map(due -> due.question().outTradeNo())
                .toList();
    }

    private Map<String, Object> row(String no) {
        return shop.row("select *, next_at - (select created_at from payment_order o where o.mch_id = i.mch_id and"
                + " o.out_trade_no = i.out_trade_no) as age from payment_inquiry i where out_trade_no = '" + no + "'");
    }

    private static Answer answer(Next next) {
        return new Answer(next, next == Next.RETRY ? "BAD_SIGNATURE" : "NOTPAY", "a sentence", null);
    }

    private static Answer paid(String no, String transactionId, boolean givenBack) {
        Callback callback = Callback.of(
                Source.INQUIRY, "a", "<xml/>".getBytes(UTF_8), name -> null, Instant.parse("2025-06-01T04:00:06Z"));
        Instant paidAt = Instant.parse("2025-06-01T04:00:05Z");
        Payment payment = givenBack
                ? Payments.givenBack("m", no, transactionId, 101, "CNY", paidAt)
                : Payments.of("m", no, transactionId, 101, "CNY", paidAt, "payer");
        return new Answer(
                Next.SETTLE,
                givenBack ? "REFUND" : "SUCCESS",
                "paid",
                new Reading(callback, "wechat-v2", null, payment));
    }

    @Test
    void enrol_ordersOfAge_areDueOnceTheNewestFirst() throws Exception {
        order("young", "59 seconds");
        order("new", "61 seconds");
        order("older", "10 minutes");
        order("over", "3 days");
        order("ancient", "8 days");
        order("future", "-1 hours");
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee, created_at, status) values"
                + " ('m', 'paid', 1, now() - interval '2 minutes', 'PAID'),"
                + " ('x', 'elsewhere', 1, now() - interval '2 minutes', 'PENDING')");
        enrol();
        enrol();
        assertEquals(3, shop.count("payment_inquiry"));
        assertEquals(List.of("new"), claimed(1));
        assertEquals(List.of("older", "over"), claimed(20));
        assertEquals(List.of(), claimed(20));
    }

    @Test
    void enrol_subOrderOfACombinedPayment_isAskedByWhoPlacedTheWhole() throws Exception {
        shop.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee, created_at, sub_mch_id, combine_mch_id,"
                        + " combine_out_trade_no) values ('x', 'o', 1, now() - interval '2 minutes', 's', 'm', 'whole')");
        enrol();
        Due due = inquiries.claim("m", 1).get(0);
        assertEquals("x", due.question().mchId());
        assertEquals("s", due.question().subMchId());
        assertEquals("whole", due.question().combineOutTradeNo());
    }

    @Test
    void enrol_refundOfAPaidOrder_isDue() throws Exception {
        order("o", "3 days");
        shop.execute("insert into payment_refund (mch_id, out_refund_no, out_trade_no, refund_fee, created_at)"
                + " values ('m', 'r', 'o', 1, now() - interval '6 minutes')");
        enrol();
        assertEquals(0, shop.count("payment_inquiry where out_refund_no = 'r'"), "its order is not paid");
        shop.execute("update payment_order set status = 'PAID'");
        enrol();
        Due due = inquiries.claim("m", 5).get(0);
        assertEquals("r", due.question().outRefundNo());
        inquiries.answered(due, answer(Next.AT_NEXT_AGE), AGES);
        assertEquals(
                true,
                shop.value("select next_at = created_at + interval '1 hour' from payment_inquiry"
                        + " join payment_refund using (out_refund_no)"));
    }

    @Test
    void claim_paidMeanwhile_isPutAsideAndNotAsked() throws Exception {
        order("o1", "2 minutes");
        order("o2", "2 minutes");
        enrol();
        shop.execute("update payment_order set status = 'PAID'");
        shop.execute("update payment_inquiry set asked_at = now() where out_trade_no = 'o2'");
        assertEquals(List.of(), claimed(20));
        assertEquals(0, shop.count("payment_inquiry where out_trade_no = 'o1'"), "never asked about: no trace");
        assertNull(row("o2").get("next_at"));
    }

    @Test
    void claim_requested_comesFirstWhateverItsStatus() throws Exception {
        order("o1", "61 seconds");
        order("o2", "2 days");
        shop.execute("update payment_order set status = 'PAID' where out_trade_no = 'o2'");
        enrol();
        shop.execute(REQUEST, "m", "o2");
        shop.execute(REQUEST, "m", "unknown");
        inquiries.adopt(List.of("m"));
        assertEquals(List.of("o2", "unknown"), claimed(2));
        assertEquals(List.of("o1"), claimed(2));
        shop.execute(REQUEST, "nobody", "o");
        inquiries.adopt(List.of("m"));
        Map<String, Object> nobody = row("o");
        assertNull(nobody.get("next_at"));
        assertEquals("expected an account that inquires for mch_id 'nobody', found none", nobody.get("detail"));
    }

    @ParameterizedTest
    @CsvSource({"2 minutes, 300", "6 minutes, 3600", "2 hours,"})
    void answered_notPaid_isAskedAtTheNextAge(String age, Integer seconds) throws Exception {
        order("o", age);
        enrol();
        assertEquals(List.of(), inquiries.answered(inquiries.claim("m", 1).get(0), answer(Next.AT_NEXT_AGE), AGES));
        Map<String, Object> row = row("o");
        assertEquals(1, row.get("tries"));
        assertEquals("NOTPAY", row.get("answer"));
        assertEquals("a sentence", row.get("detail"));
        assertNotNull(row.get("asked_at"));
        assertNull(row.get("leased_until"));
        assertEquals(
                seconds,
                seconds == null
                        ? row.get("next_at")
                        : ((Number) shop.value("select extract(epoch from next_at - created_at) from payment_inquiry"
                                        + " join payment_order using (mch_id, out_trade_no)"))
                                .intValue());
        assertEquals(List.of(), claimed(1));
    }

    @Test
    void answered_unverifiable_isAskedAgainEverMoreSeldomUntilItsLastAge() throws Exception {
        order("o", "2 minutes");
        enrol();
        for (int expected : new int[] {30, 60, 120}) {
            inquiries.answered(inquiries.claim("m", 1).get(0), answer(Next.RETRY), AGES);
            assertEquals(
                    expected,
                    ((Number) shop.value("select round(extract(epoch from next_at - asked_at)) from payment_inquiry"))
                            .intValue(),
                    2);
            // As if that time had passed.
            shop.execute("update payment_inquiry set asked_at = asked_at - (next_at - now()), next_at = now(),"
                    + " planned_at = now()");
        }
        shop.execute("update payment_order set created_at = now() - interval '59 minutes 50 seconds'");
        inquiries.answered(inquiries.claim("m", 1).get(0), answer(Next.RETRY), AGES);
        assertNull(row("o").get("next_at"));
    }

    @ParameterizedTest
    @EnumSource(names = {"BACK_OFF", "REFUSED"})
    void answered_senderDown_staysDueWhateverItsAge(Next next) throws Exception {
        order("planned", "2 minutes");
        order("requested", "2 days");
        enrol();
        shop.execute(REQUEST, "m", "requested");
        inquiries.adopt(List.of("m"));
        for (Due due : inquiries.claim("m", 5)) {
            inquiries.answered(due, answer(next), AGES);
        }
        shop.execute("update payment_order set created_at = now() - interval '3 days'");
        assertEquals(List.of("requested", "planned"), claimed(5));
        assertEquals(1, row("planned").get("tries"));
    }

    @ParameterizedTest
    @EnumSource(names = {"NEVER", "AT_NEXT_AGE", "RETRY", "BACK_OFF"})
    void answered_requestedMeanwhile_isAskedAfterIt(Next next) throws Exception {
        order("o", "2 minutes");
        enrol();
        Due due = inquiries.claim("m", 1).get(0);
        shop.execute(REQUEST, "m", "o");
        assertEquals(List.of(), claimed(1), "one at a time");
        inquiries.answered(due, answer(next), AGES);
        shop.execute("update payment_order set status = 'CLOSED'");
        assertEquals(List.of("o"), claimed(1));
    }

    @Test
    void answered_paid_isSettledOnceAndFinal() throws Exception {
        order("o", "2 minutes");
        enrol();
        assertEquals(
                Outcome.APPLIED,
                inquiries
                        .answered(inquiries.claim("m", 1).get(0), paid("o", "t", false), AGES)
                        .get(0)
                        .outcome());
        assertNull(row("o").get("next_at"));
        assertEquals("PAID", shop.value("select status from payment_order"));
        Map<String, Object> log = shop.row("select * from payment_log");
        assertEquals("INQUIRY", log.get("source"));
        assertEquals("APPLIED", log.get("outcome"));
        shop.execute(REQUEST, "m", "o");
        assertEquals(
                Outcome.DUPLICATE,
                inquiries
                        .answered(inquiries.claim("m", 1).get(0), paid("o", "t", false), AGES)
                        .get(0)
                        .outcome());
        shop.execute(REQUEST, "m", "o");
        assertEquals(
                Outcome.DUPLICATE,
                inquiries
                        .answered(inquiries.claim("m", 1).get(0), paid("o", "t", true), AGES)
                        .get(0)
                        .outcome());
        assertEquals(1, shop.count("payment_log"), "what was known already has no row");
    }

    @ParameterizedTest
    @CsvSource({"PENDING, REFUNDED", "CLOSED, REFUNDED", "PAID, CONFLICT"})
    void answered_givenBack_leavesTheOrderAsItWas(String status, Outcome outcome) throws Exception {
        order("o", "2 minutes");
        enrol();
        Due due = inquiries.claim("m", 1).get(0);
        shop.execute("update payment_order set status = ?", status);
        Decision decision = inquiries.answered(due, paid("o", "t", true), AGES).get(0);
        assertEquals(outcome, decision.outcome());
        assertTrue(decision.alarming());
        assertEquals(status, shop.value("select status from payment_order"));
        assertEquals(outcome.name(), shop.value("select outcome from payment_log"));
    }

    @Test
    void claim_leaseOver_isTakenUpByAnother() throws Exception {
        order("o", "2 minutes");
        enrol();
        Due lost = inquiries.claim("m", 1).get(0);
        assertTrue(
                ((Number) shop.value("select extract(epoch from leased_until - now()) from payment_inquiry")).intValue()
                        < 90);
        shop.execute("update payment_inquiry set leased_until = now()");
        assertEquals(List.of("o"), claimed(1));
        inquiries.release(lost);
        assertEquals(List.of(), claimed(1), "another's lease");
    }

    @Test
    void release_notAsked_isDueAgain() throws Exception {
        order("o", "2 minutes");
        enrol();
        inquiries.release(inquiries.claim("m", 1).get(0));
        assertEquals(List.of("o"), claimed(1));
        assertEquals(0, row("o").get("tries"));
    }

    @Test
    void forgetAndAbandon_oldAndOrphaned_go() throws Exception {
        shop.execute(
                "insert into payment_inquiry (mch_id, out_trade_no, next_at, asked_at, planned_at, asked_by) values"
                        + " ('m', 'old', null, now() - interval '31 days', null, 'm'),"
                        + " ('m', 'aside', null, null, now() - interval '31 days', 'm'),"
                        + " ('m', 'kept', null, now() - interval '29 days', null, 'm'),"
                        + " ('x', 'orphan', now(), now() - interval '31 days', now(), 'x')");
        assertEquals(2, inquiries.forget());
        assertEquals(1, inquiries.abandon(List.of("m")));
        assertNull(row("orphan").get("next_at"));
        assertEquals(2, shop.count("payment_inquiry"));
    }

    /** So that nobody finds out by a slow database. */
    @Test
    void checkIndex_none_isToldInTomcatsLog() throws Exception {
        shop.execute("drop index payment_order_created_at");
        try (CapturedLog log = CapturedLog.of(Enrolment.class.getName())) {
            enrolment.checkIndex(List.of("m"), AGES);
            assertEquals(1, log.lines().size(), log.lines()::toString);
            assertTrue(log.lines().get(0).contains("expected an index on what is created_at"));
        }
    }

    @Test
    void claim_tablesNotReady_isUnavailable() throws Exception {
        DatabaseSettings nowhere = new DatabaseSettings(
                null, new Secret("jdbc:postgresql://127.0.0.1:1/none"), "nobody", new Secret("x"), 4, true);
        try (Store away = Store.open(nowhere, new UnverifiedLimit(20, 65_536, Clock.systemUTC()))) {
            assertEquals(false, away.inquiries().isReady());
            assertThrows(Unavailable.class, () -> away.inquiries().claim("m", 1));
        }
    }

    @Test
    void enrol_viewWithoutTheOptionalColumns_works() throws Exception {
        store.close();
        shop.execute("alter table payment_order rename to shop_order");
        shop.execute("alter table shop_order drop column sub_mch_id, drop column combine_mch_id,"
                + " drop column combine_out_trade_no");
        shop.execute("create view payment_order as select * from shop_order");
        start();
        order("o", "2 minutes");
        enrol();
        enrolment.checkIndex(List.of("m"), AGES);
        assertEquals(List.of("o"), claimed(1));
    }
}
