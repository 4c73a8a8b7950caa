package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.message.BillLine;
import paynotify.message.Text;

/**
 * A day's bill against the tables, in steps of one short transaction each, that lock no order. A line is a hint: what it
 * leads to is a row of {@code payment_bill_difference}, and a question to the sender. Belongs to one thread.
 */
public final class BillComparison {
    /** Lines that one step compares. */
    public static final int LINES = 10_000;
    /** Orders, or refunds, that one step reads; of a span that holds more, a part. */
    static final int ROWS_MAX = 100_000;
    /** So many rows are stored of each kind (contract, section 14); all are counted. */
    static final int KEPT_MAX = 1_000;

    private static final int PART_ROWS = 50_000;
    private static final int PARTS_MOST = 16;
    /** An order that nobody has paid within 7 days is closed by WeChat (protocol-2.md, section 10.3). */
    private static final int ORDER_AGE_DAYS = 8;

    private static final Duration SPAN_FIRST = Duration.ofHours(1);
    private static final Duration SPAN_LEAST = Duration.ofSeconds(1);
    private static final Duration SPAN_MOST = Duration.ofDays(8);
    private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

    private final Bills bills;
    private final Bills.Claim claim;
    private final Map<Kind, Long> found = new EnumMap<>(Kind.class);

    /** {@code payment_bill_difference.kind}. */
    private enum Kind {
        PAID_UNKNOWN,
        PAID_PENDING,
        AMOUNT,
        TRANSACTION,
        NOT_IN_BILL,
        REFUND_UNKNOWN,
        REFUND_AMOUNT,
        REFUND_NOT_IN_BILL;

        /** Whether the sender is asked at once. */
        boolean asks() {
            return this == PAID_PENDING || this == REFUND_UNKNOWN;
        }
    }

    private record Difference(
            Kind kind,
            String outTradeNo,
            @Nullable String outRefundNo,
            @Nullable String transactionId,
            @Nullable Long billFee,
            @Nullable Long ourFee,
            String detail) {}

    BillComparison(Bills bills, Bills.Claim claim) {
        this.bills = bills;
        this.claim = claim;
    }

