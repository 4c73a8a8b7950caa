package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Reading;

/**
 * Settles callbacks that wait at the same time in one transaction: a writer takes what is there, be it one or many, and
 * never waits for more. One lock statement, one update, one insert and one flush of the database's log are shared by all
 * of them. Thread-safe.
 *
 * <p>One transaction at a time ({@link Turn}): two at once would halve the groups, and each group costs the database the
 * same again. While one writer tells its callers, the other's transaction runs. A callback that finds nobody at work is
 * settled in its caller's own thread, which spares two hand-overs between threads.
 *
 * <p>A callback that would hold up the others, or has failed them, goes back to its caller, who settles it singly.
 */
final class GroupCommit implements AutoCloseable {
    /** So many callbacks may wait for a writer; one more is refused at once. */
    static final int WAITING_MAX = 1_000;
    /** After so many orders, no further callback is taken into a transaction. */
    private static final int ORDERS_MAX = 128;
    /** After so many bytes of bodies, no further callback is taken into a transaction. */
    private static final int BODY_BYTES = 4 << 20;
    /** A transaction that takes longer, while others wait, does not come forward (its connection has died, say). */
    private static final int PATIENCE_MS = 50;
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
    /** Whether callers may settle their own: only where a transaction ends by its deadline whatever the pool does. */
    private final boolean callersSettle;

    private final BlockingQueue<Waiting> arrived = new ArrayBlockingQueue<>(WAITING_MAX);
    private final List<Thread> writers = new ArrayList<>();
    private final Turn turn = new Turn(PATIENCE_MS);
    /** For one caller at a time, also if he has lost his turn: he has a connection, of which there are few. */
    private final Semaphore caller = new Semaphore(1);

    private volatile boolean closed;

    /** A callback, and what becomes of it. No record, of which the queue would call the equals: see Order.Key. */
    private static final class Waiting {
        private final Reading reading;
        private final long deadlineNanos;
        /** Null where it must be settled singly. */
        private final CompletableFuture<@Nullable List<Decision>> decisions = new CompletableFuture<>();

        Waiting(Reading reading, long deadlineNanos) {
            this.reading = reading;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /**
     * @param writers as many transactions run at once, at most
     * @param events of which accounts the shop's software is told
     * @param meter is told how many were settled together
     */
    GroupCommit(TransactionRunner transactions, int writers, EventRules events, Meter meter) {
        this.transactions = transactions;
        this.callersSettle = transactions.keepsDeadlines();
        this.events = events;
        this.meter = meter;
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
                Turn.Ticket ticket = arrived.isEmpty() && !closed ? turn.tryTake() : null;
                if (ticket != null) {
                    return settleHere(ticket, reading, deadlineNanos);
                }
            } finally {
                caller.release();
            }
        }
        return submit(reading, deadlineNanos, deadlineNanos, () -> {});
    }

    private static boolean fitsHere(Reading reading, long deadlineNanos) {
        return deadlineNanos - System.nanoTime() > MILLISECONDS.toNanos(HERE_MS) && bytes(reading) <= HERE_BYTES;
    }

    /** Each order has a row with the whole body. */
    private static long bytes(Reading reading) {
        return (long) reading.callback().body().length * reading.findings().size();
    }

    private @Nullable List<Decision> settleHere(Turn.Ticket ticket, Reading reading, long deadlineNanos)
            throws Unavailable {
        try {
            List<@Nullable List<Decision>> decisions = settle(deadlineNanos, List.of(reading));
            meter.settledTogether(1);
            return decisions.get(0);
        } catch (SQLException | RuntimeException | Error e) {
            if (mayBeOnesFault(e)) {
                return null;
            }
            throw new Unavailable(e);
        } finally {
            ticket.end();
        }
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
        if (closed || !arrived.offer(waiting) || (closed && arrived.remove(waiting))) {
            notStored.run();
            throw closed
                    ? new Unavailable(OwnFault.OTHER, STOPPED)
                    : new Unavailable(OwnFault.QUEUE, "more than " + WAITING_MAX + " callbacks wait for the database");
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
        }
    }

    /**
     * The caller waits no longer. His body must not stay in the queue; what a writer has taken comes to its end.
     *
     * @return whether no writer had taken it
     */
    private boolean leave(Waiting waiting, Runnable notStored) {
        if (arrived.remove(waiting)) {
            notStored.run();
            return true;
        }
        var unused = waiting.decisions.whenComplete((decision, failure) -> {
            if (decision == null) {
                notStored.run();
            }
        });
        return false;
    }

    /** How many callbacks wait for a writer. */
    int waiting() {
        return arrived.size();
    }

    private void write() {
        while (!closed) {
            try {
                Waiting first = arrived.take();
                List<Waiting> group = new ArrayList<>();
                group.add(first);
                settle(group);
            } catch (InterruptedException e) {
                // Closed while nothing was there.
            } catch (OutOfMemoryError e) {
                // Its caller leaves at his deadline. The writer goes on, for nobody would take its place.
            }
        }
    }

    /** @param group its first one; the others come into it */
    private void settle(List<Waiting> group) {
        try {
            Turn.Ticket ticket = turn.take();
            List<@Nullable List<Decision>> decisions;
            try {
                addOthers(group);
                decisions = commit(group);
            } finally {
                ticket.end();
            }
            meter.settledTogether(group.size());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).decisions.complete(decisions.get(i));
            }
        } catch (InterruptedException e) {
            fail(group, new SQLException(STOPPED, e));
        } catch (Throwable failure) {
            // Whatever it is: those who wait are told.
            fail(group, failure);
        }
    }

    /** All that wait, within the limits. */
    private void addOthers(List<Waiting> group) {
        int orders = 0;
        long bytes = 0;
        for (Waiting next = group.get(0); next != null; ) {
            orders += next.reading.findings().size();
            bytes += bytes(next.reading);
            next = orders < ORDERS_MAX && bytes < BODY_BYTES ? arrived.poll() : null;
            if (next != null) {
                group.add(next);
            }
        }
    }

    private List<@Nullable List<Decision>> commit(List<Waiting> group) throws SQLException {
        // The latest deadline of all: one that is nearly over must not fail the others, and settling a callback whose
        // caller has gone does no harm.
        long deadlineNanos = group.get(group.size() - 1).deadlineNanos;
        for (Waiting each : group) {
            deadlineNanos = each.deadlineNanos - deadlineNanos > 0 ? each.deadlineNanos : deadlineNanos;
        }
        List<Reading> readings = group.stream().map(each -> each.reading).toList();
        return settle(deadlineNanos, readings);
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
        long deadlineNanos = System.nanoTime() + MILLISECONDS.toNanos(CLOSE_MS);
        writers.forEach(Thread::interrupt);
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
        for (Waiting left = arrived.poll(); left != null; left = arrived.poll()) {
            left.decisions.completeExceptionally(new SQLException(STOPPED));
        }
    }
}
