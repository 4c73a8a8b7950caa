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
import java.util.List;
import paynotify.store.BillDifferences.Difference;
import paynotify.store.BillDifferences.Kind;

/**
 * What was paid or refunded here on a day and stands in no bill. The shop's tables are read by the time of creation, span by
 * span, each as long as few enough rows are in it: no index tells what was paid on a day. Belongs to one thread.
 */
final class MissingInBills {
    /** Orders, or refunds, that one step reads; of a span that holds more, a part. */
    static final int ROWS_MAX = 100_000;

    private static final int PART_ROWS = 50_000;
    private static final int PARTS_MOST = 16;
    /** An order that nobody has paid within 7 days is closed by WeChat (protocol-2.md, section 10.3). */
    private static final int ORDER_AGE_DAYS = 8;

    private static final Duration SPAN_FIRST = Duration.ofHours(1);
    private static final Duration SPAN_LEAST = Duration.ofSeconds(1);
    private static final Duration SPAN_MOST = Duration.ofDays(8);
    private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

    private static final String NO_PAYMENT =
            "expected this payment in the bill of its day or of a neighbouring one, found it in none";
    private static final String NO_REFUND = "expected this refund in a bill, found it in none";

    private final Bills bills;
    private final Bills.Claim claim;

    /** Rows that were created in a span, of a day that is asked about. */
    private record Part(OffsetDateTime from, OffsetDateTime to, long parts, long part) {}

    /** What is done with a part of the rows, in a step of its own. */
    @FunctionalInterface
    private interface Look {
        /**
         * Looks at it.
         *
         * @return whether to go on
         */
        boolean at(Part part) throws Unavailable, Bills.NotOurs;
    }

    MissingInBills(Bills bills, Bills.Claim claim) {
        this.bills = bills;
        this.claim = claim;
    }

    /** Whether any order has been paid here that day. */
    boolean isAnyPaid(OffsetDateTime now) throws Unavailable, Bills.NotOurs {
        return !walk(
                BillSql.COUNT_ORDERS,
                firstOrder(),
                now,
                part -> bills.run(claim, connection -> {
                    try (PreparedStatement select = connection.prepareStatement(BillSql.PAID_ANY)) {
                        set(select, part);
                        select.setString(7, claim.mchId());
                        try (ResultSet row = select.executeQuery()) {
                            return !row.next();
                        }
                    }
                }));
    }

    /** Notes the payments that are in no bill of their day or of a neighbouring one. */
    void payments(OffsetDateTime now, BillDifferences found) throws Unavailable, Bills.NotOurs {
        walk(BillSql.COUNT_ORDERS, firstOrder(), now, part -> {
            found.add(bills, connection -> {
                try (PreparedStatement select = connection.prepareStatement(BillSql.PAID_MISSING)) {
                    set(select, part);
                    select.setString(7, claim.day().minusDays(1).toString());
                    select.setString(8, claim.day().plusDays(1).toString());
                    select.setString(9, claim.mchId());
                    return differences(select, Kind.NOT_IN_BILL, NO_PAYMENT);
                }
            });
            return true;
        });
    }

    /**
     * Notes the refunds that are in no bill.
     *
     * @param keptSince since which day lines are kept: a refund that was asked for before may have been in such a one
     */
    void refunds(OffsetDateTime now, LocalDate keptSince, BillDifferences found) throws Unavailable, Bills.NotOurs {
        LocalDate firstBill = bills.run(claim, this::firstBill);
        OffsetDateTime since = start(firstBill.isBefore(keptSince) ? keptSince : firstBill);
        walk(BillSql.COUNT_REFUNDS, since, now, part -> {
            found.add(bills, connection -> {
                try (PreparedStatement select = connection.prepareStatement(BillSql.REFUND_MISSING)) {
                    set(select, part);
                    select.setString(7, claim.mchId());
                    return differences(select, Kind.REFUND_NOT_IN_BILL, NO_REFUND);
                }
            });
            return true;
        });
    }

    private OffsetDateTime firstOrder() {
        return start(claim.day().minusDays(ORDER_AGE_DAYS));
    }

    private LocalDate firstBill(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BillSql.FIRST_DAY)) {
            select.setString(1, claim.mchId());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                LocalDate day = row.getObject(1, LocalDate.class);
                return day == null ? claim.day() : day;
            }
        }
    }

    private static OffsetDateTime start(LocalDate day) {
        return day.atStartOfDay().atOffset(BEIJING);
    }

    /**
     * Goes through what was created since then.
     *
     * @param count counts what is in a span
     * @return whether it came to its end
     */
    private boolean walk(String count, OffsetDateTime first, OffsetDateTime now, Look look)
            throws Unavailable, Bills.NotOurs {
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
                if (!look.at(new Part(start, to, parts, part))) {
                    return false;
                }
            }
            if (to.equals(OffsetDateTime.MAX)) {
                return true;
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

    /** What all of these statements ask first: which part of the rows, of which day. */
    private void set(PreparedStatement select, Part part) throws SQLException {
        select.setObject(1, part.from());
        select.setObject(2, part.to());
        select.setObject(3, start(claim.day()));
        select.setObject(4, start(claim.day().plusDays(1)));
        select.setLong(5, part.parts());
        select.setLong(6, part.part());
    }

    private static List<Difference> differences(PreparedStatement select, Kind kind, String detail)
            throws SQLException {
        List<Difference> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new Difference(
                        kind, row.getString(1), row.getString(2), row.getString(3), null, row.getLong(4), detail));
            }
        }
        return found;
    }
}
