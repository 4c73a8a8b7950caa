package paynotify.admin;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Callbacks go first: while some wait for the database, pages are made one after the other, {@value #EVERY_MS} ms apart. A page
 * waits its turn, for no longer than {@value #WAIT_MAX_MS} ms. Thread-safe.
 */
final class Pace {
    static final int EVERY_MS = 100;
    static final int WAIT_MAX_MS = 1_000;

    private final IntSupplier callbacksWaiting;
    private final LongSupplier nanoTime;
    private long nextNanos;

    /**
     * @param callbacksWaiting how many wait for the database now
     * @param nanoTime {@link System#nanoTime}, or a test's own
     */
    Pace(IntSupplier callbacksWaiting, LongSupplier nanoTime) {
        this.callbacksWaiting = callbacksWaiting;
        this.nanoTime = nanoTime;
        this.nextNanos = nanoTime.getAsLong();
    }

    /** Waits for this page's turn. */
    void await() {
        long nanos = turn();
        if (nanos > 0) {
            try {
                NANOSECONDS.sleep(nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes the next turn. Returns the nanoseconds until then. */
    synchronized long turn() {
        long now = nanoTime.getAsLong();
        boolean hurry = callbacksWaiting.getAsInt() == 0;
        long wait = hurry ? 0 : Math.min(Math.max(0, nextNanos - now), MILLISECONDS.toNanos(WAIT_MAX_MS));
        nextNanos = now + wait + MILLISECONDS.toNanos(EVERY_MS);
        return wait;
    }
}
