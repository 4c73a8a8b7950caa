package paynotify.admin;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.jspecify.annotations.Nullable;
import paynotify.store.Unavailable;

/**
 * What takes long to count is kept for twenty times as long as it took, if {@link Spending} has time left after that; else for ten
 * seconds, or fifty times as long as it took, but no longer than a minute. Thread-safe.
 */
final class Cached<T> {
    private static final int FRESH = 20;
    private static final long KEPT_NANOS = SECONDS.toNanos(10);
    private static final long KEPT_MAX_NANOS = SECONDS.toNanos(60);

    private final Count<T> count;
    private final Spending spending;
    private @Nullable T value;
    private long countedNanos;
    private long freshNanos;
    private long keptNanos;

    /** Asks the database. */
    @FunctionalInterface
    interface Count<T> {
        T run() throws Unavailable;
    }

    Cached(Count<T> count, Spending spending) {
        this.count = count;
        this.spending = spending;
    }

    synchronized T get() throws Unavailable {
        long begin = spending.nanoTime();
        T kept = value;
        if (kept != null && !isDue(begin)) {
            return kept;
        }
        try {
            T counted = count.run();
            value = counted;
            return counted;
        } finally {
            countedNanos = spending.nanoTime();
            long took = countedNanos - begin;
            freshNanos = FRESH * took;
            keptNanos = Math.min(KEPT_MAX_NANOS, Math.max(KEPT_NANOS, Spending.PART * took));
            spending.spend(took);
        }
    }

    private boolean isDue(long now) {
        long age = now - countedNanos;
        return age >= keptNanos || (age >= freshNanos && spending.isLeft());
    }

    /** Whether whoever asks now has to wait for the database. */
    synchronized boolean isDue() {
        return value == null || isDue(spending.nanoTime());
    }

    /** After something has been changed, it is counted anew. */
    synchronized void forget() {
        value = null;
    }
}
