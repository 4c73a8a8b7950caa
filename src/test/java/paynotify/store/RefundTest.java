package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Outcome;
import paynotify.sender.Payments;
import paynotify.sender.Reading;
import paynotify.sender.Refund;
import paynotify.sender.Refund.Status;
import paynotify.sender.Trade;

/** Refunds on a real PostgreSQL: an order of 101 fen, PAID by transaction t. */
class RefundTest {
    private final Database shop = Postgres.shared().newDatabase();
    private Store store;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 1 << 30, Clock.systemUTC()));
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee, status, transaction_id)"
                + " values ('m', 'o', 101, 'PAID', 't')");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Refund refund(String outRefundNo, long refundFee, Status status) {
        return Payments.refund(
                new Trade("m", null, "o", "t", 101), outRefundNo, "id-" + outRefundNo, refundFee, null, status);
    }

    private Outcome settle(Refund refund) throws Unavailable {
        return decide(refund).outcome();
    }

    private Decision decide(Refund refund) throws Unavailable {
        long now = System.nanoTime();
        Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.EPOCH, now, now);
        return store.settle(new Reading(callback, "wechat-v3", null, refund)).get(0);
    }

    private void recorded(String outRefundNo, long refundFee, String status) {
        shop.execute(
                "insert into payment_refund (mch_id, out_refund_no, out_trade_no, refund_fee, status)"
                        + " values ('m', ?, 'o', ?, ?)",
                outRefundNo,
                refundFee,
                status);
    }

    private Map<String, Object> row(String outRefundNo) {
        return shop.row("select * from payment_refund where out_refund_no = ?", outRefundNo);
    }

    @Test
    void settle_recordedRefund_isBookedOnce() throws Exception {
        recorded("r", 51, "PENDING");
        assertEquals(Outcome.APPLIED, settle(refund("r", 51, Status.SUCCESS)));
        Map<String, Object> booked = row("r");
        assertEquals("SUCCESS", booked.get("status"));
        assertEquals("id-r", booked.get("refund_id"));
        assertNotNull(booked.get("refunded_at"));
        assertEquals(Outcome.DUPLICATE, settle(refund("r", 51, Status.SUCCESS)));
        assertEquals(booked, row("r"));
        Map<String, Object> log = shop.row("select * from payment_log where outcome = 'APPLIED'");
        assertEquals("REFUND", log.get("event"));
        assertEquals("r", log.get("out_refund_no"));
        assertEquals("id-r", log.get("refund_id"));
        assertEquals(51L, log.get("total_fee"));
        assertEquals("CNY", log.get("currency"));
    }

    @Test
    void settle_unrecordedRefundOfAPaidOrder_isInserted() throws Exception {
        assertEquals(Outcome.APPLIED, settle(refund("new", 101, Status.ABNORMAL)));
        Map<String, Object> inserted = row("new");
        assertEquals("ABNORMAL", inserted.get("status"));
        assertEquals("o", inserted.get("out_trade_no"));
        assertEquals(101L, inserted.get("refund_fee"));
        assertEquals("CNY", inserted.get("currency"));
        assertNull(inserted.get("refunded_at"));
    }

    @ParameterizedTest
    @CsvSource({
        "PENDING, SUCCESS, APPLIED",
        "PENDING, ABNORMAL, APPLIED",
        "PENDING, CLOSED, APPLIED",
        "ABNORMAL, SUCCESS, APPLIED",
        "ABNORMAL, ABNORMAL, DUPLICATE",
        "ABNORMAL, CLOSED, DUPLICATE",
        "SUCCESS, ABNORMAL, DUPLICATE",
        "SUCCESS, CLOSED, DUPLICATE",
        "CLOSED, SUCCESS, APPLIED",
        "CLOSED, CLOSED, DUPLICATE",
        "SUCCESS, SUCCESS, DUPLICATE",
        "CLOSED, ABNORMAL, DUPLICATE",
    })
    void settle_status_movesForwardOnly(String from, Status to, Outcome outcome) throws Exception {
        recorded("r", 51, from);
        assertEquals(outcome, settle(refund("r", 51, to)));
        assertEquals(outcome == Outcome.APPLIED ? to.name() : from, row("r").get("status"));
    }

    @Test
    void settle_amounts_mustAgree() throws Exception {
        recorded("r", 51, "PENDING");
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(refund("r", 50, Status.SUCCESS)));
        assertEquals(
                Outcome.AMOUNT_MISMATCH,
                settle(Payments.refund(new Trade("m", null, "o", "t", 100), "r", "id", 51, null, Status.SUCCESS)));
        assertEquals(
                Outcome.AMOUNT_MISMATCH,
                settle(Payments.refund(new Trade("m", null, "o", "t", 101), "r", "id", 51, "USD", Status.SUCCESS)));
        shop.execute("update payment_refund set currency = 'USD'");
        assertEquals(
                Outcome.AMOUNT_MISMATCH,
                settle(Payments.refund(new Trade("m", null, "o", "t", 101), "r", "id", 51, "CNY", Status.SUCCESS)));
        assertEquals("PENDING", row("r").get("status"));
    }

    @Test
    void settle_refundsTogether_stayWithinTheOrder() throws Exception {
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(refund("a", 102, Status.SUCCESS)));
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(refund("a", Long.MAX_VALUE, Status.SUCCESS)));
        assertEquals(Outcome.APPLIED, settle(refund("b", 51, Status.SUCCESS)));
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(refund("c", 51, Status.SUCCESS)));
        assertEquals(Outcome.APPLIED, settle(refund("d", 50, Status.SUCCESS)));
        assertEquals(Outcome.APPLIED, settle(refund("closed", 51, Status.CLOSED)));
        shop.execute("update payment_refund set status = 'CLOSED' where out_refund_no = 'b'");
        assertEquals(Outcome.APPLIED, settle(refund("e", 51, Status.SUCCESS)));
    }

    /** The money has gone back, whatever was told before: the table says so, and somebody looks. */
    @Test
    void settle_successAfterClosed_isAppliedWithAnAlarmIfTheSumAllowsIt() throws Exception {
        recorded("r", 51, "CLOSED");
        recorded("s", 51, "CLOSED");
        Decision first = decide(refund("r", 51, Status.SUCCESS));
        assertEquals(Outcome.APPLIED, first.outcome());
        assertTrue(first.alarming());
        assertNotNull(row("r").get("refunded_at"));
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(refund("s", 51, Status.SUCCESS)));
        assertEquals("CLOSED", row("s").get("status"));
        recorded("t", 50, "PENDING");
        assertFalse(decide(refund("t", 50, Status.SUCCESS)).alarming());
    }

    @Test
    void settle_refundAskedForTwice_isNotHeldUpByTheOneThatCloses() throws Exception {
        recorded("first", 101, "PENDING");
        recorded("second", 101, "PENDING");
        assertEquals(Outcome.APPLIED, settle(refund("first", 101, Status.SUCCESS)));
        assertEquals(Outcome.APPLIED, settle(refund("second", 101, Status.CLOSED)));
    }

    @Test
    void settle_amountsBeforeTheOrdersStatus_asForPayments() throws Exception {
        recorded("r", 51, "PENDING");
        shop.execute("update payment_order set status = 'CLOSED'");
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(refund("r", 50, Status.SUCCESS)));
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(refund("new", 102, Status.SUCCESS)));
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(refund("new", 0, Status.SUCCESS)));
        assertEquals(Outcome.ORDER_CLOSED, settle(refund("r", 51, Status.SUCCESS)));
    }

    @Test
    void settle_orderNotPaid_waitsOrIsClosed() throws Exception {
        shop.execute("update payment_order set status = 'PENDING', transaction_id = null");
        assertEquals(Outcome.UNKNOWN_ORDER, settle(refund("r", 51, Status.SUCCESS)));
        shop.execute("update payment_order set status = 'CLOSED'");
        assertEquals(Outcome.ORDER_CLOSED, settle(refund("r", 51, Status.SUCCESS)));
        shop.execute("update payment_order set out_trade_no = 'other'");
        assertEquals(Outcome.UNKNOWN_ORDER, settle(refund("r", 51, Status.SUCCESS)));
        assertEquals(0, shop.count("payment_refund"));
    }

    @Test
    void settle_otherNumbers_areAConflict() throws Exception {
        shop.execute("update payment_order set transaction_id = 'other'");
        assertEquals(Outcome.CONFLICT, settle(refund("r", 51, Status.SUCCESS)));
        shop.execute("update payment_order set transaction_id = 't'");
        recorded("r", 51, "PENDING");
        shop.execute("update payment_refund set refund_id = 'other'");
        assertEquals(Outcome.CONFLICT, settle(refund("r", 51, Status.SUCCESS)));
        shop.execute("update payment_refund set refund_id = null, out_trade_no = 'other'");
        assertEquals(Outcome.CONFLICT, settle(refund("r", 51, Status.SUCCESS)));
        assertEquals("PENDING", row("r").get("status"));
    }

    @Test
    void settle_insertSwallowedByAShopsRule_isOurOwnFault() {
        shop.execute("create rule swallow as on insert to payment_refund do instead nothing");
        assertThrows(Unavailable.class, () -> settle(refund("r", 51, Status.SUCCESS)));
        assertEquals(0, shop.count("payment_log"));
    }

    @Test
    void settle_orderLockedBySomebodyElse_waitsForItAndGivesUp() throws Exception {
        try (Connection other = shop.connect()) {
            other.setAutoCommit(false);
            try (Statement lock = other.createStatement()) {
                lock.execute("select 1 from payment_order for update");
            }
            Unavailable late = assertThrows(Unavailable.class, () -> settle(refund("r", 51, Status.SUCCESS)));
            assertTrue(late.getMessage().contains("lock timeout"), late.getMessage());
            other.rollback();
        }
        assertEquals(Outcome.APPLIED, settle(refund("r", 51, Status.SUCCESS)));
    }

    @Test
    void settle_manyRefundsAtOnce_neverGiveBackMoreThanWasPaid() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Outcome>> refunds = IntStream.range(0, 32)
                    .<Callable<Outcome>>mapToObj(i -> () -> settle(refund("r" + i % 16, 10, Status.SUCCESS)))
                    .toList();
            for (Future<Outcome> outcome : threads.invokeAll(refunds)) {
                outcome.get();
            }
        } finally {
            threads.shutdown();
        }
        assertEquals(10, shop.count("payment_refund"));
        assertEquals(10, shop.count("payment_log where outcome = 'APPLIED'"));
        assertEquals(32, shop.count("payment_log"));
    }

    @Test
    void settle_paymentAndItsRefundAtOnce_endPaidAndRefunded() throws Exception {
        for (int i = 0; i < 20; i++) {
            String order = "race" + i;
            shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', ?, 101)", order);
            Trade trade = new Trade("m", null, order, "t" + i, 101);
            Refund refund = Payments.refund(trade, "rr" + i, "id" + i, 101, null, Status.SUCCESS);
            ExecutorService two = Executors.newFixedThreadPool(2);
            try {
                long now = System.nanoTime();
                Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.EPOCH, now, now);
                Callable<Outcome> pay = () -> store.settle(new Reading(
                                callback,
                                "wechat-v2",
                                null,
                                Payments.of("m", order, trade.transactionId(), 101, "CNY", Instant.EPOCH, null)))
                        .get(0)
                        .outcome();
                List<Future<Outcome>> both = two.invokeAll(List.of(pay, () -> settle(refund)));
                assertEquals(Outcome.APPLIED, both.get(0).get());
                // Where it came too early, WeChat sends it again.
                Outcome again = both.get(1).get() == Outcome.UNKNOWN_ORDER
                        ? settle(refund)
                        : both.get(1).get();
                assertEquals(Outcome.APPLIED, again);
            } finally {
                two.shutdown();
            }
        }
    }
}
