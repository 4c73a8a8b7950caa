package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is found different on one day: counted by kind, stored where there is room. Belongs to one thread. */
final class BillDifferences {
    /** So many rows are stored of each kind (contract, section 14); all are counted. */
    static final int KEPT_MAX = 1_000;

    private final Bills.Claim claim;
    private final Map<Kind, Long> found = new EnumMap<>(Kind.class);

    /** {@code payment_bill_difference.kind}. */
    enum Kind {
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

    record Difference(
            Kind kind,
            String outTradeNo,
            @Nullable String outRefundNo,
            @Nullable String transactionId,
            @Nullable Long billFee,
            @Nullable Long ourFee,
            String detail) {}

    BillDifferences(Bills.Claim claim) {
        this.claim = claim;
    }

    /** How many were found. */
    long found() {
        return found.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Adds what is found now, in a step of its own.
     *
     * @param find asks for it
     */
    void add(Bills bills, TransactionRunner.Work<List<Difference>> find) throws Unavailable, Bills.NotOurs {
        List<Difference> differences = bills.run(claim, connection -> write(connection, find.run(connection)));
        // Only after the commit: a step that failed has found nothing.
        differences.forEach(each -> found.merge(each.kind(), 1L, Long::sum));
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
}
