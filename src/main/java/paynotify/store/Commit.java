package paynotify.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Commits, and reads back that it is so. {@link Connection#commit} does not: PostgreSQL answers a COMMIT with the word
 * ROLLBACK where the transaction had failed, and the driver (42.7) passes over it; and it sends COMMIT as a statement with
 * a name, which behind a pooler may be the name of another session's ROLLBACK.
 *
 * <p>A setting that is made in a transaction lasts if, and only if, that transaction is committed (PostgreSQL's
 * documentation, SET). So one is made, and asked for after the COMMIT. The three go out together, without names, and take
 * one round trip, as the COMMIT alone would.
 */
final class Commit {
    private static final String MARK = "paynotify.commit";

    private Commit() {}

    /**
     * @param connection in a transaction, without autocommit
     * @throws SQLException if it is not committed, or not known to be
     */
    static void run(Connection connection) throws SQLException {
        String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
        String found;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET " + MARK + " = '" + mark + "'; COMMIT; SHOW " + MARK);
            found = lastValue(statement);
        } catch (RuntimeException e) {
            // Thrown by a pool: it is not known whether it has committed. Without a SQLSTATE it is treated so.
            throw new SQLException("the commit failed: " + e.getMessage(), e);
        }
        if (!mark.equals(found)) {
            throw new SQLException("expected that COMMIT commits, found that nothing is stored");
        }
    }

    private static @Nullable String lastValue(Statement statement) throws SQLException {
        statement.getMoreResults();
        if (!statement.getMoreResults()) {
            return null;
        }
        try (ResultSet value = statement.getResultSet()) {
            return value.next() ? value.getString(1) : null;
        }
    }
}
