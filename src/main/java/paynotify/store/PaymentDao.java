package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
import paynotify.sender.Text;

/**
 * Applies a payment to its order once: the row is locked, what it holds decides, and one UPDATE that still names
 * PENDING sets PAID. Works on a table or on a simple updatable view. Thread-safe.
 */
final class PaymentDao {
    static final String LOCK = "SELECT total_fee, currency, status, transaction_id FROM payment_order"
            + " WHERE mch_id = ? AND out_trade_no = ? FOR UPDATE";

    static final String PAY = "UPDATE payment_order SET status = 'PAID', transaction_id = ?, paid_at = ?, payer = ?"
            + " WHERE mch_id = ? AND out_trade_no = ? AND status = 'PENDING'";

    private PaymentDao() {}

    private record Order(
            long totalFee,
            String currency,
            String status,
            @Nullable String transactionId) {}

    /**
     * Decides by order, amount and status, in this order (contract, section 3), and applies what is to be applied.
     *
     * @param connection in a transaction, which the caller commits
     * @throws IllegalStateException if the table is not what the contract says: our own fault
     */
    static Decision apply(Connection connection, Payment payment) throws SQLException {
        Order order = lock(connection, payment);
        if (order == null) {
            return new Decision(
                    Outcome.UNKNOWN_ORDER,
                    "expected an order " + Text.quoted(payment.outTradeNo()) + " of mch_id '" + payment.mchId()
                            + "', found none");
        }
        if (order.totalFee() != payment.totalFee() || !order.currency().equals(payment.currency())) {
            return new Decision(
                    Outcome.AMOUNT_MISMATCH,
                    "expected " + order.totalFee() + " fen " + order.currency() + ", found " + payment.totalFee()
                            + " fen " + Text.quoted(payment.currency()));
        }
        return switch (order.status()) {
            case "PENDING" -> {
                pay(connection, payment);
                yield new Decision(Outcome.APPLIED, "expected a PENDING order, found it, and set it PAID");
            }
            case "PAID" ->
                payment.transactionId().equals(order.transactionId())
                        ? new Decision(Outcome.DUPLICATE, "expected a PENDING order, found it PAID by this transaction")
                        : new Decision(
                                Outcome.CONFLICT,
                                "expected a PENDING order, found it PAID by transaction_id "
                                        + Text.quoted(order.transactionId()));
            case "CLOSED" -> new Decision(Outcome.ORDER_CLOSED, "expected a PENDING order, found it CLOSED");
            default ->
                throw new IllegalStateException(
                        "expected payment_order.status PENDING, PAID or CLOSED, found " + Text.quoted(order.status()));
        };
    }

    private static @Nullable Order lock(Connection connection, Payment payment) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, payment.mchId());
            lock.setString(2, payment.outTradeNo());
            try (ResultSet rows = lock.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                Order order = new Order(
                        rows.getLong(1), required(rows, "currency"), required(rows, "status"), rows.getString(4));
                if (rows.next()) {
                    throw new IllegalStateException("expected one order of this number, found two (is it a view?)");
                }
                return order;
            }
        }
    }

    /** A table of ours has no null there, but a view may. */
    private static String required(ResultSet rows, String column) throws SQLException {
        String value = rows.getString(column);
        if (value == null) {
            throw new IllegalStateException("expected a value in payment_order." + column + ", found null");
        }
        return value;
    }

    private static void pay(Connection connection, Payment payment) throws SQLException {
        try (PreparedStatement pay = connection.prepareStatement(PAY)) {
            pay.setString(1, payment.transactionId());
            pay.setObject(2, payment.paidAt().atOffset(ZoneOffset.UTC));
            pay.setString(3, payment.payer());
            pay.setString(4, payment.mchId());
            pay.setString(5, payment.outTradeNo());
            int changed = pay.executeUpdate();
            if (changed != 1) {
                // The row is locked and was PENDING: something of the shop's (a trigger, a rule) stands in between.
                throw new IllegalStateException(
                        "expected the UPDATE to change 1 order, found that it changed " + changed);
            }
        }
    }
}
