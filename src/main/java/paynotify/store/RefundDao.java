package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.message.Text;
import paynotify.sender.Outcome;
import paynotify.sender.Refund;

/**
 * Books what a refund has come to, once for each step forward: from PENDING to anything, from ABNORMAL or CLOSED to
 * SUCCESS. The order is locked first, so that all refunds of one order, and its payment, come one after another.
 * Thread-safe.
 */
final class RefundDao {
    static final String LOCK = "SELECT out_trade_no, refund_id, refund_fee, currency, status FROM payment_refund"
            + " WHERE mch_id = ? AND out_refund_no = ? FOR UPDATE";

    /** What the sender has told of the order's other refunds: what the shop only asked for may never be carried out. */
    static final String OTHERS = "SELECT coalesce(sum(refund_fee), 0) FROM payment_refund"
            + " WHERE mch_id = ? AND out_trade_no = ? AND out_refund_no <> ? AND status IN ('SUCCESS', 'ABNORMAL')";

    static final String ADD = "INSERT INTO payment_refund"
            + " (mch_id, out_refund_no, out_trade_no, refund_id, refund_fee, currency, status, refunded_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

    static final String MOVE = "UPDATE payment_refund SET status = ?, refund_id = ?, refunded_at = ?"
            + " WHERE mch_id = ? AND out_refund_no = ? AND status = ?";

    private RefundDao() {}

    private record Row(String outTradeNo, @Nullable String refundId, long refundFee, String currency, String status) {}

    /**
     * Decides by order, amount and status (contract, section 3, "Refunds"), and books what is to be booked.
     *
     * @param connection in a transaction that has locked the order, and that the caller commits
     */
    static Decision apply(Connection connection, Order order, Refund refund) throws SQLException {
        Row row = lock(connection, refund);
        String mismatch = mismatch(order, row, refund);
        if (mismatch != null) {
            return new Decision(Outcome.AMOUNT_MISMATCH, mismatch);
        }
        return switch (order.status()) {
            case PENDING -> new Decision(Outcome.UNKNOWN_ORDER, "expected a PAID order, found it PENDING");
            case CLOSED -> new Decision(Outcome.ORDER_CLOSED, "expected a PAID order, found it CLOSED");
            case PAID -> {
                String conflict = conflict(order, row, refund);
                yield conflict == null
                        ? applyToPaid(connection, order, row, refund)
                        : new Decision(Outcome.CONFLICT, conflict);
            }
        };
    }

    /** Which amount is not as stored, or null: the order's, the refund's, or a currency, where one is told. */
    private static @Nullable String mismatch(Order order, @Nullable Row row, Refund refund) {
        long total = refund.trade().totalFee();
        long fee = refund.refundFee();
        String currency = refund.currency();
        if (order.totalFee() != total || (currency != null && !order.currency().equals(currency))) {
            return "expected a refund of an order of " + order.totalFee() + " fen " + order.currency() + ", found of "
                    + total + " fen " + Text.quoted(currency);
        }
        if (fee < 1 || fee > total) {
            return "expected a refund of 1 to " + total + " fen, found " + fee;
        }
        if (row != null
                && (row.refundFee() != fee
                        || (currency != null && !row.currency().equals(currency)))) {
            return "expected a refund of " + row.refundFee() + " fen " + row.currency() + ", found " + fee + " fen "
                    + Text.quoted(currency);
        }
        return null;
    }

    /** Which number belongs to something else, or null. */
    private static @Nullable String conflict(Order order, @Nullable Row row, Refund refund) {
        if (!Objects.equals(refund.trade().transactionId(), order.transactionId())) {
            return "expected a refund of transaction_id " + Text.quoted(order.transactionId()) + ", found of "
                    + Text.quoted(refund.trade().transactionId());
        }
        if (row != null && !row.outTradeNo().equals(refund.trade().outTradeNo())) {
            return "expected a refund of order " + Text.quoted(row.outTradeNo()) + ", found another";
        }
        if (row != null && row.refundId() != null && !row.refundId().equals(refund.refundId())) {
            return "expected refund_id " + Text.quoted(row.refundId()) + ", found " + Text.quoted(refund.refundId());
        }
        return null;
    }

