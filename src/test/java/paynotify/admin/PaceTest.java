package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Pace pace = new Pace(waiting::get, now::get);

    private long turnMs() {
        return TimeUnit.NANOSECONDS.toMillis(pace.turn());
    }

    @Test
    void pages_whereNoCallbackWaits_areMadeAtOnce() {
        for (int i = 0; i < 100; i++) {
            assertEquals(0, turnMs());
        }
    }

    @Test
    void pages_whereCallbacksWait_comeOneAfterTheOther() {
        waiting.set(1);
        for (int i = 0; i < 10; i++) {
            assertEquals((long) i * Pace.EVERY_MS, turnMs());
        }
        // Nobody waits longer, however many there are.
        assertEquals(Pace.WAIT_MAX_MS, turnMs());
        assertEquals(Pace.WAIT_MAX_MS, turnMs());
        now.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertEquals(0, turnMs());
        waiting.set(0);
        assertEquals(0, turnMs());
    }

    @Test
    void await_waits() {
        Pace real = new Pace(() -> 1, System::nanoTime);
        long begin = System.nanoTime();
        real.await();
        real.await();
        assertTrue(System.nanoTime() - begin >= TimeUnit.MILLISECONDS.toNanos(Pace.EVERY_MS - 10));
    }

    @Test
    void await_interrupted_goesOn() {
        Pace real = new Pace(() -> 1, System::nanoTime);
        real.await();
        Thread.currentThread().interrupt();
        real.await();
        assertTrue(Thread.interrupted());
    }
}
