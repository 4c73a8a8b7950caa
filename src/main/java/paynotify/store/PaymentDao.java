package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Objects;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
import paynotify.sender.Text;

/**
 * Applies a payment to its order once: the row is locked, what it holds decides, and one UPDATE that still names
 * PENDING sets PAID. Thread-safe.
 */
final class PaymentDao {
    static final String PAY = "UPDATE payment_order SET status = 'PAID', transaction_id = ?, paid_at = ?, payer = ?"
            + " WHERE mch_id = ? AND out_trade_no = ? AND status = 'PENDING'";

    private PaymentDao() {}

    /**
     * Decides by order, amount and status, in this order (contract, section 3), and applies what is to be applied.
     *
     * @param connection in a transaction, which the caller commits
     * @throws IllegalStateException if the table is not what the contract says: our own fault
     */
    static Decision apply(Connection connection, Payment payment) throws SQLException {
        Order order = Order.lock(connection, payment.trade());
        if (order == null) {
            return Order.unknown(payment.trade());
        }
        if (order.totalFee() != payment.trade().totalFee() || !order.currency().equals(payment.currency())) {
            return new Decision(
                    Outcome.AMOUNT_MISMATCH,
                    "expected " + order.totalFee() + " fen " + order.currency() + ", found "
                            + payment.trade().totalFee() + " fen " + Text.quoted(payment.currency()));
        }
        return switch (order.status()) {
            case PENDING -> {
                pay(connection, payment);
                yield new Decision(Outcome.APPLIED, "expected a PENDING order, found it, and set it PAID");
            }
            case PAID ->
                Objects.equals(payment.trade().transactionId(), order.transactionId())
                        ? new Decision(
                                Outcome.DUPLICATE,
                                order.transactionId() == null
                                        ? "expected a PENDING order, found it PAID without a transaction_id, as this"
                                                + " sender gives none"
                                        : "expected a PENDING order, found it PAID by this transaction")
                        : new Decision(
                                Outcome.CONFLICT,
                                "expected a PENDING order, found it PAID by transaction_id "
                                        + Text.quoted(order.transactionId()));
            case CLOSED -> new Decision(Outcome.ORDER_CLOSED, "expected a PENDING order, found it CLOSED");
        };
    }

    private static void pay(Connection connection, Payment payment) throws SQLException {
        try (PreparedStatement pay = connection.prepareStatement(PAY)) {
            pay.setString(1, payment.trade().transactionId());
            pay.setObject(2, payment.paidAt().atOffset(ZoneOffset.UTC));
            pay.setString(3, payment.payer());
            pay.setString(4, payment.trade().mchId());
            pay.setString(5, payment.trade().outTradeNo());
            Database.requireOne(pay.executeUpdate(), "payment_order");
        }
    }
}
