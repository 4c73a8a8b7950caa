package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.message.BillLine;
import paynotify.message.Text;
import paynotify.store.BillDifferences.Difference;
import paynotify.store.BillDifferences.Kind;

/**
 * A day's bill against the tables, in steps of one short transaction each, that lock no order. A line is a hint: what it
 * leads to is a row of {@code payment_bill_difference}, and a question to the sender. Belongs to one thread.
 */
public final class BillComparison {
    /** Lines that one step compares. */
    public static final int LINES = 10_000;

    private final Bills bills;
    private final Bills.Claim claim;
    private final BillDifferences differences;
    private final MissingInBills missing;

    BillComparison(Bills bills, Bills.Claim claim) {
        this.bills = bills;
        this.claim = claim;
        this.differences = new BillDifferences(claim);
        this.missing = new MissingInBills(bills, claim);
    }

    /** How many differences were found. */
    public long found() {
        return differences.found();
    }

    /** Whether any order has been paid here that day. */
    public boolean isAnyPaid(OffsetDateTime now) throws Unavailable, Bills.NotOurs {
        return missing.isAnyPaid(now);
    }

    /**
     * Decides what is in no bill, now that the next day's is there, and notes it.
     *
     * @param keptSince since which day lines are kept: a refund that was asked for before may have been in such a one
     */
    public void decide(OffsetDateTime now, LocalDate keptSince) throws Unavailable, Bills.NotOurs {
        bills.run(claim, connection -> Bills.clearDifferences(connection, claim, true));
        missing.payments(now, differences);
        missing.refunds(now, keptSince, differences);
        bills.run(claim, connection -> {
            try (PreparedStatement update = connection.prepareStatement(BillSql.DECIDED)) {
                update.setLong(1, found());
                Bills.setKey(update, 2, claim);
                return update.executeUpdate();
            }
        });
    }

    /** Compares all lines up to this one, which are stored. */
    public void lines(int last) throws Unavailable, Bills.NotOurs {
        for (int from = 0; from < last; from += LINES) {
            int after = from;
            differences.add(bills, connection -> different(connection, after));
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
}
