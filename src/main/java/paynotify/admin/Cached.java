package paynotify.admin;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import paynotify.store.Unavailable;

/**
 * What takes long to count is kept for twenty times as long as it took, and no longer than ten seconds: however many people look,
 * the database counts for a twentieth of the time. Thread-safe.
 */
final class Cached<T> {
    private static final int TIMES = 20;
    private static final long KEPT_MAX_NANOS = SECONDS.toNanos(10);

    private final Count<T> count;
    private final LongSupplier nanoTime;
    private @Nullable T value;
    private long untilNanos;

    /** Asks the database. */
    @FunctionalInterface
    interface Count<T> {
        T run() throws Unavailable;
    }

    /** @param nanoTime {@link System#nanoTime}, or a test's own */
    Cached(Count<T> count, LongSupplier nanoTime) {
        this.count = count;
        this.nanoTime = nanoTime;
    }

    synchronized T get() throws Unavailable {
        long now = nanoTime.getAsLong();
        T kept = value;
        if (kept != null && untilNanos - now > 0) {
            return kept;
        }
        T counted = count.run();
        value = counted;
        long end = nanoTime.getAsLong();
        untilNanos = end + Math.min(KEPT_MAX_NANOS, TIMES * (end - now));
        return counted;
    }
}