    /** How many differences were found. */
    public long found() {
        return found.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Compares all lines up to this one, which are stored. */
    public void lines(int last) throws Unavailable, Bills.NotOurs {
        for (int from = 0; from < last; from += LINES) {
            int after = from;
            note(bills.run(claim, connection -> write(connection, different(connection, after))));
        }
    }

    private List<Difference> different(Connection connection, int after) throws SQLException {
        List<Difference> differences = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(BillSql.DIFFERENT)) {
            select.setString(1, claim.mchId());
            select.setString(2, claim.day().toString());
            select.setInt(3, after);
            select.setInt(4, after + LINES);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    if (row.getString(1).equals(BillLine.SUCCESS)) {
                        payment(row, differences);
                    } else {
                        differences.add(refund(row));
                    }
                }
            }
        }
        return differences;
    }

    private static void payment(ResultSet row, List<Difference> differences) throws SQLException {
        String transactionId = row.getString(4);
        long billFee = row.getLong(5);
        String currency = row.getString(7);
        String status = row.getString(8);
        String ourTransaction = row.getString(9);
        Long ourFee = status == null ? null : row.getLong(10);
        String ourCurrency = row.getString(11);
        if (status == null || !status.equals("PAID")) {
            Kind kind = status == null ? Kind.PAID_UNKNOWN : Kind.PAID_PENDING;
            String detail = status == null
                    ? "expected an order that is paid, found none of this number"
                    : "expected an order that is paid, found it " + status;
            differences.add(paid(row, kind, billFee, ourFee, detail));
            return;
        }
        if (!transactionId.equals(ourTransaction)) {
            String detail = "expected the order to be paid by transaction_id " + Text.quoted(transactionId) + ", found "
                    + Text.quoted(ourTransaction);
            differences.add(paid(row, Kind.TRANSACTION, billFee, ourFee, detail));
        }
        if (!Objects.equals(ourFee, billFee) || !currency.equals(ourCurrency)) {
            String detail =
                    "expected an order of " + billFee + " " + currency + ", found one of " + ourFee + " " + ourCurrency;
            differences.add(paid(row, Kind.AMOUNT, billFee, ourFee, detail));
        }
    }

    private static Difference paid(ResultSet row, Kind kind, long billFee, @Nullable Long ourFee, String detail)
            throws SQLException {
        return new Difference(kind, row.getString(2), null, row.getString(4), billFee, ourFee, detail);
    }

    private static Difference refund(ResultSet row) throws SQLException {
        long billFee = row.getLong(6);
        long fee = row.getLong(12);
        Long ourFee = row.wasNull() ? null : fee;
        return new Difference(
                ourFee == null ? Kind.REFUND_UNKNOWN : Kind.REFUND_AMOUNT,
                row.getString(2),
                row.getString(3),
                row.getString(4),
                billFee,
                ourFee,
                ourFee == null
                        ? "expected a refund of this number, found none"
                        : "expected a refund of " + billFee + ", found one of " + ourFee);
    }

    /** Stores what there is room for, and has the sender asked about all that an answer may mend. */
    private List<Difference> write(Connection connection, List<Difference> differences) throws SQLException {
        List<Difference> kept = new ArrayList<>();
        Map<Kind, Long> counted = new EnumMap<>(found);
        for (Difference each : differences) {
            if (counted.merge(each.kind(), 1L, Long::sum) <= KEPT_MAX) {
                kept.add(each);
            }
        }
        if (!kept.isEmpty()) {
            try (PreparedStatement insert = connection.prepareStatement(BillSql.ADD_DIFFERENCES)) {
                new Columns<>(insert, kept)
                        .set(claim.mchId())
                        .set(claim.day().toString())
                        .text(each -> each.kind().name())
                        .text(Difference::outTradeNo)
                        .text(Difference::outRefundNo)
                        .text(Difference::transactionId)
                        .number(Difference::billFee)
                        .number(Difference::ourFee)
                        .text(Difference::detail);
                insert.executeUpdate();
            }
        }
        List<Difference> asked = differences.stream()
                .filter(each -> each.kind().asks())
                .filter(each -> each.kind() == Kind.PAID_PENDING || each.outRefundNo() != null)
                .toList();
        if (!asked.isEmpty()) {
            try (PreparedStatement insert = connection.prepareStatement(BillSql.ASK)) {
                new Columns<>(insert, asked)
                        .set(claim.mchId())
                        .text(Difference::outTradeNo)
                        .text(each -> each.outRefundNo() == null ? "" : each.outRefundNo());
                insert.executeUpdate();
            }
        }
        return differences;
    }

    /** Only after the commit: a step that failed has found nothing. */
    private void note(List<Difference> differences) {
        differences.forEach(each -> found.merge(each.kind(), 1L, Long::sum));
    }

    /** Whether any order has been paid here that day. */
    public boolean isAnyPaid(OffsetDateTime now) throws Unavailable, Bills.NotOurs {
        OffsetDateTime first = start(claim.day().minusDays(ORDER_AGE_DAYS));
        return walk(BillSql.COUNT_ORDERS, BillSql.PAID_ANY, Kind.NOT_IN_BILL, first, now, false, true);
    }

    /**
     * Decides what is in no bill, now that the next day's is there, and notes it.
     *
     * @param keptSince since which day lines are kept: a refund that was asked for before may have been in such a one
     */
    public void decide(OffsetDateTime now, LocalDate keptSince) throws Unavailable, Bills.NotOurs {
        bills.run(claim, connection -> Bills.clearDifferences(connection, claim, true));
        OffsetDateTime first = start(claim.day().minusDays(ORDER_AGE_DAYS));
        walk(BillSql.COUNT_ORDERS, BillSql.PAID_MISSING, Kind.NOT_IN_BILL, first, now, true, false);
        LocalDate firstBill = bills.run(claim, connection -> {
            try (PreparedStatement select = connection.prepareStatement(BillSql.FIRST_DAY)) {
                select.setString(1, claim.mchId());
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    LocalDate day = row.getObject(1, LocalDate.class);
                    return day == null ? claim.day() : day;
                }
            }
        });
        OffsetDateTime since = start(firstBill.isBefore(keptSince) ? keptSince : firstBill);
        walk(BillSql.COUNT_REFUNDS, BillSql.REFUND_MISSING, Kind.REFUND_NOT_IN_BILL, since, now, false, false);
        bills.run(claim, connection -> {
            try (PreparedStatement update = connection.prepareStatement(BillSql.DECIDED)) {
                update.setLong(1, found());
                Bills.setKey(update, 2, claim);
                return update.executeUpdate();
            }
        });
    }

    private static OffsetDateTime start(LocalDate day) {
        return day.atStartOfDay().atOffset(BEIJING);
    }

    /**
     * Goes through what was created since then, span by span, each as long as few enough rows are in it.
     *
     * @param inBills whether the statement asks for the neighbouring days' bills
     * @param any whether the first that is found is enough; then nothing is noted
     * @return whether anything was found
     */
    private boolean walk(
            String count,
            String select,
            Kind kind,
            OffsetDateTime first,
            OffsetDateTime now,
            boolean inBills,
            boolean any)
            throws Unavailable, Bills.NotOurs {
        boolean hit = false;
        Duration span = SPAN_FIRST;
        OffsetDateTime from = first;
        while (true) {
            OffsetDateTime start = from;
            OffsetDateTime end = start.plus(span);
            // What bears a time of the future is in the last one.
            OffsetDateTime to = end.isAfter(now) ? OffsetDateTime.MAX : end;
            long rows = bills.run(claim, connection -> count(connection, count, start, to));
            if (rows > ROWS_MAX && span.compareTo(SPAN_LEAST) > 0) {
                span = span.dividedBy(2);
                continue;
            }
            // More in one moment: a transaction of the shop's has inserted them together.
            long parts = rows > ROWS_MAX ? PARTS_MOST : 1 + rows / PART_ROWS;
            for (long part = 0; part < parts; part++) {
                long number = part;
                List<Difference> differences = bills.run(claim, connection -> {
                    List<Difference> some = rows(connection, select, kind, start, to, parts, number, inBills);
                    return any ? some : write(connection, some);
                });
                hit |= !differences.isEmpty();
                if (any && hit) {
                    return true;
                }
                note(differences);
            }
            if (to.equals(OffsetDateTime.MAX)) {
                return hit;
            }
            from = to;
            span = rows < PART_ROWS / 2 && span.compareTo(SPAN_MOST) < 0 ? span.multipliedBy(2) : span;
        }
    }

    private static long count(Connection connection, String sql, OffsetDateTime from, OffsetDateTime to)
            throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(sql)) {
            count.setObject(1, from);
            count.setObject(2, to);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private List<Difference> rows(
            Connection connection,
            String sql,
            Kind kind,
            OffsetDateTime from,
            OffsetDateTime to,
            long parts,
            long part,
            boolean inBills)
            throws SQLException {
        List<Difference> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setObject(1, from);
            select.setObject(2, to);
            select.setObject(3, start(claim.day()));
            select.setObject(4, start(claim.day().plusDays(1)));
            select.setLong(5, parts);
            select.setLong(6, part);
            if (inBills) {
                select.setString(7, claim.day().minusDays(1).toString());
                select.setString(8, claim.day().plusDays(1).toString());
            }
            select.setString(inBills ? 9 : 7, claim.mchId());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String detail = kind == Kind.NOT_IN_BILL
                            ? "expected this payment in the bill of its day or of a neighbouring one, found it in none"
                            : "expected this refund in a bill, found it in none";
                    found.add(new Difference(
                            kind, row.getString(1), row.getString(2), row.getString(3), null, row.getLong(4), detail));
                }
            }
        }
        return found;
    }
}
