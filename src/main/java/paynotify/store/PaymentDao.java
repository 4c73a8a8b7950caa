package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import paynotify.message.Text;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;

/**
 * Applies payments to their orders once: the rows are locked, what they hold decides, and one UPDATE that still names
 * PENDING sets PAID. Thread-safe.
 */
final class PaymentDao {
    static final String PAY = "UPDATE payment_order o"
            + " SET status = 'PAID', transaction_id = k.transaction_id, paid_at = k.paid_at, payer = k.payer"
            + " FROM unnest(CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]),"
            + " CAST(CAST(? AS text[]) AS timestamptz[]), CAST(? AS text[]))"
            + " AS k (mch_id, out_trade_no, transaction_id, paid_at, payer)"
            + " WHERE o.mch_id = k.mch_id AND o.out_trade_no = k.out_trade_no AND o.status = 'PENDING'";

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
     * Sets the orders of these payments PAID.
     *
     * @param connection in a transaction that has locked them and found them PENDING, and that the caller commits
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
                    .text(Payment::payer);
            TransactionRunner.requireRows(payments.size(), pay.executeUpdate(), "payment_order");
        }
    }
}
