package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether an order is found by an index. {@code payment_order} may be a view of the shop's whose columns no index fits, and
 * then each callback reads all orders: that is told at start, not found out when there are many of them.
 */
final class OrderScan {
    private static final List<Order.Claim> ANY = List.of(new Order.Claim(new Order.Key("m", "o"), "t"));

    private OrderScan() {}

    /**
     * The line of the plan that reads the whole table, or null if there is none. Scans are switched off for the question,
     * for a small table is scanned although it has an index. Nothing is run.
     *
     * @param connection with no transaction open; it is given back as it was
     */
    static @Nullable String find(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            return scan(plan(connection));
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    private static List<String> plan(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL enable_seqscan = off");
        }
        List<String> plan = new ArrayList<>();
        try (PreparedStatement explain =
                connection.prepareStatement("EXPLAIN (COSTS OFF) " + Order.LOCK.of(ANY.size()))) {
            Order.set(Order.LOCK, explain, ANY);
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    plan.add(lines.getString(1).strip().replaceFirst("^-> *", ""));
                }
            }
        }
        return plan;
    }

    /** A scan of an index that is not told which number to look for reads all of it, too. */
    static @Nullable String scan(List<String> plan) {
        boolean byIndex =
                plan.stream().anyMatch(line -> line.startsWith("Index Cond:") && line.contains("out_trade_no"));
        return plan.stream()
                .filter(line -> line.contains(" Scan ") && !line.matches("(Function|Subquery) Scan .*"))
                .filter(line -> !byIndex || line.startsWith("Seq Scan "))
                .findFirst()
                .orElse(null);
    }
}
