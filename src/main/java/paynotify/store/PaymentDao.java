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
    /** LIMIT: see {@link Order#LOCK}. That a transaction pays one order is seen to by {@link PaymentLog#INSERT_ONCE}. */
    static final RowsSql PAY = RowsSql.of(
            "UPDATE payment_order o"
                    + " SET status = 'PAID', transaction_id = k.transaction_id, paid_at = " + Columns.time("k.paid_at")
                    + ", payer = k.payer FROM (SELECT * FROM",
            "u",
            "mch_id text, out_trade_no text, transaction_id text, paid_at bigint, payer text",
            " LIMIT ?) k WHERE o.mch_id = k.mch_id AND o.out_trade_no = k.out_trade_no AND o.status = 'PENDING'"
                    + Writes.RETURNING);

    /**
     * Why a transaction pays no order any more: it has paid another one, or its payment has been given back (contract,
     * section 7: "nothing may be shipped"), whatever a late callback says. Parameters: transaction_id, mch_id, out_trade_no.
     * The first row that says so, of all months: asked for single callbacks only.
     */
    static final String SPENT = "SELECT l.outcome, l.out_trade_no FROM payment_log l WHERE l.event = 'PAYMENT'"
            + " AND l.transaction_id = ? AND l.mch_id = ?"
            + " AND (l.outcome = 'REFUNDED' OR (l.outcome = 'APPLIED' AND l.out_trade_no <> ?)) ORDER BY l.id LIMIT 1";

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
     * Why this transaction can't pay this order, or null.
     *
     * @param connection in a transaction that has locked the claim, so that no other order is being paid by it
     */
    static @Nullable Decision spent(Connection connection, Trade trade) throws SQLException {
        if (trade.transactionId() == null) {
            return null;
        }
        try (PreparedStatement spent = connection.prepareStatement(SPENT)) {
            spent.setString(1, trade.transactionId());
            spent.setString(2, trade.mchId());
            spent.setString(3, trade.outTradeNo());
            try (ResultSet found = spent.executeQuery()) {
                if (!found.next()) {
                    return null;
                }
                return found.getString(1).equals(Outcome.REFUNDED.name())
                        ? new Decision(
                                Outcome.CONFLICT,
                                "expected a payment that stands, found in the log that it has been given back (REFUNDED)")
                        : hasPaid(found.getString(2));
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
     * @param writes of a transaction that has locked them and found them PENDING
     */
    static void pay(Writes writes, List<Payment> payments) {
        if (payments.isEmpty()) {
            return;
        }
        writes.add(
                PAY,
                payments,
                columns -> columns.text(payment -> payment.trade().mchId())
                        .text(payment -> payment.trade().outTradeNo())
                        .text(payment -> payment.trade().transactionId())
                        .time(Payment::paidAt)
                        .text(Payment::payer)
                        .count(),
                payments.size(),
                "payment_order");
    }
}
