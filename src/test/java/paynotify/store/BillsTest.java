package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.message.BillLine;
import paynotify.store.Bills.Claim;
import paynotify.store.Bills.End;
import paynotify.store.Bills.State;

/** Bills of merchant m against orders and refunds, on a real PostgreSQL. Day is the day before yesterday, in Beijing. */
class BillsTest {
    private static final LocalDate DAY =
            OffsetDateTime.now(ZoneOffset.ofHours(8)).toLocalDate().minusDays(2);
    private static final Duration KEPT = Duration.ofDays(90);

    private final Database shop = Postgres.shared().newDatabase();
    private Store store;
    private Bills bills;

    @BeforeEach
    void start() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
        bills = store.bills();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static OffsetDateTime now() {
        return OffsetDateTime.now(ZoneOffset.UTC);
    }

    private static Instant at(LocalDate day, String time) {
        return OffsetDateTime.parse(day + "T" + time + "+08:00").toInstant();
    }

    private static BillLine paid(int line, String no, long fee) {
        return new BillLine(
                line, at(DAY, "12:00:00"), "SUCCESS", null, "m", null, no, "t-" + no, null, null, fee, 0, "CNY");
    }

    private static BillLine refund(int line, String no, String state, String refundNo, long fee) {
        return new BillLine(
                line,
                at(DAY, "13:00:00"),
                state,
                null,
                "m",
                null,
                no,
                "t-" + no,
                refundNo,
                refundNo == null ? null : "r-" + refundNo,
                0,
                fee,
                "CNY");
    }

    private Claim claim(LocalDate day) throws Unavailable {
        bills.enlist("m", "a", day, day);
        Claim claim = bills.claim("m", "a", day, day);
        assertNotNull(claim);
        return claim;
    }

    /** A bill of these lines, fetched, stored and compared; how many differences it has. */
    private long bill(LocalDate day, BillLine... lines) throws Exception {
        shop.execute("delete from payment_bill where bill_date = cast(? as date)", day.toString());
        Claim claim = claim(day);
        bills.clear(claim);
        List<Bills.Line> all = new ArrayList<>();
        int last = 0;
        for (BillLine line : lines) {
            all.add(new Bills.Line(line, true));
            last = line.line();
        }
        if (!all.isEmpty()) {
            bills.add(claim, all);
        }
        BillComparison comparison = bills.comparison(claim);
        comparison.lines(last);
        bills.end(claim, new End(State.COMPLETE, lines.length, 0L, 0L, comparison.found(), null, false));
        return comparison.found();
    }

    private void decide() throws Exception {
        for (Claim claim = bills.claimDecision("m"); claim != null; claim = bills.claimDecision("m")) {
            bills.comparison(claim).decide(now(), LocalDate.now(ZoneOffset.UTC).minusDays(90));
        }
    }