    private static Decision applyToPaid(Connection connection, Order order, @Nullable Row row, Refund refund)
            throws SQLException {
        if (row != null && !isForward(row.status(), refund.status())) {
            return new Decision(
                    Outcome.DUPLICATE, "expected a step on from " + row.status() + ", found " + refund.status());
        }
        long others = others(connection, refund);
        // Not as a sum, which could overflow. A closed one gives nothing back.
        if (refund.status() != Refund.Status.CLOSED && refund.refundFee() > order.totalFee() - others) {
            return new Decision(
                    Outcome.AMOUNT_MISMATCH,
                    "expected refunds of at most " + order.totalFee() + " fen, found " + refund.refundFee()
                            + " fen beside " + others);
        }
        if (row == null) {
            add(connection, order, refund);
            return new Decision(Outcome.APPLIED, "expected a recorded refund, found none, and recorded it");
        }
        move(connection, row, refund);
        boolean closed = row.status().equals("CLOSED");
        return closed
                ? new Decision(
                        Outcome.APPLIED,
                        "expected no success of a refund that is CLOSED, found one, and set it " + refund.status(),
                        true)
                : new Decision(
                        Outcome.APPLIED, "expected " + row.status() + ", found it, and set it " + refund.status());
    }

    /** SUCCESS follows on everything but itself: the money has gone back, and the sum must see it. */
    private static boolean isForward(String from, Refund.Status to) {
        return from.equals("PENDING") || (to == Refund.Status.SUCCESS && !from.equals("SUCCESS"));
    }

    private static @Nullable Row lock(Connection connection, Refund refund) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, refund.trade().mchId());
            lock.setString(2, refund.outRefundNo());
            try (ResultSet rows = lock.executeQuery()) {
                return rows.next()
                        ? new Row(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getLong(3),
                                rows.getString(4),
                                rows.getString(5))
                        : null;
            }
        }
    }

    private static long others(Connection connection, Refund refund) throws SQLException {
        try (PreparedStatement others = connection.prepareStatement(OTHERS)) {
            others.setString(1, refund.trade().mchId());
            others.setString(2, refund.trade().outTradeNo());
            others.setString(3, refund.outRefundNo());
            try (ResultSet sum = others.executeQuery()) {
                sum.next();
                return sum.getLong(1);
            }
        }
    }

    private static void add(Connection connection, Order order, Refund refund) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            add.setString(1, refund.trade().mchId());
            add.setString(2, refund.outRefundNo());
            add.setString(3, refund.trade().outTradeNo());
            add.setString(4, refund.refundId());
            add.setLong(5, refund.refundFee());
            add.setString(6, order.currency());
            add.setString(7, refund.status().name());
            add.setObject(8, refundedAt(refund), Types.TIMESTAMP_WITH_TIMEZONE);
            TransactionRunner.requireRows(1, add.executeUpdate(), "payment_refund");
        }
    }

    private static void move(Connection connection, Row row, Refund refund) throws SQLException {
        try (PreparedStatement move = connection.prepareStatement(MOVE)) {
            move.setString(1, refund.status().name());
            move.setString(2, refund.refundId());
            move.setObject(3, refundedAt(refund), Types.TIMESTAMP_WITH_TIMEZONE);
            move.setString(4, refund.trade().mchId());
            move.setString(5, refund.outRefundNo());
            move.setString(6, row.status());
            TransactionRunner.requireRows(1, move.executeUpdate(), "payment_refund");
        }
    }

    private static @Nullable OffsetDateTime refundedAt(Refund refund) {
        Instant refundedAt = refund.refundedAt();
        return refundedAt == null ? null : refundedAt.atOffset(ZoneOffset.UTC);
    }
}
