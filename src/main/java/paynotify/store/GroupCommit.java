package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.sender.Reading;
import paynotify.store.CallbackQueue.Group;
import paynotify.store.CallbackQueue.Waiting;

/**
 * Settles callbacks that wait at the same time in one transaction: a writer takes what is there, be it one or many, and
 * never waits for more. One lock statement, one update, one insert and one flush of the database's log are shared by all
 * of them. Thread-safe.
 *
 * <p>{@link CallbackQueue} says when a transaction begins. A callback that has not to wait is settled in its caller's own
 * thread, which spares two hand-overs between threads.
 *
 * <p>A callback that would hold up the others, or has failed them, goes back to its caller, who settles it singly.
 */
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /**
     * What a caller settles himself has no more bytes: they go into the socket's buffer, and need not wait for a server that
     * takes none. A driver's timeout is for reading.
     */
    private static final int HERE_BYTES = 8 << 10;
    /** So much time a caller must have left: the pool may take two seconds of it. */
    private static final int HERE_MS = 3_000;
    /** How long {@link #close} waits for the writers. */
    private static final int CLOSE_MS = 6_000;

    private static final String STOPPED = "the application is being stopped";

    private final TransactionRunner transactions;
    private final EventRules events;
    private final Meter meter;
    /** How many of a group are told at once: see {@link SettledGroup}. */
    private final int toldAtOnce;
    /** Whether callers may settle their own: only where a transaction ends by its deadline whatever the pool does. */
    private final boolean callersSettle;

    private final CallbackQueue queue = new CallbackQueue();
    private final List<Thread> writers = new ArrayList<>();
    /** For one caller at a time, also if he is held up: he has a connection, of which there are few. */
    private final Semaphore caller = new Semaphore(1);

    private volatile boolean closed;

    /**
     * @param writers as many transactions run at once, at most
     * @param events of which accounts the shop's software is told
     * @param meter is told how many were settled together
     * @param toldAtOnce so many of a group: as many as there are processors, for which more would only wait
     */
    GroupCommit(TransactionRunner transactions, int writers, EventRules events, Meter meter, int toldAtOnce) {
        this.transactions = transactions;
        this.callersSettle = transactions.keepsDeadlines();
        this.events = events;
        this.meter = meter;
        this.toldAtOnce = toldAtOnce;
        for (int i = 1; i <= writers; i++) {
            Thread writer = new Thread(this::write, "notify-group-" + i);
            writer.setDaemon(true);
            this.writers.add(writer);
            writer.start();
        }
    }

    /**
     * @param deadlineNanos the {@link System#nanoTime} by which this returns or throws
     * @return what has been decided and committed; null if it must be settled singly, and nothing has been done
     * @throws Unavailable if it failed, or could not be done by then; nothing is known to be stored
     */
    @Nullable
    List<Decision> submit(Reading reading, long deadlineNanos) throws Unavailable {
        if (callersSettle && fitsHere(reading, deadlineNanos) && caller.tryAcquire()) {
            try {
                CallbackQueue.Turn turn = queue.tryAlone();
                if (turn != null) {
                    return settleHere(turn, reading, deadlineNanos);
                }
            } finally {
                caller.release();
            }
        }
        return submit(reading, deadlineNanos, deadlineNanos, () -> {});
    }

    private static boolean fitsHere(Reading reading, long deadlineNanos) {
        return deadlineNanos - System.nanoTime() > MILLISECONDS.toNanos(HERE_MS)
                && CallbackQueue.bytes(reading) <= HERE_BYTES;
    }

    private @Nullable List<Decision> settleHere(CallbackQueue.Turn turn, Reading reading, long deadlineNanos)
            throws Unavailable {
        List<@Nullable List<Decision>> decisions;
        try {
            decisions = settle(deadlineNanos, List.of(reading));
        } catch (SQLException | RuntimeException | Error e) {
            if (mayBeOnesFault(e)) {
                return null;
            }
            throw new Unavailable(e);
        } finally {
            queue.end(turn);
        }
        count(1);
        return decisions.get(0);
    }

    /**
     * The same for a caller who leaves before the deadline.
     *
     * @param leavesNanos the {@link System#nanoTime} by which this returns or throws
     * @param notStored told once if this throws and it is not stored: at once, or when the transaction that has it ends
     */
    @Nullable
    List<Decision> submit(Reading reading, long deadlineNanos, long leavesNanos, Runnable notStored)
            throws Unavailable {
        Waiting waiting = new Waiting(reading, deadlineNanos);
        if (!queue.offer(waiting)) {
            notStored.run();
            throw closed
                    ? new Unavailable(OwnFault.OTHER, STOPPED)
                    : new Unavailable(
                            OwnFault.QUEUE,
                            "more than " + CallbackQueue.WAITING_MAX + " callbacks wait for the database");
        }
        try {
            return waiting.decisions.get(leavesNanos - System.nanoTime(), NANOSECONDS);
        } catch (TimeoutException e) {
            boolean begun = !leave(waiting, notStored);
            throw new Unavailable(begun ? OwnFault.DATABASE : OwnFault.QUEUE, "the database took too long");
        } catch (InterruptedException e) {
            leave(waiting, notStored);
            Thread.currentThread().interrupt();
            throw new Unavailable(OwnFault.OTHER, "interrupted while waiting for the database");
        } catch (ExecutionException e) {
            notStored.run();
            throw new Unavailable(e.getCause() == null ? e : e.getCause());
        } finally {
            waiting.goOn();
        }
    }

    /**
     * The caller waits no longer. His body must not stay in the queue; what a writer has taken comes to its end.
     *
     * @return whether no writer had taken it
     */
    private boolean leave(Waiting waiting, Runnable notStored) {
        if (queue.remove(waiting)) {
            notStored.run();
            return true;
        }
        var unused = waiting.decisions.whenComplete((decided, failure) -> {
            if (decided == null) {
                notStored.run();
            }
        });
        return false;
    }

    /** How many callbacks wait for a writer. */
    int waiting() {
        return queue.size();
    }

    private void write() {
        while (!closed) {
            try {
                Group group = queue.take();
                if (group != null) {
                    settle(group);
                }
            } catch (InterruptedException e) {
                // Not by us: the queue's end is when it is closed.
            } catch (RuntimeException | Error e) {
                // No memory, say. Who has not been told leaves at his deadline. The writer goes on, for nobody would
                // take its place.
            }
        }
    }

    private void settle(Group group) {
        SettledGroup settled;
        try {
            settled = commit(group);
        } catch (Throwable failure) {
            // Whatever it is: those who wait are told.
            fail(group.callbacks(), failure);
            return;
        }
        settled.tell(toldAtOnce);
        count(group.callbacks().size());
    }

    /** What is stored is told as stored, whatever becomes of the counting. */
    private void count(int callbacks) {
        try {
            meter.settledTogether(callbacks);
        } catch (RuntimeException | Error e) {
            LOG.warn("a group's size is missing in the metrics [cause={}]", Loggable.line(e));
        }
    }

    private SettledGroup commit(Group group) throws SQLException {
        try {
            return new SettledGroup(group.callbacks(), settle(group.deadlineNanos(), group.readings()));
        } finally {
            queue.end(group.turn());
        }
    }

    private List<@Nullable List<Decision>> settle(long deadlineNanos, List<Reading> readings) throws SQLException {
        return transactions.transaction(
                deadlineNanos, (connection, last) -> Settlement.run(connection, last, false, readings, events));
    }

    private static void fail(List<Waiting> group, Throwable failure) {
        boolean oneByOne = mayBeOnesFault(failure);
        for (Waiting each : group) {
            if (oneByOne) {
                each.decisions.complete(null);
            } else {
                each.decisions.completeExceptionally(failure);
            }
        }
    }

    /**
     * Whether one callback's failure may have failed the others, and nothing is stored: the database has refused a
     * statement, or a row was not as it must be. Not where the database is away or has no room, and not where it is not
     * known whether it has committed (PostgreSQL's documentation, appendix A).
     */
    static boolean mayBeOnesFault(@Nullable Throwable failure) {
        if (!(failure instanceof SQLException sql)) {
            return failure instanceof RuntimeException;
        }
        String state = sql.getSQLState();
        boolean cancelled = "57014".equals(state);
        return state != null
                && (cancelled || !(state.startsWith("08") || state.startsWith("53") || state.startsWith("57")));
    }

    /** Lets the transactions that run come to their end; who still waits is told. */
    @Override
    public void close() {
        closed = true;
        for (Waiting left : queue.close()) {
            left.decisions.completeExceptionally(new SQLException(STOPPED));
        }
        long deadlineNanos = System.nanoTime() + MILLISECONDS.toNanos(CLOSE_MS);
        try {
            for (Thread writer : writers) {
                writer.join(Math.max(1, NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
            }
            if (caller.tryAcquire(Math.max(1, deadlineNanos - System.nanoTime()), NANOSECONDS)) {
                caller.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
