package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.message.Text;
import paynotify.sender.Outcome;
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
    /** The names as the callback has them: a column of a view may pad its own. In a fixed order, so that nobody who locks several waits for one who waits for him. */
    static final String LOCK = "SELECT k.mch_id, k.out_trade_no, o.total_fee, o.currency, o.status, o.transaction_id"
            + " FROM payment_order o JOIN unnest(CAST(? AS text[]), CAST(? AS text[])) AS k (mch_id, out_trade_no)"
            + " ON o.mch_id = k.mch_id AND o.out_trade_no = k.out_trade_no"
            + " ORDER BY o.mch_id, o.out_trade_no FOR UPDATE OF o";
    /** The same without those that somebody else has locked. */
    static final String LOCK_FREE = LOCK + " SKIP LOCKED";

    enum Status {
        PENDING,
        PAID,
        CLOSED
    }

    /**
     * What names an order. Its equals and hashCode are its own: those that Java makes for a record leave softly held
     * references in the JDK, by which Tomcat would keep the whole application in memory after it is undeployed.
     */
    record Key(String mchId, String outTradeNo) {
        static Key of(Trade trade) {
            return new Key(trade.mchId(), trade.outTradeNo());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && mchId.equals(key.mchId) && outTradeNo.equals(key.outTradeNo);
        }

        @Override
        public int hashCode() {
            return 31 * mchId.hashCode() + outTradeNo.hashCode();
        }
    }

    /**
     * The orders that there are of these, by their names.
     *
     * @param connection in a transaction
     * @param waits whether to wait for those that somebody else holds locked, or to leave them out
     * @throws IllegalStateException if the table is not what the contract says: our own fault
     */
    static Map<Key, Order> lock(Connection connection, boolean waits, Collection<Key> keys) throws SQLException {
        Map<Key, Order> orders = new HashMap<>();
        if (keys.isEmpty()) {
            return orders;
        }
        try (PreparedStatement statement = connection.prepareStatement(waits ? LOCK : LOCK_FREE)) {
            new Columns<>(statement, keys).text(Key::mchId).text(Key::outTradeNo);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Key key = new Key(rows.getString(1), rows.getString(2));
                    Order order = new Order(
                            rows.getLong(3),
                            required(rows, "currency"),
                            status(required(rows, "status")),
                            rows.getString(6));
                    if (orders.put(key, order) != null) {
                        throw new IllegalStateException("expected one order of this number, found two (is it a view?)");
                    }
                }
            }
        }
        return orders;
    }

    /** The order that is left when this payment has been applied. */
    Order paidBy(@Nullable String byTransactionId) {
        return new Order(totalFee, currency, Status.PAID, byTransactionId);
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
