package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of the operator's page: at most two connections of the pool for all who look (contract, section 12), and no
 * more than a quarter of it. What a page asks is cancelled by the server when it takes too long. Thread-safe.
 */
final class AdminTransactions implements AutoCloseable {
    /** For all statements of one page together. */
    static final int PAGE_MS = 2_000;
    /** The statements, a wait for a connection or for other people's pages, and the way back. */
    private static final int CALLER_MS = 6_000;

    private static final int CONNECTIONS_MAX = 2;
    private static final int PART_OF_POOL = 4;
    /** SQLSTATE query_canceled (PostgreSQL's documentation, appendix A). */
    private static final String CANCELED = "57014";

    private final TransactionRunner transactions;
    private final BooleanSupplier ready;

    /** @param ready whether the tables are as they must be */
    AdminTransactions(Pool pool, BooleanSupplier ready) {
        int connections = Math.max(1, Math.min(CONNECTIONS_MAX, pool.size() / PART_OF_POOL));
        this.transactions = new TransactionRunner("notify-admin", pool, connections);
        this.ready = ready;
    }

    /** What a page asks in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Queries queries) throws SQLException;
    }

    /**
     * For looking only: the database refuses to change anything.
     *
     * @throws TooSlow if it was cancelled
     * @throws Unavailable if the database can't be had now
     */
    <T> T look(Work<T> work) throws Unavailable {
        return run("SET TRANSACTION READ ONLY", work);
    }

    /** For acting. */
    <T> T act(Work<T> work) throws Unavailable {
        return run(null, work);
    }

    private <T> T run(@Nullable String first, Work<T> work) throws Unavailable {
        if (!ready.getAsBoolean()) {
            throw new Unavailable("the tables are not ready");
        }
        try {
            return transactions.inTransaction(in(CALLER_MS), connection -> {
                if (first != null) {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(first);
                    }
                }
                return work.run(new Queries(connection, in(PAGE_MS)));
            });
        } catch (Unavailable e) {
            SQLException sql = Loggable.sql(e);
            if (sql != null && CANCELED.equals(sql.getSQLState())) {
                throw new TooSlow(sql);
            }
            throw e;
        }
    }

    private static long in(int millis) {
        return System.nanoTime() + MILLISECONDS.toNanos(millis);
    }

    /** The statements of one page, each for no longer than what is left of the page's time. Belongs to one thread. */
    static final class Queries {
        /** So much longer than a page's time its last statement may take. */
        private static final int LIMIT_STEP_MS = 200;

        private final Connection connection;
        private final long deadlineNanos;
        /** What the database was told last. */
        private long limitMillis = Long.MAX_VALUE;

        Queries(Connection connection, long deadlineNanos) {
            this.connection = connection;
            this.deadlineNanos = deadlineNanos;
        }

        List<TableRow> rows(String sql, @Nullable Object... parameters) throws SQLException {
            limit();
            try (PreparedStatement statement = prepare(sql, parameters);
                    ResultSet result = statement.executeQuery()) {
                return TableRow.all(result);
            }
        }

        /** The only row of a query that always finds one. */
        TableRow row(String sql, @Nullable Object... parameters) throws SQLException {
            return rows(sql, parameters).get(0);
        }

        int update(String sql, @Nullable Object... parameters) throws SQLException {
            limit();
            try (PreparedStatement statement = prepare(sql, parameters)) {
                return statement.executeUpdate();
            }
        }

        private PreparedStatement prepare(String sql, @Nullable Object... parameters) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(sql);
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof String[] texts) {
                    statement.setArray(i + 1, connection.createArrayOf("text", texts));
                } else {
                    statement.setObject(i + 1, parameters[i]);
                }
            }
            return statement;
        }

        /** A round trip, so not for each of a page's short statements. */
        private void limit() throws SQLException {
            long millis = Math.max(1, NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
            if (limitMillis - millis < LIMIT_STEP_MS) {
                return;
            }
            limitMillis = millis;
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL statement_timeout = " + millis);
            }
        }
    }

    @Override
    public void close() {
        transactions.close();
    }
}
