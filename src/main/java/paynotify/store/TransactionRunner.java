package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs transactions, each within a time that holds whatever the database, the driver or the pool do: a few writer
 * threads work, and the caller waits for his no longer than he said. Thread-safe.
 *
 * <p>What bounds a transaction from inside, each shorter than what is around it:
 * {@value #LOCK_TIMEOUT_MS} ms for a row that somebody else holds, {@value #STATEMENT_TIMEOUT_MS} ms for a statement,
 * and the caller's deadline for the network.
 */
final class TransactionRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionRunner.class);

    static final int LOCK_TIMEOUT_MS = 2_000;
    static final int STATEMENT_TIMEOUT_MS = 3_000;
    /** After which the server ends a transaction whose client has vanished, with its locks. */
    static final int IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;
    /** So many transactions may wait for a writer; one more is refused at once. */
    static final int WAITING_MAX = 1_000;
    /** A rollback may take so long, also after the deadline: without it the connection is lost. */
    private static final int ROLLBACK_MS = 200;
    /** What SQLSTATEs of a broken connection begin with (PostgreSQL's documentation, appendix A). */
    private static final String CONNECTION_LOST = "08";
    /** How long {@link #close} waits for the writers. */
    private static final int CLOSE_MS = 6_000;

    /** For connections of our own, once when they are opened. */
    static final String LIMITS_OF_CONNECTION = limits("SET SESSION CHARACTERISTICS AS TRANSACTION", "SET");
    /** For connections that the shop shares, in each transaction: a round trip more. */
    private static final String LIMITS_OF_TRANSACTION = limits("SET TRANSACTION", "SET LOCAL");

    private final Pool pool;
    private final ThreadPoolExecutor writers;

    /**
     * @param threads what the writers' names begin with
     * @param pool where connections come from
     * @param connections how many of the pool's may be used: as many transactions run at once
     */
    TransactionRunner(String threads, Pool pool, int connections) {
        this.pool = pool;
        AtomicInteger number = new AtomicInteger();
        this.writers = new ThreadPoolExecutor(
                connections, connections, 0, MILLISECONDS, new ArrayBlockingQueue<>(WAITING_MAX), task -> {
                    Thread thread = new Thread(task, threads + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private static String limits(String isolation, String set) {
        return isolation + " ISOLATION LEVEL READ COMMITTED;"
                + set + " lock_timeout = " + LOCK_TIMEOUT_MS + ";"
                + set + " statement_timeout = " + STATEMENT_TIMEOUT_MS + ";"
                + set + " idle_in_transaction_session_timeout = " + IDLE_IN_TRANSACTION_TIMEOUT_MS + ";"
                // Compiling takes longer than our statements do. All else that planning depends on stays as the shop's
                // DBA has set it, for it would rule the shop's triggers, too.
                + set + " jit = off";
    }

    /** The statements of one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** The same of a transaction that has something to write last, together with the COMMIT. */
    @FunctionalInterface
    interface WritingWork<T> {
        T run(Connection connection, Writes last) throws SQLException;
    }

    /**
     * Runs the work in a transaction of its own and returns its result after the commit. In every other case nothing is
     * known to be stored: it is rolled back, or (only when the answer to the commit itself is lost) not known.
     *
     * @param deadlineNanos the {@link System#nanoTime} by which this returns or throws
     * @throws Unavailable if it failed, or could not be done by then
     */
    <T> T inTransaction(long deadlineNanos, Work<T> work) throws Unavailable {
        return inTransaction(deadlineNanos, (connection, last) -> work.run(connection));
    }

    /** The same with something to write last. */
    <T> T inTransaction(long deadlineNanos, WritingWork<T> work) throws Unavailable {
        FutureTask<T> transaction = new FutureTask<>(() -> transaction(deadlineNanos, work));
        try {
            writers.execute(transaction);
        } catch (RejectedExecutionException e) {
            throw writers.isShutdown()
                    ? new Unavailable(OwnFault.OTHER, "the application is being stopped")
                    : new Unavailable(OwnFault.QUEUE, "more than " + WAITING_MAX + " callbacks wait for the database");
        }
        try {
            return transaction.get(deadlineNanos - System.nanoTime(), NANOSECONDS);
        } catch (TimeoutException e) {
            boolean begun = !writers.remove(transaction);
            throw new Unavailable(begun ? OwnFault.DATABASE : OwnFault.QUEUE, "the database took too long");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(OwnFault.OTHER, "interrupted while waiting for the database");
        } catch (ExecutionException e) {
            throw new Unavailable(e.getCause() == null ? e : e.getCause());
        }
    }

    /**
     * Whether {@link #transaction} ends by its deadline, or {@value #ROLLBACK_MS} ms later: each answer is waited for as long
     * as there is time. A pool of the shop's may wait for as long as it likes.
     */
    boolean keepsDeadlines() {
        return pool.limited();
    }

    /** How many transactions wait for a writer. */
    int waiting() {
        return writers.getQueue().size();
    }

    /**
     * The same in the caller's own thread.
     *
     * @throws SQLException if it failed, or could not be done by then
     */
    <T> T transaction(long deadlineNanos, WritingWork<T> work) throws SQLException {
        millisUntil(deadlineNanos);
        Connection connection = pool.connections().getConnection();
        long takenNanos = System.nanoTime();
        try {
            return transaction(connection, deadlineNanos, work);
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith(CONNECTION_LOST)) {
                pool.distrustIdle(takenNanos);
            }
            throw e;
        } finally {
            close(connection);
        }
    }

    private <T> T transaction(Connection connection, long deadlineNanos, WritingWork<T> work) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        int networkTimeout = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, millisUntil(deadlineNanos));
        connection.setAutoCommit(false);
        boolean ended = false;
        try {
            Writes last = new Writes();
            T result = work(connection, last, work);
            // After that the caller is gone and has said that nothing is stored: better to keep his word.
            connection.setNetworkTimeout(Runnable::run, millisUntil(deadlineNanos));
            Commit.run(connection, last);
            ended = true;
            return result;
        } catch (Throwable failure) {
            ended = isRolledBack(connection, deadlineNanos, failure);
            throw failure;
        } finally {
            // Only then: setAutoCommit(true) would commit what is still open.
            if (ended) {
                restore(connection, autoCommit, networkTimeout);
            }
        }
    }

    /** What is committed stays so, whatever a pool says to its connection's return. */
    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            LOG.warn("a connection can't be given back to its pool [cause={}]", Loggable.line(e));
        }
    }

    private <T> T work(Connection connection, Writes last, WritingWork<T> work) throws SQLException {
        if (!pool.limited()) {
            try (Statement limits = connection.createStatement()) {
                limits.execute(LIMITS_OF_TRANSACTION);
            }
        }
        return work.run(connection, last);
    }

    /**
     * Of an INSERT, or of an UPDATE of a row that is locked and was found in the state that it names.
     *
     * @throws IllegalStateException if something of the shop's (a trigger, a rule) stands in between: our own fault
     */
    static void requireRows(int expected, int rows, String table) {
        if (rows != expected) {
            throw new IllegalStateException(
                    "expected to write " + expected + " rows of " + table + ", found that it was " + rows);
        }
    }

    private static boolean isRolledBack(Connection connection, long deadlineNanos, Throwable failure) {
        try {
            long leftMs = NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            connection.setNetworkTimeout(Runnable::run, (int) Math.max(leftMs, ROLLBACK_MS));
            connection.rollback();
            return true;
        } catch (SQLException | RuntimeException second) {
            failure.addSuppressed(second);
            return false;
        }
    }

    /** The pool may be one that the shop shares, and not all pools put this right themselves. */
    private static void restore(Connection connection, boolean autoCommit, int networkTimeout) {
        try {
            connection.setAutoCommit(autoCommit);
            connection.setNetworkTimeout(Runnable::run, networkTimeout);
        } catch (SQLException | RuntimeException e) {
            LOG.warn("a connection can't be restored; the pool will find it broken [cause={}]", Loggable.line(e));
        }
    }

    private static int millisUntil(long deadlineNanos) throws SQLException {
        long millis = NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (millis <= 0) {
            throw new SQLException("the time for this transaction is over");
        }
        return (int) millis;
    }

    /** Lets what has been asked for end, none of which takes longer than its deadline. Does not close the pool. */
    @Override
    public void close() {
        writers.shutdown();
        try {
            writers.awaitTermination(CLOSE_MS, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
