package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.sql.Connection;
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
    private final TransactionRunner database = new TransactionRunner("test", new Pool(pool, 1, false, pool, null), 1);

    @BeforeEach
    void connect() throws SQLException {
        when(pool.getConnection()).thenReturn(connection);
        when(connection.createStatement()).thenReturn(mock(Statement.class));
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
        InOrder order = inOrder(connection);
        order.verify(connection).setAutoCommit(false);
        order.verify(connection).createStatement();
        order.verify(connection).commit();
        order.verify(connection).close();
        verify(connection, never()).rollback();
    }

    @Test
    void inTransaction_commitDies_isUnavailableAndKeepsTheFirstCause() throws SQLException {
        SQLException first = new SQLException("the connection died on commit");
        SQLException second = new SQLException("and on rollback");
        doThrow(first).when(connection).commit();
        doThrow(second).when(connection).rollback();
        Unavailable thrown = assertThrows(Unavailable.class, () -> database.inTransaction(in(5_000), c -> "done"));
        assertSame(first, thrown.getCause());
        assertSame(second, first.getSuppressed()[0]);
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
        verify(connection, never()).commit();
        verify(connection, times(failures.size())).rollback();
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
        InOrder order = inOrder(connection);
        order.verify(connection).commit();
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
        Statement limits = mock(Statement.class);
        when(limits.execute(anyString())).thenThrow(new SQLException("no"));
        when(connection.createStatement()).thenReturn(limits);
        assertThrows(Unavailable.class, () -> database.inTransaction(in(5_000), c -> "done"));
        verify(connection).rollback();
        verify(connection, never()).commit();
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
        verify(connection, never()).commit();
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
