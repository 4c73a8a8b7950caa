package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a pooler that serves a connection by another backend in each transaction, as PgBouncer does in
 * {@code pool_mode = transaction}. There the name of a prepared statement may mean another client's statement, even a
 * COMMIT somebody's ROLLBACK, and the settings of a connection are another's.
 *
 * <p>Two connections are asked in turn for their backend: behind such a pooler they tell of one and the same, or of more
 * than one each. Each is asked twice in a row, so that a pooler that takes its backends in turn shows it, too.
 */
final class PoolMode {
    private static final Logger LOG = LoggerFactory.getLogger(PoolMode.class);

    private static final int ROUNDS = 5;
    /** For a connection, and for each answer. */
    private static final int WAIT_MS = 2_000;

    /** What was found. */
    enum Backends {
        /** Each connection has one of its own. */
        OWN,
        SHARED,
        /** Two connections and their answers could not be had in time. */
        UNKNOWN
    }

    private PoolMode() {}

    /** Takes 2 connections for some milliseconds. */
    static Backends of(DataSource pool) {
        try (Asked one = new Asked(connection(pool));
                Asked other = new Asked(connection(pool))) {
            for (int i = 0; i < ROUNDS; i++) {
                if (one.changes() || other.changes() || one.backend == other.backend) {
                    return Backends.SHARED;
                }
            }
            return Backends.OWN;
        } catch (SQLException | RuntimeException e) {
            LOG.debug("can't find out the pooler's mode [cause={}]", e.getMessage());
            return Backends.UNKNOWN;
        }
    }

    /** In a thread of its own: a pool of the shop's may make us wait for ever for the second, because we hold the first. */
    private static Connection connection(DataSource pool) throws SQLException {
        CompletableFuture<Connection> taken = new CompletableFuture<>();
        Thread taker = new Thread(() -> take(pool, taken), "notify-pool-mode");
        taker.setDaemon(true);
        taker.start();
        try {
            return taken.get(WAIT_MS, MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            taken.cancel(false);
            throw new SQLException("no connection in time", e);
        } catch (InterruptedException e) {
            taken.cancel(false);
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for a connection", e);
        }
    }

    private static void take(DataSource pool, CompletableFuture<Connection> taken) {
        try {
            Connection connection = pool.getConnection();
            if (!taken.complete(connection)) {
                // Nobody waits for it any more.
                connection.close();
            }
        } catch (SQLException | RuntimeException e) {
            taken.completeExceptionally(e);
        }
    }

    /** One connection, and the backend that it told of at first. */
    private static final class Asked implements AutoCloseable {
        private final Connection connection;
        private final boolean autoCommit;
        private final int networkTimeout;
        private final int backend;

        Asked(Connection connection) throws SQLException {
            this.connection = connection;
            try {
                autoCommit = connection.getAutoCommit();
                networkTimeout = connection.getNetworkTimeout();
                connection.setNetworkTimeout(Runnable::run, WAIT_MS);
                // Each question is a transaction of its own.
                connection.setAutoCommit(true);
                backend = ask();
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        }

        /** Whether another backend answers than the first time; asks twice. */
        boolean changes() throws SQLException {
            int once = ask();
            int again = ask();
            return once != backend || again != backend;
        }

        private int ask() throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT pg_backend_pid()")) {
                result.next();
                return result.getInt(1);
            }
        }

        @Override
        public void close() throws SQLException {
            try (connection) {
                connection.setAutoCommit(autoCommit);
                connection.setNetworkTimeout(Runnable::run, networkTimeout);
            }
        }
    }
}
