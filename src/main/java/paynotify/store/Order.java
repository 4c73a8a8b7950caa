package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Outcome;
import paynotify.sender.Text;
import paynotify.sender.Trade;

/**
 * A row of {@code payment_order}, locked until the transaction ends. Works on a table or on a simple updatable view.
 *
 * @param totalFee in fen
 */
record Order(
        long totalFee,
        String currency,
        Status status,
        @Nullable String transactionId) {
    static final String LOCK = "SELECT total_fee, currency, status, transaction_id FROM payment_order"
            + " WHERE mch_id = ? AND out_trade_no = ? FOR UPDATE";

    enum Status {
        PENDING,
        PAID,
        CLOSED
    }

    /**
     * The order that this trade is about, or null if there is none.
     *
     * @param connection in a transaction
     * @throws IllegalStateException if the table is not what the contract says: our own fault
     */
    static @Nullable Order lock(Connection connection, Trade trade) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, trade.mchId());
            lock.setString(2, trade.outTradeNo());
            try (ResultSet rows = lock.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                Order order = new Order(
                        rows.getLong(1),
                        required(rows, "currency"),
                        status(required(rows, "status")),
                        rows.getString(4));
                if (rows.next()) {
                    throw new IllegalStateException("expected one order of this number, found two (is it a view?)");
                }
                return order;
            }
        }
    }

    static Decision unknown(Trade trade) {
        return new Decision(
                Outcome.UNKNOWN_ORDER,
                "expected an order " + Text.quoted(trade.outTradeNo()) + " of mch_id '" + trade.mchId()
                        + "', found none");
    }

    /** A table of ours has no null there, but a view may. */
    private static String required(ResultSet rows, String column) throws SQLException {
        String value = rows.getString(column);
        if (value == null) {
            throw new IllegalStateException("expected a value in payment_order." + column + ", found null");
        }
        return value;
    }

    private static Status status(String word) {
        try {
            return Status.valueOf(word);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "expected payment_order.status PENDING, PAID or CLOSED, found " + Text.quoted(word), e);
        }
    }
}
