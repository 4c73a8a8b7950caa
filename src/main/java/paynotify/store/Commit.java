package paynotify.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Commits, and reads back that it is so. {@link Connection#commit} does not: PostgreSQL answers a COMMIT with the word
 * ROLLBACK where the transaction had failed, and the driver (42.7) passes over it; and it sends COMMIT as a statement with
 * a name, which behind a pooler may be the name of another session's ROLLBACK.
 *
 * <p>A setting that is made in a transaction lasts if, and only if, that transaction is committed (PostgreSQL's
 * documentation, SET). So one is made, of a value that was never there before, and asked for after the COMMIT. The three go
 * out together, without names, and take one round trip, as the COMMIT alone would. Their text is always the same, so that
 * the driver reads it once.
 */
final class Commit {
    private static final String SQL =
            "SELECT set_config('paynotify.commit', clock_timestamp() || ' ' || random(), false);"
                    + " COMMIT; SHOW paynotify.commit";

    private Commit() {}

    /**
     * @param connection in a transaction, without autocommit
     * @throws SQLException if it is not committed, or not known to be
     */
    static void run(Connection connection) throws SQLException {
        String set;
        String found;
        try (Statement statement = connection.createStatement()) {
            statement.execute(SQL);
            set = value(statement);
            statement.getMoreResults();
            statement.getMoreResults();
            found = value(statement);
        } catch (RuntimeException e) {
            // Thrown by a pool: it is not known whether it has committed. Without a SQLSTATE it is treated so.
            throw new SQLException("the commit failed: " + e.getMessage(), e);
        }
        if (set == null || !set.equals(found)) {
            throw new SQLException("expected that COMMIT commits, found that nothing is stored");
        }
    }

    private static @Nullable String value(Statement statement) throws SQLException {
        try (ResultSet value = statement.getResultSet()) {
            return value != null && value.next() ? value.getString(1) : null;
        }
    }
}
