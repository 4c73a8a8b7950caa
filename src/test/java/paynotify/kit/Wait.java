package paynotify.kit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition instead of for a time. */
public final class Wait {
    private static final Duration STEP = Duration.ofMillis(20);

    private Wait() {}

    /** The message is asked for only when the time is over, so it may tell the state found then. */
    public static void until(Duration limit, BooleanSupplier condition, Supplier<String> message) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(message.get() + " [waited=" + limit + "]");
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
