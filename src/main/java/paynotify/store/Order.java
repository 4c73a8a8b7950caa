package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.message.Text;
import paynotify.sender.Claims;
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
    /**
     * After this time the server plans our statements anew: a plan that was made while a table was small reads all of
     * it, and would be kept while the table grows.
     */
    private static final String PLAN_AGE_MAX = "1 s";

    /** Any number of our own: the shop may hash texts for advisory locks of its own, too. */
    private static final int LOCKS_OF_TRANSACTIONS = 4200;

    /**
     * The names as the callback has them: a column of a view may pad its own. Before the order, the number of its
     * transaction is locked, so that two orders that one transaction claims to have paid are decided one after the other.
     * LIMIT has the server plan for one row, by the index, and makes one plan fit any number of rows. {@code 'now'} is the
     * time at which the statement was parsed.
     */
    static final RowsSql LOCK = lock("pg_advisory_xact_lock", "NULL", "");
    /** The same without those that somebody else has locked. */
    static final RowsSql LOCK_FREE = lock("pg_try_advisory_xact_lock", "FALSE", " SKIP LOCKED");

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

        boolean isOf(Claims claims) {
            return mchId.equals(claims.mchId()) && outTradeNo.equals(claims.outTradeNo());
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

    /** An order, and the transaction that is said to have paid it; null where the sender gives none. */
    record Claim(Key key, @Nullable String transactionId) {
        /** In which claims are locked. */
        static final Comparator<Claim> IN_ORDER = Comparator.comparing((Claim claim) -> claim.key.mchId())
                .thenComparing(claim -> claim.key.outTradeNo())
                .thenComparing(Claim::transactionId, Comparator.nullsFirst(Comparator.naturalOrder()));

        static Claim of(Trade trade) {
            return new Claim(Key.of(trade), trade.transactionId());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Claim claim
                    && key.equals(claim.key)
                    && Objects.equals(transactionId, claim.transactionId);
        }

        @Override
        public int hashCode() {
            return 31 * key.hashCode() + Objects.hashCode(transactionId);
        }
    }

    private static RowsSql lock(String function, String notHad, String orElse) {
        return RowsSql.of(
                "SELECT k.mch_id, k.out_trade_no, k.transaction_id, o.total_fee, o.currency,"
                        + " o.status, o.transaction_id, clock_timestamp() - timestamptz 'now' > interval '"
                        + PLAN_AGE_MAX + "' FROM (SELECT * FROM",
                "u",
                "mch_id text, out_trade_no text, transaction_id text",
                " WHERE transaction_id IS NULL OR " + function + "(hashtextextended(transaction_id, "
                        + LOCKS_OF_TRANSACTIONS + ")) IS DISTINCT FROM " + notHad
                        + " LIMIT ?) k"
                        + " CROSS JOIN LATERAL (SELECT total_fee, currency, status, transaction_id FROM payment_order"
                        + " WHERE mch_id = k.mch_id AND out_trade_no = k.out_trade_no FOR UPDATE" + orElse + ") o");
    }

    /**
     * The orders that there are of these.
     *
     * @param connection in a transaction, which holds the locks until its end
     * @param last is told if the server must plan anew
     * @param waits whether to wait for those that somebody else holds locked, or to leave them out
     * @param claims are locked in this order
     * @throws IllegalStateException if the table is not what the contract says: our own fault
     */
    static Map<Claim, Order> lock(Connection connection, Writes last, boolean waits, Collection<Claim> claims)
            throws SQLException {
        Map<Claim, Order> orders = new HashMap<>();
        if (claims.isEmpty()) {
            return orders;
        }
        boolean planned = false;
        RowsSql lock = waits ? LOCK : LOCK_FREE;
        try (PreparedStatement statement = connection.prepareStatement(lock.of(claims.size()))) {
            set(lock, statement, claims);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Claim claim = new Claim(new Key(rows.getString(1), rows.getString(2)), rows.getString(3));
                    Order order = new Order(
                            rows.getLong(4),
                            required(rows, 5, "currency"),
                            status(required(rows, 6, "status")),
                            rows.getString(7));
                    planned = !rows.getBoolean(8);
                    if (orders.put(claim, order) != null) {
                        throw new IllegalStateException("expected one order of this number, found two (is it a view?)");
                    }
                }
            }
        }
        // If none was found, the table may have been empty, and the plan not worth keeping.
        if (!planned) {
            last.planAnew();
        }
        return orders;
    }

    /** The parameters of {@link #LOCK} or {@link #LOCK_FREE}, in the shape for so many claims. */
    static void set(RowsSql lock, PreparedStatement statement, Collection<Claim> claims) throws SQLException {
        Columns.shaped(lock, RowsSql.isFew(claims.size()), statement, 0, claims)
                .text(claim -> claim.key.mchId())
                .text(claim -> claim.key.outTradeNo())
                .text(Claim::transactionId)
                .count();
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
    private static String required(ResultSet rows, int place, String column) throws SQLException {
        String value = rows.getString(place);
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
