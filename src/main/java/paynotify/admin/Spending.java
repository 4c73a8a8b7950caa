package paynotify.admin;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.function.LongSupplier;

/**
 * The database's time for what takes long to count, for all such counts together: a fiftieth of the time in the long run, so that
 * callbacks keep theirs however many people look. Two seconds of it may be saved up: whoever looks now and then sees what is there now.
 * Thread-safe.
 */
final class Spending {
    static final int PART = 50;

    private static final long SAVED_MAX_NANOS = SECONDS.toNanos(2);

    private final LongSupplier nanoTime;
    private long savedNanos = SAVED_MAX_NANOS;
    private long sinceNanos;

    /** @param nanoTime {@link System#nanoTime}, or a test's own */
    Spending(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.sinceNanos = nanoTime.getAsLong();
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    synchronized boolean isLeft() {
        long now = nanoTime.getAsLong();
        savedNanos = Math.min(SAVED_MAX_NANOS, savedNanos + (now - sinceNanos) / PART);
        sinceNanos = now;
        return savedNanos > 0;
    }

    synchronized void spend(long nanos) {
        savedNanos -= nanos;
    }
}
