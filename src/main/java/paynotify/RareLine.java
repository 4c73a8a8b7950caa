package paynotify;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps a line of the log rare that a stranger may cause, or an outage: the first event has a line at once, and then one
 * line in each period stands for all events since the one before. Thread-safe.
 */
final class RareLine {
    private final long everyNanos;
    private final LongSupplier nanoTime;
    private long writtenNanos;
    private boolean written;
    private volatile long waiting;

    /** @param nanoTime {@link System#nanoTime}, or a test's own */
    RareLine(Duration every, LongSupplier nanoTime) {
        this.everyNanos = every.toNanos();
        this.nanoTime = nanoTime;
    }

    /** One more event: for how many a line is to be written now, or 0. */
    synchronized long add() {
        waiting = waiting + 1;
        return due();
    }

    /** The same without another event, for those of which none followed. */
    long due() {
        // Asked with each callback, and hardly ever true.
        return waiting == 0 ? 0 : take(false);
    }

    /** How many have no line yet: the last one is to be written. */
    long rest() {
        return take(true);
    }

    private synchronized long take(boolean last) {
        long now = nanoTime.getAsLong();
        if (waiting == 0 || (written && !last && now - writtenNanos < everyNanos)) {
            return 0;
        }
        written = true;
        writtenNanos = now;
        long events = waiting;
        waiting = 0;
        return events;
    }
}
