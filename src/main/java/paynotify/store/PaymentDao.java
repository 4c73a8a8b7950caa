package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.message.Text;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
import paynotify.sender.Trade;

/**
 * Applies payments to their orders once: the rows are locked, what they hold decides, and one UPDATE that still names
 * PENDING sets PAID. Thread-safe.
 */
final class PaymentDao {
    /** Of a payment that was applied: the order that this transaction has paid. */
    private static final String APPLIED = "payment_log l WHERE l.outcome = 'APPLIED' AND l.event = 'PAYMENT'";

    /**
     * Sets no order PAID whose transaction has paid another one; who needs to know which asks {@link #OTHER}. LIMIT: see
     * {@link Order#LOCK}.
     */
    static final String PAY = "UPDATE payment_order o"
            + " SET status = 'PAID', transaction_id = k.transaction_id, paid_at = k.paid_at, payer = k.payer"
            + " FROM (SELECT * FROM unnest(CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]),"
            + " CAST(CAST(? AS text[]) AS timestamptz[]), CAST(? AS text[]))"
            + " AS u (mch_id, out_trade_no, transaction_id, paid_at, payer) LIMIT ?) k"
            + " WHERE o.mch_id = k.mch_id AND o.out_trade_no = k.out_trade_no AND o.status = 'PENDING'"
            + " AND NOT EXISTS (SELECT FROM " + APPLIED + " AND l.transaction_id = k.transaction_id"
            + " AND l.mch_id = k.mch_id AND l.out_trade_no <> k.out_trade_no)";

    /** The first other order of the merchant that this transaction has paid, whatever has become of it since. */
    static final String OTHER = "SELECT (array_agg(l.out_trade_no ORDER BY l.id))[1] FROM " + APPLIED
            + " AND l.transaction_id = ? AND l.mch_id = ? AND l.out_trade_no <> ?";

    private PaymentDao() {}

    /** Decides by amount and status, in this order (contract, section 3); changes nothing. */
    static Decision decide(Order order, Payment payment) {
        if (order.totalFee() != payment.trade().totalFee() || !order.currency().equals(payment.currency())) {
            return new Decision(
                    Outcome.AMOUNT_MISMATCH,
                    "expected " + order.totalFee() + " fen " + order.currency() + ", found "
                            + payment.trade().totalFee() + " fen " + Text.quoted(payment.currency()));
        }
        return switch (order.status()) {
            case PENDING ->
                payment.givenBack()
                        ? refunded(order)
                        : new Decision(Outcome.APPLIED, "expected a PENDING order, found it, and set it PAID");
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
            case CLOSED ->
                payment.givenBack()
                        ? refunded(order)
                        : new Decision(Outcome.ORDER_CLOSED, "expected a PENDING order, found it CLOSED");
        };
    }

    /** Contract, section 7: the order stays as it is, so that nothing is shipped. */
    private static Decision refunded(Order order) {
        return new Decision(
                Outcome.REFUNDED,
                "expected a payment that stands, found that it has been given back, all or in part, while the order is "
                        + order.status());
    }

    /**
     * The number of another order that this transaction has paid, or null.
     *
     * @param connection in a transaction that has locked the claim, so that no other order is being paid by it
     */
    static @Nullable String other(Connection connection, Trade trade) throws SQLException {
        if (trade.transactionId() == null) {
            return null;
        }
        try (PreparedStatement other = connection.prepareStatement(OTHER)) {
            other.setString(1, trade.transactionId());
            other.setString(2, trade.mchId());
            other.setString(3, trade.outTradeNo());
            try (ResultSet found = other.executeQuery()) {
                found.next();
                return found.getString(1);
            }
        }
    }

    static Decision hasPaid(String otherOrder) {
        return new Decision(
                Outcome.CONFLICT,
                "expected a transaction_id that has paid no other order, found that it has paid "
                        + Text.quoted(otherOrder));
    }

    /**
     * Sets the orders of these payments PAID.
     *
     * @param connection in a transaction that has locked them and found them PENDING, and that the caller commits
     * @throws IllegalStateException if an order could not be set PAID, or one of the transactions has paid another order
     */
    static void pay(Connection connection, List<Payment> payments) throws SQLException {
        if (payments.isEmpty()) {
            return;
        }
        try (PreparedStatement pay = connection.prepareStatement(PAY)) {
            new Columns<>(pay, payments)
                    .text(payment -> payment.trade().mchId())
                    .text(payment -> payment.trade().outTradeNo())
                    .text(payment -> payment.trade().transactionId())
                    .text(payment -> payment.paidAt().toString())
                    .text(Payment::payer)
                    .count();
            TransactionRunner.requireRows(payments.size(), pay.executeUpdate(), "payment_order");
        }
    }
}
