package paynotify.admin;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.jspecify.annotations.Nullable;
import paynotify.store.Unavailable;

/**
 * What takes long to count: counted anew for each who looks as long as {@link Spending} has time left; then kept for ten seconds, or
 * fifty times as long as it took, but no longer than a minute. Thread-safe.
 */
final class Cached<T> {
    private static final long KEPT_NANOS = SECONDS.toNanos(10);
    private static final long KEPT_MAX_NANOS = SECONDS.toNanos(60);

    private final Count<T> count;
    private final Spending spending;
    private @Nullable T value;
    private long countedNanos;
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
        if (kept != null && begin - countedNanos < keptNanos && !spending.isLeft()) {
            return kept;
        }
        try {
            T counted = count.run();
            value = counted;
            return counted;
        } finally {
            countedNanos = spending.nanoTime();
            long took = countedNanos - begin;
            keptNanos = Math.min(KEPT_MAX_NANOS, Math.max(KEPT_NANOS, Spending.PART * took));
            spending.spend(took);
        }
    }

    /** After something has been changed, it is counted anew. */
    synchronized void forget() {
        value = null;
    }
}
