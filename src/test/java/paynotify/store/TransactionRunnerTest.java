package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.ArgumentMatchers.intThat;
import static org.mockito.ArgumentMatchers.startsWith;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** The ways in which a transaction ends, with a connection that fails where a real one hardly can be made to. */
class TransactionRunnerTest {
    private final Connection connection = mock(Connection.class);
    private final DataSource pool = mock(DataSource.class);
    private final CountDownLatch release = new CountDownLatch(1);
    /** The COMMIT's, with what is written before it. */
    private PreparedStatement commit;

    private final Statement limits = mock(Statement.class);
    private final TransactionRunner database = new TransactionRunner("test", new Pool(pool, 1, false, pool, null), 1);

    @BeforeEach
    void connect() throws SQLException {
        when(pool.getConnection()).thenReturn(connection);
        commit = Commits.of(connection);
        when(connection.createStatement()).thenReturn(limits);
    }

    @AfterEach
    void close() {
        release.countDown();
        database.close();
    }

    private static long in(int millis) {
        return System.nanoTime() + MILLISECONDS.toNanos(millis);
    }

    @Test
    void inTransaction_workDone_commitsLastAndThenReturns() throws Exception {
        assertEquals("done", database.inTransaction(in(5_000), c -> "done"));
        InOrder order = inOrder(connection, limits, commit);
        order.verify(connection).setAutoCommit(false);
        order.verify(limits).execute(startsWith("SET TRANSACTION"));
        order.verify(commit).execute();
        order.verify(connection).close();
        verify(connection, never()).rollback();
    }

    @Test
    void inTransaction_commitDies_isUnavailableAndKeepsTheFirstCause() throws SQLException {
        SQLException first = new SQLException("the connection died on commit");
        SQLException second = new SQLException("and on rollback");
        doThrow(first).when(commit).execute();
        doThrow(second).when(connection).rollback();
        Unavailable thrown = assertThrows(Unavailable.class, () -> database.inTransaction(in(5_000), c -> "done"));
        assertSame(first, thrown.getCause());
        assertSame(second, first.getSuppressed()[0]);
    }

    /** What a named COMMIT may be behind a pooler, and what PostgreSQL makes of one after a failure. */
    @Test
    void inTransaction_commitStoresNothing_isUnavailable() throws SQLException {
        commit = Commits.of(connection, mark -> "that of an earlier transaction");
        Unavailable thrown = assertThrows(Unavailable.class, () -> database.inTransaction(in(5_000), c -> "done"));
        assertEquals("expected that COMMIT commits, found that nothing is stored", thrown.getMessage());
        when(commit.getMoreResults()).thenReturn(false);
        assertThrows(Unavailable.class, () -> database.inTransaction(in(5_000), c -> "done"));
        ResultSet none = mock(ResultSet.class);
        when(commit.getMoreResults()).thenReturn(true);
        when(commit.getResultSet()).thenReturn(none);
        assertThrows(Unavailable.class, () -> database.inTransaction(in(5_000), c -> "done"));
    }

    @Test
    void inTransaction_ownPoolsConnectionDies_idleOnesAreClosedOnce() throws Exception {
        HikariDataSource hikari = mock(HikariDataSource.class);
        HikariPoolMXBean idle = mock(HikariPoolMXBean.class);
        when(hikari.getHikariPoolMXBean()).thenReturn(idle);
        Pool own = new Pool(pool, 1, true, pool, OwnPool.of(hikari));
        long before = System.nanoTime();
        try (TransactionRunner runner = new TransactionRunner("test", own, 1)) {
            for (String harmless : new String[] {"23505", null}) {
                assertThrows(
                        Unavailable.class,
                        () -> runner.inTransaction(in(5_000), c -> {
                            throw new SQLException("refused", harmless);
                        }));
            }
            verify(idle, never()).softEvictConnections();
            die(runner);
            verify(idle).softEvictConnections();
            // One more of the same age: it has been dealt with.
            own.distrustIdle(before);
            verify(idle).softEvictConnections();
            die(runner);
        }
        verify(idle, times(2)).softEvictConnections();
    }

    private static void die(TransactionRunner runner) {
        assertThrows(
                Unavailable.class,
                () -> runner.inTransaction(in(5_000), c -> {
                    throw new SQLException("died", "08006");
                }));
    }

    @Test
    void inTransaction_workFails_rollsBackWhateverItThrows() throws SQLException {
        List<Throwable> failures =
                List.of(new SQLException("s"), new IllegalStateException("r"), new AssertionError("e"));
        for (Throwable failure : failures) {
            Unavailable thrown = assertThrows(
                    Unavailable.class,
                    () -> database.inTransaction(in(5_000), c -> TransactionRunnerTest.<String>fail(failure)));
            assertSame(failure, thrown.getCause());
        }
        verify(commit, never()).execute();
        verify(connection, times(failures.size())).rollback();
    }

