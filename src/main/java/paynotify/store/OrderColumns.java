package paynotify.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of {@code payment_order} that a view may lack (contract, section 4), as expressions over it under the name
 * {@code o}: null where there is no such column.
 */
record OrderColumns(String subMchId, String combineMchId, String combineOutTradeNo) {
    /** What every {@code payment_order} allows. */
    static final OrderColumns NONE = of(Set.of());

    private static final String NAMES = "SELECT attname FROM pg_attribute"
            + " WHERE attrelid = to_regclass('payment_order') AND attnum > 0 AND NOT attisdropped";

    /** As the database has them now. */
    static OrderColumns read(Connection connection) throws SQLException {
        Set<String> names = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(NAMES)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return of(names);
    }

    private static OrderColumns of(Set<String> names) {
        return new OrderColumns(
                expression(names, "sub_mch_id"),
                expression(names, "combine_mch_id"),
                expression(names, "combine_out_trade_no"));
    }

    /** An empty text, which a shop's table may have instead of null, means the same. */
    private static String expression(Set<String> names, String column) {
        return names.contains(column) ? "nullif(rtrim(CAST(o." + column + " AS text)), '')" : "CAST(NULL AS text)";
    }

    /** The mch-id of the account that asks about an order. */
    String asker() {
        return "coalesce(" + combineMchId + ", CAST(o.mch_id AS text))";
    }

    /** Looked up once: what was no column at our start needs another start of ours. Thread-safe. */
    static final class Known {
        private volatile @Nullable OrderColumns columns;

        OrderColumns of(Connection connection) throws SQLException {
            OrderColumns known = columns;
            if (known == null) {
                known = read(connection);
                columns = known;
            }
            return known;
        }
    }
}
