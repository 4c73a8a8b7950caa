package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Reading;

/**
 * Callbacks that wait for a transaction, in the order in which they came. Thread-safe.
 *
 * <p>One transaction at a time: two at once would halve the groups, and each group costs the database the same again. One
 * that takes longer than {@value #PATIENCE_MS} ms while others wait (its connection has died, say) loses its turn: the next
 * one begins beside it.
 */
final class CallbackQueue {
    /** So many callbacks may wait; one more is refused at once. */
    static final int WAITING_MAX = 1_000;
    /** After so many orders, no further callback is taken into a transaction. */
    private static final int ORDERS_MAX = 128;
    /** After so many bytes of bodies, no further callback is taken into a transaction. */
    private static final int BODY_BYTES = 4 << 20;
    /** A transaction that takes longer does not hold up the next. */
    private static final int PATIENCE_MS = 50;

    private final ReentrantLock lock = new ReentrantLock();
    /** The next transaction may begin, or somebody must watch for how long the one that runs takes. */
    private final Condition changed = lock.newCondition();

    private final Queue<Waiting> waiting = new ArrayDeque<>();
    /** Whose turn it is; null if nobody's. */
    private @Nullable Turn current;

    private boolean closed;

    /** A callback, and what becomes of it. No record, of which the queue would call the equals: see Order.Key. */
    static final class Waiting {
        final Reading reading;
        /** The {@link System#nanoTime} by which its transaction must end. */
        final long deadlineNanos;
        /** Null where it must be settled singly. */
        final CompletableFuture<@Nullable List<Decision>> decisions = new CompletableFuture<>();
        /** Whether this one has been told, or its caller has gone on. Whoever comes second tells the next. */
        private final AtomicBoolean met = new AtomicBoolean();
        /** Its group, after the commit. */
        private volatile @Nullable SettledGroup group;

        Waiting(Reading reading, long deadlineNanos) {
            this.reading = reading;
            this.deadlineNanos = deadlineNanos;
        }

        /** True if its caller still waits: then it is he who tells the next. */
        boolean tell(SettledGroup settled, @Nullable List<Decision> decided) {
            group = settled;
            boolean gone = met.getAndSet(true);
            decisions.complete(decided);
            return !gone;
        }

        /** The caller goes on, told or not. To be called one time, whatever happens: others may wait to be told. */
        void goOn() {
            if (met.getAndSet(true) && group != null) {
                group.tellNext();
            }
        }
    }

    /** The right to run a transaction. Who has it must {@link #end} it. */
    static final class Turn {
        private final long untilNanos = System.nanoTime() + MILLISECONDS.toNanos(PATIENCE_MS);

        private long nanosLeft() {
            return untilNanos - System.nanoTime();
        }
    }

    /**
     * What is settled in one transaction.
     *
     * @param callbacks one at least
     */
    record Group(Turn turn, List<Waiting> callbacks) {
        List<Reading> readings() {
            return callbacks.stream().map(each -> each.reading).toList();
        }

        /**
         * The latest deadline of all: one that is nearly over must not fail the others, and settling a callback whose caller
         * has gone does no harm.
         */
        long deadlineNanos() {
            long latest = callbacks.get(0).deadlineNanos;
            for (Waiting each : callbacks) {
                latest = each.deadlineNanos - latest > 0 ? each.deadlineNanos : latest;
            }
            return latest;
        }
    }

    /** Each order has a row with the whole body. */
    static long bytes(Reading reading) {
        return (long) reading.callback().body().length * reading.findings().size();
    }

    /** Whether it waits now; if not, too many wait, or the queue is closed. */
    boolean offer(Waiting callback) {
        lock.lock();
        try {
            if (closed || waiting.size() >= WAITING_MAX) {
                return false;
            }
            waiting.add(callback);
            if (waiting.size() == 1) {
                changed.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it waited. */
    boolean remove(Waiting callback) {
        lock.lock();
        try {
            return waiting.remove(callback);
        } finally {
            lock.unlock();
        }
    }

    /** For a single callback that has not to wait: its turn, or null if it must. */
    @Nullable
    Turn tryAlone() {
        lock.lock();
        try {
            return closed || !waiting.isEmpty() || isSomebodysTurn() ? null : begin();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a transaction may begin: all that wait then, within the limits. Null when the queue is closed. */
    @Nullable
    Group take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && (waiting.isEmpty() || isSomebodysTurn())) {
                if (waiting.isEmpty()) {
                    changed.await();
                } else {
                    var unused = changed.awaitNanos(current == null ? 0 : current.nanosLeft());
                }
            }
            return closed ? null : new Group(begin(), next());
        } finally {
            lock.unlock();
        }
    }

    private boolean isSomebodysTurn() {
        return current != null && current.nanosLeft() > 0;
    }

    private Turn begin() {
        Turn turn = new Turn();
        current = turn;
        return turn;
    }

    private List<Waiting> next() {
        List<Waiting> callbacks = new ArrayList<>();
        int orders = 0;
        long bytes = 0;
        while (!waiting.isEmpty() && orders < ORDERS_MAX && bytes < BODY_BYTES) {
            Waiting next = waiting.remove();
            callbacks.add(next);
            orders += next.reading.findings().size();
            bytes += bytes(next.reading);
        }
        if (!waiting.isEmpty()) {
            // For another writer, which watches this one.
            changed.signal();
        }
        return callbacks;
    }

    /** The transaction is over. Nothing happens if another has begun beside it. */
    void end(Turn turn) {
        lock.lock();
        try {
            if (current == turn) {
                current = null;
                if (!waiting.isEmpty()) {
                    changed.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more; those that wait are to be told. */
    List<Waiting> close() {
        lock.lock();
        try {
            closed = true;
            List<Waiting> left = List.copyOf(waiting);
            waiting.clear();
            changed.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }
}