    /** A caller may be waiting in this thread: after the deadline only so long as a living server needs. */
    @Test
    void inTransaction_rollback_isBoundedByWhatIsLeft() throws Exception {
        assertThrows(
                Unavailable.class,
                () -> database.inTransaction(
                        in(10_000), c -> TransactionRunnerTest.<String>fail(new SQLException("work"))));
        InOrder order = inOrder(connection);
        order.verify(connection).setNetworkTimeout(any(), intThat(ms -> ms > 9_000));
        order.verify(connection).setNetworkTimeout(any(), intThat(ms -> ms > 5_000));
        order.verify(connection).rollback();
        long deadline = in(50);
        assertThrows(
                SQLException.class,
                () -> database.transaction(deadline, (c, last) -> {
                    while (System.nanoTime() < deadline) {
                        Thread.onSpinWait();
                    }
                    throw new SQLException("late");
                }));
        order.verify(connection).setNetworkTimeout(any(), intThat(ms -> ms <= 50));
        order.verify(connection).setNetworkTimeout(any(), eq(200));
        order.verify(connection).rollback();
    }

    private static <T> T fail(Throwable failure) throws SQLException {
        if (failure instanceof SQLException sql) {
            throw sql;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @Test
    void inTransaction_sharedPool_getsItsConnectionBackAsItWas() throws Exception {
        when(connection.getAutoCommit()).thenReturn(true);
        when(connection.getNetworkTimeout()).thenReturn(7);
        database.inTransaction(in(5_000), c -> "done");
        InOrder order = inOrder(connection, limits, commit);
        order.verify(commit).execute();
        order.verify(connection).setAutoCommit(true);
        order.verify(connection).setNetworkTimeout(any(), eq(7));
        order.verify(connection).close();
    }

    @Test
    void inTransaction_sharedPoolCantBeRestored_isStillDone() throws Exception {
        doThrow(new SQLException("gone")).when(connection).setNetworkTimeout(any(), eq(0));
        assertEquals("done", database.inTransaction(in(5_000), c -> "done"));
    }

    @Test
    void inTransaction_rollbackFails_neverTurnsAutoCommitOn() throws SQLException {
        // It would commit what is still open.
        when(connection.getAutoCommit()).thenReturn(true);
        doThrow(new SQLException("no")).when(connection).rollback();
        assertThrows(
                Unavailable.class,
                () -> database.inTransaction(
                        in(5_000), c -> TransactionRunnerTest.<String>fail(new SQLException("work"))));
        verify(connection, never()).setAutoCommit(true);
    }

    @Test
    void inTransaction_limitsFail_rollsBack() throws SQLException {
        doThrow(new SQLException("no")).when(limits).execute(startsWith("SET TRANSACTION"));
        assertThrows(Unavailable.class, () -> database.inTransaction(in(5_000), c -> "done"));
        verify(connection).rollback();
        verify(commit, never()).execute();
    }

    @Test
    void inTransaction_workTakesTooLong_callerIsFreeAndNothingIsCommitted() throws Exception {
        long start = System.nanoTime();
        CountDownLatch ended = new CountDownLatch(1);
        assertThrows(
                Unavailable.class,
                () -> database.inTransaction(in(200), c -> {
                    awaitRelease();
                    ended.countDown();
                    return "late";
                }));
        assertTrue(millisSince(start) < 2_000);
        release.countDown();
        assertTrue(ended.await(5, SECONDS));
        database.close();
        verify(connection).rollback();
        verify(commit, never()).execute();
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void inTransaction_tooManyWait_oneMoreIsRefusedAtOnce() throws Exception {
        List<Thread> callers = new ArrayList<>();
        // Some more, for the last of them may be refused because of the probe below.
        for (int i = 0; i < TransactionRunner.WAITING_MAX + 100; i++) {
            Thread caller = new Thread(() -> assertThrows(
                    Unavailable.class,
                    () -> database.inTransaction(in(60_000), c -> {
                        awaitRelease();
                        throw new SQLException("released");
                    })));
            callers.add(caller);
            caller.start();
        }
        long deadline = in(10_000);
        Unavailable refused;
        do {
            refused = assertThrows(Unavailable.class, () -> database.inTransaction(in(1), c -> "done"));
        } while (refused.getMessage().contains("too long") && System.nanoTime() < deadline);
        assertTrue(refused.getMessage().contains("callbacks wait"), refused.getMessage());
        release.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    @Test
    void inTransaction_interrupted_isUnavailableAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThrows(
                Unavailable.class,
                () -> database.inTransaction(in(5_000), c -> {
                    awaitRelease();
                    return "done";
                }));
        assertTrue(Thread.interrupted());
    }

    @Test
    void close_interrupted_staysInterrupted() {
        Thread.currentThread().interrupt();
        database.close();
        assertTrue(Thread.interrupted());
    }

    @Test
    void inTransaction_afterClose_isUnavailable() {
        database.close();
        assertThrows(Unavailable.class, () -> database.inTransaction(in(5_000), c -> "done"));
    }
}