    private void order(String no, long fee, String status, String transactionId, Instant paidAt) {
        shop.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee, status, transaction_id, paid_at)"
                        + " values ('m', ?, ?, ?, ?, cast(? as timestamptz))",
                no,
                fee,
                status,
                transactionId,
                paidAt == null ? null : paidAt.toString());
    }

    private void paidOrder(String no, long fee) {
        order(no, fee, "PAID", "t-" + no, at(DAY, "12:00:00"));
    }

    private void refundRow(String refundNo, String no, long fee, String status, Instant refundedAt) {
        shop.execute(
                "insert into payment_refund (mch_id, out_refund_no, out_trade_no, refund_fee, status, refunded_at)"
                        + " values ('m', ?, ?, ?, ?, cast(? as timestamptz))",
                refundNo,
                no,
                fee,
                status,
                refundedAt == null ? null : refundedAt.toString());
    }

    private List<String> unsettled() {
        return of("settled_at is null");
    }

    private List<String> of(String where) {
        return shop
                .rows("select kind || ' ' || out_trade_no || coalesce(' ' || out_refund_no, '') || coalesce(' ' ||"
                        + " bill_fee, ' -') || coalesce(' ' || our_fee, ' -') as d from payment_bill_difference where "
                        + where + " order by 1")
                .stream()
                .map(row -> (String) row.get("d"))
                .toList();
    }

    private void settle() throws Exception {
        bills.settle(LocalDate.now(ZoneOffset.UTC), KEPT);
    }

    private List<String> asked() {
        return shop
                .rows("select out_trade_no || ' ' || out_refund_no as q from payment_inquiry"
                        + " where next_at <= now() and planned_at is null order by 1")
                .stream()
                .map(row -> ((String) row.get("q")).strip())
                .toList();
    }

    @Test
    void lines_eachKind_isFound() throws Exception {
        paidOrder("right", 101);
        order("pending", 101, "PENDING", null, null);
        order("closed", 101, "CLOSED", null, null);
        paidOrder("amount", 102);
        order("transaction", 101, "PAID", "t-other", at(DAY, "12:00:00"));
        order("both", 102, "PAID", "t-other", at(DAY, "12:00:00"));
        refundRow("R-right", "right", 50, "PENDING", null);
        refundRow("R-amount", "right", 51, "SUCCESS", at(DAY, "13:00:00"));
        long found = bill(
                DAY,
                paid(2, "right", 101),
                paid(3, "pending", 101),
                paid(4, "closed", 101),
                paid(5, "amount", 101),
                paid(6, "transaction", 101),
                paid(7, "both", 101),
                paid(8, "unknown", 101),
                refund(9, "right", "REFUND", "R-right", 50),
                refund(10, "right", "REFUND", "R-amount", 50),
                refund(11, "right", "REFUND", "R-unknown", 50));
        assertEquals(
                List.of(
                        "AMOUNT amount 101 102",
                        "AMOUNT both 101 102",
                        "PAID_PENDING closed 101 101",
                        "PAID_PENDING pending 101 101",
                        "PAID_UNKNOWN unknown 101 -",
                        "REFUND_AMOUNT right R-amount 50 51",
                        "REFUND_UNKNOWN right R-unknown 50 -",
                        "TRANSACTION both 101 102",
                        "TRANSACTION transaction 101 101"),
                unsettled());
        assertEquals(9, found);
        assertEquals(List.of("closed", "pending", "right R-unknown"), asked());
        Map<String, Object> row = shop.row("select * from payment_bill_difference where kind = 'TRANSACTION'"
                + " and out_trade_no = 'transaction'");
        assertEquals("t-transaction", row.get("transaction_id"));
        assertEquals(
                "expected the order to be paid by transaction_id 't-transaction', found 't-other'", row.get("detail"));
        assertEquals("PENDING", shop.value("select status from payment_order where out_trade_no = 'pending'"));
        assertEquals(9L, shop.value("select differences from payment_bill"));
        assertEquals(10, shop.count("payment_bill_line where mch_id = 'm'"));
    }

    /** What was asked about long ago is asked again. */
    @Test
    void pending_askedBefore_isAskedAgain() throws Exception {
        order("pending", 101, "PENDING", null, null);
        shop.execute(
                "insert into payment_inquiry (mch_id, out_trade_no, tries, answer) values ('m', 'pending', 3, 'x')");
        bill(DAY, paid(2, "pending", 101), paid(3, "pending", 101));
        assertEquals(List.of("pending"), asked());
        assertEquals(3, shop.value("select tries from payment_inquiry"));
    }

    @Test
    void otherCurrency_isAnotherAmount() throws Exception {
        paidOrder("o", 101);
        shop.execute("update payment_order set currency = 'USD'");
        assertEquals(1, bill(DAY, paid(2, "o", 101)));
        assertEquals(List.of("AMOUNT o 101 101"), unsettled());
        settle();
        assertEquals(1, unsettled().size());
        shop.execute("update payment_order set currency = 'CNY'");
        settle();
        assertEquals(List.of(), unsettled());
    }

    @Test
    void revokedPair_isNoDifference() throws Exception {
        order("pending", 101, "PENDING", null, null);
        long found = bill(
                DAY,
                refund(2, "unknown", "REVOKED", null, 101),
                paid(3, "unknown", 101),
                paid(4, "pending", 101),
                refund(5, "pending", "REVOKED", null, 101));
        assertEquals(0, found);
        assertEquals(List.of(), asked());
    }

    @Test
    void lineOfAnAppThatIsLeftOut_isStoredAndNotCompared() throws Exception {
        Claim claim = claim(DAY);
        bills.add(
                claim,
                List.of(new Bills.Line(paid(2, "theirs", 101), false), new Bills.Line(paid(3, "ours", 1), true)));
        BillComparison comparison = bills.comparison(claim);
        comparison.lines(3);
        assertEquals(List.of("PAID_UNKNOWN ours 1 -"), unsettled());
        assertEquals(2, shop.count("payment_bill_line"));
    }

    @Test
    void notInBill_isDecidedWhenTheNextDaysBillIsThere() throws Exception {
        paidOrder("missing", 101);
        paidOrder("there", 101);
        refundRow("R-missing", "there", 50, "SUCCESS", at(DAY, "14:00:00"));
        refundRow("R-there", "there", 50, "SUCCESS", at(DAY, "14:00:00"));
        refundRow("R-pending", "there", 50, "PENDING", null);
        bill(DAY, paid(2, "there", 101), refund(3, "there", "REFUND", "R-there", 50));
        decide();
        assertEquals(List.of(), unsettled());
        bill(DAY.plusDays(1));
        decide();
        assertEquals(List.of("NOT_IN_BILL missing - 101", "REFUND_NOT_IN_BILL there R-missing - 50"), unsettled());
        assertEquals(
                2L,
                shop.value("select differences from payment_bill where bill_date = cast(? as date)", DAY.toString()));
        assertEquals(List.of(), asked());
        decide();
        assertEquals(2, unsettled().size());
        // Once more from the beginning: nothing is told twice.
        bill(DAY, paid(2, "there", 101), refund(3, "there", "REFUND", "R-there", 50));
        decide();
        assertEquals(2, unsettled().size());
    }

    /** A second before midnight here, a second after it there, and the other way round. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void aroundMidnight_neighbouringBillsAreLookedAt(int days) throws Exception {
        Instant paidAt = days < 0 ? at(DAY, "00:00:00") : at(DAY, "23:59:59");
        order("o", 101, "PAID", "t-o", paidAt);
        bill(DAY.plusDays(days), paid(2, "o", 101));
        bill(DAY);
        if (days < 0) {
            bill(DAY.plusDays(1));
        }
        decide();
        assertEquals(List.of(), unsettled());
    }

    /** Beijing's day, whatever the zone of the JVM and the database. */
    @Test
    void notInBill_daysAreThoseOfBeijing() throws Exception {
        order("before", 101, "PAID", "t1", at(DAY, "00:00:00").minusSeconds(1));
        order("first", 101, "PAID", "t2", at(DAY, "00:00:00"));
        order("last", 101, "PAID", "t3", at(DAY, "23:59:59"));
        order("after", 101, "PAID", "t4", at(DAY, "23:59:59").plusSeconds(1));
        bill(DAY);
        bill(DAY.plusDays(1));
        decide();
        assertEquals(List.of("NOT_IN_BILL first - 101", "NOT_IN_BILL last - 101"), unsettled());
    }

    /** Accepted before there were bills: nobody can say. Accepted in an earlier bill: it is there. */
    @Test
    void refund_isLookedForInAllBills() throws Exception {
        refundRow("R-early", "o", 50, "SUCCESS", at(DAY, "14:00:00"));
        shop.execute("update payment_refund set created_at = now() - interval '20 days'");
        refundRow("R-earlier", "o", 50, "SUCCESS", at(DAY, "14:00:00"));
        bill(DAY.minusDays(5), refund(2, "o", "REFUND", "R-earlier", 50));
        bill(DAY);
        bill(DAY.plusDays(1));
        decide();
        assertEquals(List.of(), of("kind = 'REFUND_NOT_IN_BILL'"));
    }

    @Test
    void aDayWithoutAStatement_isDecidedLikeOthers() throws Exception {
        paidOrder("o", 101);
        Claim claim = claim(DAY);
        assertTrue(bills.comparison(claim).isAnyPaid(now()));
        bills.end(claim, End.without(State.UNUSABLE, "none", true));
        bill(DAY.plusDays(1));
        decide();
        assertEquals(List.of("NOT_IN_BILL o - 101"), unsettled());
        Claim other = claim(DAY.minusDays(1));
        assertFalse(bills.comparison(other).isAnyPaid(now()));
        bills.end(other, new End(State.EMPTY, 0, 0L, 0L, 0L, "none", true));
        assertEquals(1, unsettled().size());
    }

    /** An unusable bill says nothing of what is in it. */
    @Test
    void anUnusableBill_decidesNothing() throws Exception {
        paidOrder("o", 101);
        Claim claim = claim(DAY);
        bills.end(claim, End.without(State.UNUSABLE, "cut", false));
        bill(DAY.plusDays(1));
        decide();
        assertEquals(List.of(), unsettled());
    }

    @Test
    void settle_whatAgreesByNow_isNotedOnce() throws Exception {
        order("pending", 101, "PENDING", null, null);
        paidOrder("amount", 102);
        order("transaction", 101, "PAID", "t-other", at(DAY, "12:00:00"));
        paidOrder("missing", 101);
        refundRow("R-amount", "amount", 51, "SUCCESS", at(DAY, "13:00:00"));
        refundRow("R-missing", "amount", 51, "SUCCESS", at(DAY, "13:00:00"));
        BillLine[] lines = {
            paid(2, "pending", 101),
            paid(3, "amount", 101),
            paid(4, "transaction", 101),
            paid(5, "unknown", 101),
            refund(6, "amount", "REFUND", "R-amount", 50),
            refund(7, "amount", "REFUND", "R-unknown", 50)
        };
        bill(DAY, lines);
        bill(DAY.plusDays(1));
        decide();
        assertEquals(8, unsettled().size(), () -> unsettled().toString());
        settle();
        assertEquals(8, unsettled().size(), () -> unsettled().toString());
        shop.execute(
                "update payment_order set status = 'PAID', transaction_id = 't-pending' where out_trade_no = 'pending'");
        settle();
        assertEquals(List.of("PAID_PENDING pending 101 101"), of("settled_at is not null"));
        shop.execute("update payment_order set total_fee = 101 where out_trade_no = 'amount'");
        shop.execute("update payment_order set transaction_id = 't-transaction' where out_trade_no = 'transaction'");
        paidOrder("unknown", 101);
        shop.execute("update payment_refund set refund_fee = 50 where out_refund_no = 'R-amount'");
        refundRow("R-unknown", "amount", 50, "SUCCESS", at(DAY, "13:00:00"));
        bill(DAY.plusDays(1), paid(2, "missing", 101), refund(3, "amount", "REFUND", "R-missing", 51));
        settle();
        assertEquals(List.of(), of("settled_at is null and bill_date = '" + DAY + "'"));
        Object first = shop.value("select min(settled_at) from payment_bill_difference");
        settle();
        assertEquals(first, shop.value("select min(settled_at) from payment_bill_difference"));
    }

    /** A double payment, or one for no order, that was given back; an order that the shop has closed after that. */
    @Test
    void settle_moneyThatWasGivenBack_leavesNothingOpen() throws Exception {
        order("double", 101, "PAID", "t-first", at(DAY, "12:00:00"));
        order("late", 101, "PENDING", null, null);
        order("revoked", 101, "PENDING", null, null);
        bill(DAY, paid(2, "double", 101), paid(3, "unknown", 101), paid(4, "late", 101), paid(5, "revoked", 101));
        assertEquals(4, unsettled().size());
        bill(
                DAY.plusDays(1),
                refund(2, "double", "REFUND", "R1", 100),
                refund(3, "unknown", "REFUND", "R2", 101),
                refund(4, "late", "REFUND", "R3", 101),
                refund(5, "revoked", "REVOKED", null, 101));
        settle();
        assertEquals(
                List.of("PAID_PENDING late 101 101", "TRANSACTION double 101 101"),
                of("settled_at is null and bill_date = '" + DAY + "'"));
        shop.execute("update payment_order set status = 'CLOSED' where out_trade_no = 'late'");
        bill(DAY.plusDays(1), refund(2, "double", "REFUND", "R1", 101), refund(4, "late", "REFUND", "R3", 101));
        settle();
        assertEquals(List.of(), of("settled_at is null and bill_date = '" + DAY + "'"));
    }

    @Test
    void settle_paidHereNoMore_isSettled() throws Exception {
        paidOrder("o", 101);
        refundRow("R", "o", 50, "SUCCESS", at(DAY, "13:00:00"));
        bill(DAY);
        bill(DAY.plusDays(1));
        decide();
        assertEquals(2, unsettled().size());
        shop.execute("update payment_order set status = 'PENDING'");
        shop.execute("update payment_refund set status = 'ABNORMAL'");
        settle();
        assertEquals(List.of(), unsettled());
    }

    /** Older than the lines: it stays as it is. */
    @Test
    void settle_longAgo_isNotLookedAt() throws Exception {
        shop.execute(
                "insert into payment_bill_difference (mch_id, bill_date, kind, out_trade_no, detail)"
                        + " values ('m', current_date - 91, 'NOT_IN_BILL', 'o', ''), ('m', current_date - 80, 'NOT_IN_BILL', 'p', '')");
        settle();
        assertEquals(List.of("NOT_IN_BILL o - -"), unsettled());
    }

    @Test
    void manyOfAKind_areCountedAndAThousandStored() throws Exception {
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) select 'm', 'p' || n, 101 from"
                + " generate_series(1, 1500) n");
        BillLine[] lines = IntStream.rangeClosed(1, 3_000)
                .mapToObj(n -> paid(n + 1, n <= 1_500 ? "p" + n : "u" + n, 101))
                .toArray(BillLine[]::new);
        assertEquals(3_000, bill(DAY, lines));
        assertEquals(1_000, shop.count("payment_bill_difference where kind = 'PAID_PENDING'"));
        assertEquals(1_000, shop.count("payment_bill_difference where kind = 'PAID_UNKNOWN'"));
        assertEquals(1_500, asked().size());
    }

    /** More than one step takes, all inserted at one moment; and in spans. */
    @ParameterizedTest
    @CsvSource({"now(), 120000", "now() - n * interval '7 seconds', 60000"})
    void manyOrders_areWalkedThroughInParts(String createdAt, int orders) throws Exception {
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee, status, transaction_id, paid_at,"
                + " created_at) select 'm', 'o' || n, 101, 'PAID', 't-o' || n, cast('" + at(DAY, "12:00:00")
                + "' as timestamptz), " + createdAt + " from generate_series(1, " + orders + ") n");
        shop.execute("insert into payment_bill_line (mch_id, bill_date, line, traded_at, state, out_trade_no,"
                + " transaction_id, total_fee, refund_fee, currency) select 'm', cast('" + DAY
                + "' as date) - 1, n, now(), 'SUCCESS', 'o' || n, 't-o' || n, 101, 0, 'CNY' from generate_series(3, "
                + orders + ") n");
        bill(DAY);
        bill(DAY.plusDays(1));
        decide();
        assertEquals(List.of("NOT_IN_BILL o1 - 101", "NOT_IN_BILL o2 - 101"), unsettled());
    }

    @Test
    void claim_isOneTomcatsUntilTheLeaseIsOver() throws Exception {
        bills.enlist("m", "a", DAY.minusDays(2), DAY);
        bills.enlist("m", "a", DAY.minusDays(2), DAY);
        assertEquals(3, shop.count("payment_bill where state = 'WAITING' and account = 'a'"));
        Claim first = bills.claim("m", "a", DAY.minusDays(1), DAY);
        assertEquals(DAY.minusDays(1), first.day());
        assertEquals("m", first.mchId());
        Claim second = bills.claim("m", "a", DAY.minusDays(1), DAY);
        assertEquals(DAY, second.day());
        assertNull(bills.claim("m", "a", DAY.minusDays(1), DAY));
        assertNull(bills.claim("x", "a", DAY.minusDays(1), DAY));
        shop.execute(
                "update payment_bill set leased_until = now() - interval '1 second' where bill_date = cast(? as date)",
                first.day().toString());
        Claim taken = bills.claim("m", "b", DAY.minusDays(1), DAY);
        assertEquals(first.day(), taken.day());
        assertThrows(Bills.NotOurs.class, () -> bills.keep(first));
        assertThrows(Bills.NotOurs.class, () -> bills.add(first, List.of(new Bills.Line(paid(2, "o", 1), true))));
        assertThrows(Bills.NotOurs.class, () -> bills.end(first, End.without(State.WAITING, null, false)));
        bills.keep(taken);
        bills.release(taken);
        assertNotNull(bills.claim("m", "a", DAY.minusDays(1), DAY.minusDays(1)));
        assertEquals(0, shop.count("payment_bill_line"));
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void claim_again_afterHalfAnHour(State state) throws Exception {
        Claim claim = claim(DAY);
        bills.end(claim, End.without(state, "a\0b", false));
        assertEquals("a\uFFFDb", shop.value("select detail from payment_bill"));
        assertNull(bills.claim("m", "a", DAY, DAY));
        shop.execute("update payment_bill set fetched_at = now() - interval '29 minutes'");
        assertNull(bills.claim("m", "a", DAY, DAY));
        shop.execute("update payment_bill set fetched_at = now() - interval '30 minutes'");
        boolean again = state == State.WAITING || state == State.UNUSABLE;
        assertEquals(again, bills.claim("m", "a", DAY, DAY) != null);
        assertNull(bills.claim("m", "a", DAY.plusDays(1), DAY.plusDays(1)));
    }

    /** Deleted by a DBA in mid-work: it is begun anew, and nothing of the first is left. */
    @Test
    void rowDeleted_isFetchedAgain() throws Exception {
        Claim claim = claim(DAY);
        bills.add(claim, List.of(new Bills.Line(paid(2, "o", 1), true), new Bills.Line(paid(3, "p", 1), true)));
        shop.execute("delete from payment_bill");
        assertThrows(Bills.NotOurs.class, () -> bills.comparison(claim).lines(3));
        bill(DAY, paid(2, "q", 1));
        assertEquals(List.of("PAID_UNKNOWN q 1 -"), unsettled());
        assertEquals(1, shop.count("payment_bill_line"));
    }

    @Test
    void forget_oldLinesGo_butForThoseThatDecide() throws Exception {
        for (int age : new int[] {95, 91, 90, 20}) {
            shop.execute("insert into payment_bill_line (mch_id, bill_date, line, traded_at, state, out_trade_no,"
                    + " transaction_id, total_fee, refund_fee, currency) values ('m', current_date - " + age
                    + ", 2, now(), 'SUCCESS', 'o', 't', 1, 0, 'CNY')");
        }
        LocalDate today = LocalDate.parse(shop.value("select current_date").toString());
        assertFalse(bills.forget(List.of("m"), today.minusDays(90), today.minusDays(30)));
        assertEquals(2, shop.count("payment_bill_line"));
        // A day that waits for its next one still needs the one before it.
        shop.execute("insert into payment_bill (mch_id, account, bill_date) values ('m', 'a', current_date - 19)");
        bills.forget(List.of(), today.minusDays(10), today.minusDays(30));
        assertEquals(1, shop.count("payment_bill_line"));
        shop.execute("update payment_bill set decided_at = now()");
        bills.forget(List.of(), today.minusDays(10), today.minusDays(30));
        assertEquals(0, shop.count("payment_bill_line"));
    }

    /** What may stand in a number, by both ways into the table. */
    @Test
    void add_anyText_isStoredAsItIs() throws Exception {
        String odd = "a\\b\tc\rd\ne'f\"单,`\\N\\.";
        BillLine line =
                new BillLine(2, at(DAY, "12:00:00"), "SUCCESS", "wx", "m", "sub", odd, odd, odd, odd, 101, 7, "CNY");
        bills.add(claim(DAY), List.of(new Bills.Line(line, false)));
        Claim other = claim(DAY.plusDays(1));
        try (Connection wrapped = unwrappable(shop.connect())) {
            assertEquals(1, BillLoad.add(wrapped, other, List.of(new Bills.Line(line, false))));
        }
        List<Map<String, Object>> rows = shop.rows(
                "select line, traded_at, state, sub_mch_id, out_trade_no, transaction_id, out_refund_no, refund_id,"
                        + " total_fee, refund_fee, currency, compared from payment_bill_line");
        assertEquals(2, rows.size());
        assertEquals(rows.get(0), rows.get(1));
        assertEquals(odd, rows.get(0).get("out_trade_no"));
        assertEquals(odd, rows.get(0).get("refund_id"));
        assertEquals(false, rows.get(0).get("compared"));
        assertEquals(at(DAY, "12:00:00"), ((java.sql.Timestamp) rows.get(0).get("traded_at")).toInstant());
    }

    /** A pool of the shop's that hides its connections. */
    private static Connection unwrappable(Connection connection) {
        return (Connection) java.lang.reflect.Proxy.newProxyInstance(
                BillsTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("unwrap")) {
                        throw new java.sql.SQLException("no");
                    }
                    return method.invoke(connection, arguments);
                });
    }

    @Test
    void stopped_noFurtherStepIsBegun() throws Exception {
        Claim claim = claim(DAY);
        bills.stop();
        assertTrue(bills.isStopped());
        Unavailable refused = assertThrows(Unavailable.class, () -> bills.keep(claim));
        assertFalse(Bills.isRefusal(refused));
        bills.release(claim);
        assertEquals(1, shop.count("payment_bill where leased_until is null"));
    }

    @Test
    void refusedByTheDatabase_isToldApart() throws Exception {
        Claim claim = claim(DAY);
        List<Bills.Line> twice = List.of(new Bills.Line(paid(2, "o", 1), true), new Bills.Line(paid(2, "o", 1), true));
        Unavailable refused = assertThrows(Unavailable.class, () -> bills.add(claim, twice));
        assertTrue(Bills.isRefusal(refused));
        assertEquals(
                List.of(), shop.rows("select * from payment_bill_line").stream().collect(Collectors.toList()));
    }
}
