package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.reset;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.lang.ref.WeakReference;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.kit.Wait;
import paynotify.sender.Callback;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;

/** Who waits for a group, and what he is told, with a connection that fails where a real one hardly can be made to. */
class GroupCommitTest {
    private static final int TOLD_AT_ONCE = 2;

    private final Connection connection = mock(Connection.class);
    /** The INSERT, with the COMMIT. */
    private PreparedStatement insert;

    private final DataSource pool = mock(DataSource.class);
    private final CountDownLatch release = new CountDownLatch(1);
    private final TransactionRunner database = new TransactionRunner("test", new Pool(pool, 1, false, pool, null), 1);
    private final GroupCommit group = new GroupCommit(database, 1, EventRules.NONE, Meter.NONE, TOLD_AT_ONCE);

    @BeforeEach
    void connect() throws SQLException {
        when(pool.getConnection()).thenReturn(connection);
        insert = Commits.of(connection);
        when(connection.createArrayOf(anyString(), org.mockito.ArgumentMatchers.any()))
                .thenReturn(mock(Array.class));
        when(insert.getConnection()).thenReturn(connection);
    }

    @AfterEach
    void close() {
        release.countDown();
        group.close();
        database.close();
    }

    private static long in(int millis) {
        return System.nanoTime() + MILLISECONDS.toNanos(millis);
    }

    private static Reading forged() {
        Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.EPOCH, 0, 0);
        return new Reading(callback, "wechat-v2", null, NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no"));
    }

    @Test
    void settle_one_isCommittedAtOnce() throws Exception {
        Decision decision = group.submit(forged(), in(5_000)).get(0);
        assertEquals(Outcome.BAD_SIGNATURE, decision.outcome());
    }

