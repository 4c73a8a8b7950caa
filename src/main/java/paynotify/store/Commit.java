package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is to be written last, commits, and reads back that it is so, all in one round trip. {@link Connection#commit}
 * would not: PostgreSQL answers a COMMIT with the word ROLLBACK where the transaction had failed, and the driver (42.7) passes
 * over it; and its COMMIT has a name after some times, as ours has, which behind a pooler may be the name of another session's
 * statement.
 *
 * <p>A setting that is made in a transaction lasts if, and only if, that transaction is committed (PostgreSQL's
 * documentation, SET). So one is made, of a value that was never there before, and asked for after the COMMIT, where no
 * transaction is open that has written anything. Whatever the COMMIT was taken for, this answer tells.
 */
final class Commit {
    private static final String MARK = "set_config('paynotify.commit', ?, false)";

    private static final String COMMIT =
            "; COMMIT; SELECT current_setting('paynotify.commit')" + " WHERE pg_current_xact_id_if_assigned() IS NULL";

    /** By the statements before. There are some dozens; the driver reads each once, for it is the same text. */
    private static final Map<List<String>, String> TEXTS = new ConcurrentHashMap<>();

    private Commit() {}

    /**
     * @param connection in a transaction, without autocommit
     * @param last what is written before
     * @throws SQLException if it is not committed, or not known to be
     * @throws IllegalStateException if something of the shop's has kept a row from being written: nothing is committed
     */
    static void run(Connection connection, Writes last) throws SQLException {
        String mark = UUID.randomUUID().toString();
        String sql = TEXTS.computeIfAbsent(last.statements(), statements -> last.selecting(MARK) + COMMIT);
        String found;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            last.set(statement, mark);
            found = committed(statement, last.before());
        }
        if (!mark.equals(found)) {
            throw new SQLException("expected that COMMIT commits, found that nothing is stored");
        }
    }

    /** @param before how many statements go out before */
    private static @Nullable String committed(PreparedStatement statement, int before) throws SQLException {
        try {
            statement.execute();
            for (int i = 0; i < before + 2; i++) {
                statement.getMoreResults();
            }
            return value(statement);
        } catch (SQLException e) {
            Writes.requireCounted(e);
            throw e;
        } catch (RuntimeException e) {
            // Thrown by a pool: it is not known whether it has committed. Without a SQLSTATE it is treated so.
            throw new SQLException("the commit failed: " + e.getMessage(), e);
        }
    }

    private static @Nullable String value(PreparedStatement statement) throws SQLException {
        try (ResultSet value = statement.getResultSet()) {
            return value != null && value.next() ? value.getString(1) : null;
        }
    }
}
