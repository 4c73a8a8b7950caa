package paynotify.background;

import static java.util.concurrent.TimeUnit.DAYS;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import paynotify.store.Unavailable;

/** Knows when work is due that is done at start and then once a day. Belongs to one thread. */
public final class Daily {
    private static final long AGAIN_NANOS = DAYS.toNanos(1);

    private final BooleanSupplier go;
    private final Work work;
    private final LongSupplier nanos;
    private long dueNanos;

    /** What is left to do. */
    public enum Rest {
        /** Nothing until tomorrow. */
        NONE,
        /** Another piece, at once. */
        MORE,
        /** What can't be done now: it is tried at the next tick. */
        LATER
    }

    /** What is done once a day. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does one piece.
         *
         * @throws Unavailable if the database can't be had now; it is tried at the next tick
         */
        Rest piece() throws Unavailable;
    }

    /**
     * The first time is at once.
     *
     * @param go whether a piece may be begun
     * @param nanos as {@link System#nanoTime}
     */
    Daily(BooleanSupplier go, Work work, LongSupplier nanos) {
        this.go = go;
        this.work = work;
        this.nanos = nanos;
        this.dueNanos = nanos.getAsLong();
    }

    void tick() throws Unavailable {
        Rest rest = Rest.MORE;
        while (rest == Rest.MORE && nanos.getAsLong() - dueNanos >= 0 && go.getAsBoolean()) {
            rest = work.piece();
        }
        if (rest == Rest.NONE) {
            dueNanos = nanos.getAsLong() + AGAIN_NANOS;
        }
    }
}