    /** It is stored: whatever becomes of the counting, it must not be settled once more. */
    @Test
    void settle_meterFails_isNotSettledAgain() throws Exception {
        Meter fails = new Meter() {
            @Override
            public void settledTogether(int callbacks) {
                throw new AssertionError("test");
            }
        };
        try (GroupCommit counted = new GroupCommit(database, 1, EventRules.NONE, fails, TOLD_AT_ONCE)) {
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        Outcome.BAD_SIGNATURE,
                        counted.submit(forged(), in(5_000)).get(0).outcome());
            }
        }
        try (TransactionRunner own = new TransactionRunner("test", new Pool(pool, 1, true, pool, null), 1);
                GroupCommit here = new GroupCommit(own, 1, EventRules.NONE, fails, TOLD_AT_ONCE)) {
            assertEquals(
                    Outcome.BAD_SIGNATURE,
                    here.submit(forged(), in(5_000)).get(0).outcome());
        }
        verify(insert, times(3)).execute();
    }

    /** Refused by the database: it may have been another's fault, so each tries alone. */
    @ParameterizedTest
    @CsvSource({"23514", "P0001", "57014", "40001", "22021"})
    void settle_databaseRefuses_isToBeSettledAlone(String sqlState) throws Exception {
        when(insert.execute()).thenThrow(new SQLException("refused", sqlState));
        assertNull(group.submit(forged(), in(5_000)));
    }

    @Test
    void settle_rowNotWritten_isToBeSettledAlone() throws Exception {
        String said =
                "ERROR: invalid input syntax for type integer: \"expected to write 1 rows of payment_log, found that it was 0\"";
        when(insert.execute()).thenThrow(new SQLException(said, "22P02"));
        assertNull(group.submit(forged(), in(5_000)));
    }

    /** Away, full, or not known whether it has committed: a second try could log it twice. */
    @ParameterizedTest
    @CsvSource({"08006", "57P01", "53100", ","})
    void settle_commitDies_isUnavailable(String sqlState) throws Exception {
        SQLException died = new SQLException("died", sqlState);
        doThrow(died).when(insert).execute();
        Unavailable thrown = assertThrows(Unavailable.class, () -> group.submit(forged(), in(5_000)));
        assertSame(died, thrown.getCause());
    }

    /** The pool's doing, after which nobody knows whether it is committed, or knows that it is. */
    @Test
    void settle_poolFailsAtTheCommitOrLater_isNeverSettledAgain() throws Exception {
        when(connection.getAutoCommit()).thenReturn(true);
        doThrow(new IllegalStateException("x")).when(connection).setAutoCommit(true);
        doThrow(new SQLException("x", "55000")).when(connection).close();
        assertEquals(
                Outcome.BAD_SIGNATURE, group.submit(forged(), in(5_000)).get(0).outcome());
        doThrow(new IllegalStateException("x")).when(insert).execute();
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(5_000)));
    }

    @Test
    void settle_errorInTheWriter_isToldAndTheWriterGoesOn() throws Exception {
        when(pool.getConnection()).thenThrow(new OutOfMemoryError("test")).thenReturn(connection);
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(5_000)));
        assertEquals(
                Outcome.BAD_SIGNATURE, group.submit(forged(), in(5_000)).get(0).outcome());
    }

    @Test
    void settle_poolGivesNothing_isUnavailableAndTheWriterGoesOn() throws Exception {
        when(pool.getConnection()).thenThrow(new SQLException("no")).thenReturn(connection);
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(5_000)));
        assertEquals(
                Outcome.BAD_SIGNATURE, group.submit(forged(), in(5_000)).get(0).outcome());
    }

    @Test
    void settle_tooManyWait_oneMoreIsRefusedAtOnce() throws Exception {
        when(insert.execute()).thenAnswer(call -> {
            release.await();
            throw new SQLException("released");
        });
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CallbackQueue.WAITING_MAX + 400; i++) {
            Thread caller = new Thread(() -> assertThrows(Unavailable.class, () -> group.submit(forged(), in(60_000))));
            callers.add(caller);
            caller.start();
        }
        long deadline = in(10_000);
        Unavailable refused;
        do {
            refused = assertThrows(Unavailable.class, () -> group.submit(forged(), in(1)));
        } while (refused.getMessage().contains("too long") && System.nanoTime() < deadline);
        assertTrue(refused.getMessage().contains("callbacks wait"), refused.getMessage());
        release.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    @Test
    void settle_takesTooLong_callerIsFree() throws Exception {
        when(insert.execute()).thenAnswer(call -> {
            release.await();
            return false;
        });
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(100)));
    }

    @Test
    void settle_callerHasLeftBeforeHisTurn_isNotSettled() throws Exception {
        when(insert.execute()).thenAnswer(call -> {
            release.await();
            return false;
        });
        CompletableFuture<Object> first = settleElsewhere(10_000);
        Thread.sleep(200);
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(100)));
        release.countDown();
        assertEquals(Outcome.BAD_SIGNATURE, first.get());
        assertEquals(
                Outcome.BAD_SIGNATURE, group.submit(forged(), in(5_000)).get(0).outcome());
        verify(insert, times(2)).execute();
    }

    /** A connection that has died holds up one transaction, not those behind it. */
    @Test
    void settle_firstWriterIsHeldUp_anotherHelps() throws Exception {
        try (TransactionRunner two = new TransactionRunner("test", new Pool(pool, 2, false, pool, null), 2);
                GroupCommit helped = new GroupCommit(two, 2, EventRules.NONE, Meter.NONE, TOLD_AT_ONCE)) {
            when(insert.execute())
                    .thenAnswer(call -> {
                        release.await();
                        return false;
                    })
                    .thenReturn(false);
            CompletableFuture<Object> first = settleElsewhere(helped, 10_000);
            Thread.sleep(200);
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        Outcome.BAD_SIGNATURE,
                        helped.submit(forged(), in(2_000)).get(0).outcome());
            }
            assertFalse(first.isDone());
            release.countDown();
            assertEquals(Outcome.BAD_SIGNATURE, first.get());
            assertEquals(
                    Outcome.BAD_SIGNATURE,
                    helped.submit(forged(), in(2_000)).get(0).outcome());
        }
    }

    /** Where the pool is ours: two hand-overs between threads are spared. */
    @Test
    void settle_nobodyIsAtWork_isDoneInTheCallersThread() throws Exception {
        try (TransactionRunner own = new TransactionRunner("test", new Pool(pool, 1, true, pool, null), 1);
                GroupCommit callers = new GroupCommit(own, 1, EventRules.NONE, Meter.NONE, TOLD_AT_ONCE)) {
            List<Thread> threads = new ArrayList<>();
            when(insert.execute()).thenAnswer(call -> {
                threads.add(Thread.currentThread());
                if (threads.size() == 2) {
                    throw new SQLException("refused", "23514");
                }
                if (threads.size() == 3) {
                    throw new SQLException("away", "08006");
                }
                return true;
            });
            assertEquals(
                    Outcome.BAD_SIGNATURE,
                    callers.submit(forged(), in(5_000)).get(0).outcome());
            assertNull(callers.submit(forged(), in(5_000)));
            assertThrows(Unavailable.class, () -> callers.submit(forged(), in(5_000)));
            assertEquals(
                    Outcome.BAD_SIGNATURE,
                    callers.submit(forged(), in(5_000)).get(0).outcome());
            assertEquals(Collections.nCopies(4, Thread.currentThread()), threads);
            // Who may leave before the transaction ends must not be held up by it.
            callers.submit(forged(), in(5_000), in(5_000), () -> {});
            assertNotEquals(Thread.currentThread(), threads.get(4));
            callers.close();
            assertThrows(Unavailable.class, () -> callers.submit(forged(), in(5_000)));
        }
    }

    @Test
    void settle_callersOwnIsHeldUp_othersGoOn() throws Exception {
        try (TransactionRunner own = new TransactionRunner("test", new Pool(pool, 2, true, pool, null), 1);
                GroupCommit callers = new GroupCommit(own, 1, EventRules.NONE, Meter.NONE, TOLD_AT_ONCE)) {
            when(insert.execute())
                    .thenAnswer(call -> {
                        release.await();
                        return true;
                    })
                    .thenReturn(true);
            CompletableFuture<Object> first = settleElsewhere(callers, 10_000);
            Thread.sleep(200);
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        Outcome.BAD_SIGNATURE,
                        callers.submit(forged(), in(2_000)).get(0).outcome());
            }
            assertFalse(first.isDone());
            release.countDown();
            assertEquals(Outcome.BAD_SIGNATURE, first.get());
        }
    }

    /** Each has a connection, of which the others need some; and the end waits for who has one. */
    @Test
    void settle_callersAreHeldUp_onlyOneHasAConnection() throws Exception {
        try (TransactionRunner own = new TransactionRunner("test", new Pool(pool, 2, true, pool, null), 1)) {
            GroupCommit callers = new GroupCommit(own, 1, EventRules.NONE, Meter.NONE, TOLD_AT_ONCE);
            AtomicInteger here = new AtomicInteger();
            when(insert.execute()).thenAnswer(call -> {
                if (!Thread.currentThread().getName().startsWith("notify-group")) {
                    here.incrementAndGet();
                    release.await();
                }
                return true;
            });
            CompletableFuture<Object> first = settleElsewhere(callers, 10_000);
            Thread.sleep(200);
            for (int i = 0; i < 5; i++) {
                assertEquals(
                        Outcome.BAD_SIGNATURE, settleElsewhere(callers, 10_000).get());
            }
            assertEquals(1, here.get());
            CompletableFuture<Void> closing = CompletableFuture.runAsync(callers::close);
            Thread.sleep(200);
            assertFalse(closing.isDone());
            release.countDown();
            assertEquals(Outcome.BAD_SIGNATURE, first.get());
            closing.get();
        }
    }

    /** No timeout bounds the writing to a server that takes nothing; and the pool may take two seconds. */
    @Test
    void settle_largeOrLate_isNotDoneInTheCallersThread() throws Exception {
        try (TransactionRunner own = new TransactionRunner("test", new Pool(pool, 1, true, pool, null), 1);
                GroupCommit callers = new GroupCommit(own, 1, EventRules.NONE, Meter.NONE, TOLD_AT_ONCE)) {
            List<Thread> threads = new ArrayList<>();
            when(insert.execute()).thenAnswer(call -> {
                threads.add(Thread.currentThread());
                return true;
            });
            Callback large = new Callback("a", new byte[(8 << 10) + 1], false, name -> null, null, Instant.EPOCH, 0, 0);
            callers.submit(
                    new Reading(large, "wechat-v2", null, NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no")),
                    in(5_000));
            callers.submit(forged(), in(2_900));
            assertFalse(threads.contains(Thread.currentThread()));
            assertEquals(2, threads.size());
        }
    }

    /** The queue of those who wait for a database that hangs must not keep what nobody waits for. */
    @Test
    void settle_callerHasLeft_hisBodyIsNotKept() throws Exception {
        when(insert.execute()).thenAnswer(call -> {
            release.await();
            return false;
        });
        CompletableFuture<Object> first = settleElsewhere(10_000);
        Thread.sleep(200);
        WeakReference<byte[]> body = submitAndLeave();
        Wait.until(
                Duration.ofSeconds(5),
                () -> {
                    System.gc();
                    return body.get() == null;
                },
                () -> "the body is still held");
        assertFalse(first.isDone());
    }

    private WeakReference<byte[]> submitAndLeave() {
        byte[] body = new byte[1 << 20];
        Callback callback = new Callback("a", body, false, name -> null, null, Instant.EPOCH, 0, 0);
        Reading reading =
                new Reading(callback, "wechat-v2", null, NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no"));
        assertThrows(Unavailable.class, () -> group.submit(reading, in(50)));
        return new WeakReference<>(body);
    }

    /** Who is counted where he has no row must have one or be counted, and not both. */
    @Test
    void settle_callerHasLeft_isToldOnceIfItIsNotStored() throws Exception {
        when(insert.execute())
                .thenAnswer(call -> {
                    release.await();
                    return false;
                })
                .thenThrow(new SQLException("refused", "23514"));
        AtomicInteger stored = new AtomicInteger();
        AtomicInteger queued = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(9_000), in(200), stored::incrementAndGet));
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(9_000), in(50), queued::incrementAndGet));
        assertEquals(1, queued.get());
        release.countDown();
        assertNull(group.submit(forged(), in(5_000)));
        assertEquals(0, stored.get());

        CountDownLatch again = new CountDownLatch(1);
        reset(insert);
        when(insert.getConnection()).thenReturn(connection);
        when(insert.execute()).thenAnswer(call -> {
            again.await();
            throw new SQLException("away", "08006");
        });
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(9_000), in(200), failed::incrementAndGet));
        assertEquals(0, failed.get());
        again.countDown();
        Wait.until(Duration.ofSeconds(5), () -> failed.get() == 1, () -> "told " + failed);
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(9_000), in(5_000), failed::incrementAndGet));
        assertEquals(2, failed.get());
        group.close();
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(9_000), in(5_000), failed::incrementAndGet));
        assertEquals(3, failed.get());
    }

    /** Each who is told tells the next: those who have left must not end that. */
    @Test
    void settle_mostOfTheGroupHaveLeft_othersAreToldAllTheSame() throws Exception {
        CountDownLatch allLeft = new CountDownLatch(1);
        when(insert.execute())
                .thenAnswer(call -> {
                    release.await();
                    return false;
                })
                .thenAnswer(call -> {
                    allLeft.await();
                    return false;
                });
        CompletableFuture<Object> first = settleElsewhere(20_000);
        Thread.sleep(200);
        List<Thread> leaving = new ArrayList<>();
        List<CompletableFuture<OwnFault>> left = new ArrayList<>();
        List<CompletableFuture<Object>> patient = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            boolean interrupted = i % 2 == 0;
            CompletableFuture<OwnFault> fault = new CompletableFuture<>();
            Thread caller = new Thread(() -> fault.complete(assertThrows(
                            Unavailable.class,
                            () -> group.submit(forged(), in(20_000), in(interrupted ? 20_000 : 4_000), () -> {}))
                    .fault()));
            caller.start();
            leaving.add(caller);
            left.add(fault);
            patient.add(settleElsewhere(20_000));
        }
        Wait.until(Duration.ofSeconds(5), () -> group.waiting() == 40, () -> group.waiting() + " wait");
        release.countDown();
        assertEquals(Outcome.BAD_SIGNATURE, first.get());
        Wait.until(Duration.ofSeconds(5), () -> group.waiting() == 0, () -> group.waiting() + " wait");
        for (int i = 0; i < leaving.size(); i += 2) {
            leaving.get(i).interrupt();
        }
        for (int i = 0; i < leaving.size(); i++) {
            // Of the database: a writer had taken them.
            assertEquals(
                    i % 2 == 0 ? OwnFault.OTHER : OwnFault.DATABASE, left.get(i).get());
        }
        allLeft.countDown();
        for (CompletableFuture<Object> each : patient) {
            assertEquals(Outcome.BAD_SIGNATURE, each.get(5, SECONDS));
        }
        verify(insert, times(2)).execute();
    }

    @Test
    void settle_oneOfTheGroupIsInHaste_othersAreSettledAllTheSame() throws Exception {
        when(insert.execute())
                .thenAnswer(call -> {
                    release.await();
                    return false;
                })
                .thenAnswer(call -> {
                    Thread.sleep(1_000);
                    return false;
                });
        CompletableFuture<Object> first = settleElsewhere(10_000);
        Thread.sleep(200);
        CompletableFuture<Object> hasty = settleElsewhere(900);
        CompletableFuture<Object> patient = settleElsewhere(10_000);
        Thread.sleep(200);
        release.countDown();
        assertEquals(Outcome.BAD_SIGNATURE, first.get());
        assertEquals("the database took too long", hasty.get());
        assertEquals(Outcome.BAD_SIGNATURE, patient.get());
        verify(insert, times(2)).execute();
    }

    /** The outcome, or why there is none. */
    private CompletableFuture<Object> settleElsewhere(int millis) {
        return settleElsewhere(group, millis);
    }

    private static CompletableFuture<Object> settleElsewhere(GroupCommit group, int millis) {
        long deadlineNanos = in(millis);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return group.submit(forged(), deadlineNanos).get(0).outcome();
                    } catch (Unavailable e) {
                        return e.getMessage();
                    }
                },
                task -> new Thread(task).start());
    }

    @Test
    void key_ofAnotherOrder_isAnother() {
        Order.Key key = new Order.Key("m", "o");
        assertEquals(key, new Order.Key("m", "o"));
        assertEquals(key.hashCode(), new Order.Key("m", "o").hashCode());
        assertNotEquals(key, new Order.Key("m", "p"));
        assertNotEquals(key, new Order.Key("n", "o"));
        assertNotEquals(key, (Object) "m");
    }

    @Test
    void settle_interrupted_isUnavailableAndStaysInterrupted() throws Exception {
        when(insert.execute()).thenAnswer(call -> {
            release.await();
            return false;
        });
        Thread.currentThread().interrupt();
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(5_000)));
        assertTrue(Thread.interrupted());
    }

    /** Who waits is told at once; whose transaction runs gets its end. */
    @Test
    void close_whoWaits_isTold() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        when(insert.execute()).thenAnswer(call -> {
            begun.countDown();
            release.await();
            return false;
        });
        CompletableFuture<Object> first = settleElsewhere(20_000);
        begun.await();
        CompletableFuture<Object> waits = settleElsewhere(20_000);
        Wait.until(Duration.ofSeconds(5), () -> group.waiting() == 1, () -> "nobody waits");
        CompletableFuture<Void> closing = CompletableFuture.runAsync(group::close);
        assertEquals("the application is being stopped", waits.get());
        assertThrows(Unavailable.class, () -> group.submit(forged(), in(5_000)));
        assertFalse(closing.isDone());
        release.countDown();
        assertEquals(Outcome.BAD_SIGNATURE, first.get());
        closing.get();
    }

    @Test
    void close_interrupted_staysInterrupted() {
        Thread.currentThread().interrupt();
        group.close();
        assertTrue(Thread.interrupted());
    }
}
