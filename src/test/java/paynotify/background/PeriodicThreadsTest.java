package paynotify.background;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import paynotify.kit.CapturedLog;
import paynotify.kit.Wait;
import paynotify.store.Unavailable;

class PeriodicThreadsTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final AtomicInteger ticks = new AtomicInteger();

    /** Of each kind of failure in a row there is one line, and the thread goes on. */
    @Test
    void every_failures_areToldOnceAndTheThreadGoesOn() {
        // Only the store makes one.
        Unavailable away = mock(Unavailable.class);
        when(away.getMessage()).thenReturn("away");
        try (CapturedLog log = CapturedLog.of(PeriodicThreads.class.getName());
                PeriodicThreads threads = new PeriodicThreads()) {
            threads.every("test-tick", 1, () -> {
                int tick = ticks.incrementAndGet();
                if (tick <= 3) {
                    throw away;
                }
                if (tick == 4) {
                    throw new IllegalStateException("a bug");
                }
            });
            Wait.until(SOON, () -> ticks.get() > 6, () -> "ticks: " + ticks);
            assertEquals(
                    List.of(
                            "WARNING test-tick waits for the database [cause=away]",
                            "SEVERE test-tick failed, and goes on"),
                    log.lines());
        }
    }

    @Test
    void close_waitsForTheTickThatRuns() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        PeriodicThreads threads = new PeriodicThreads();
        threads.every("test-tick", 1, () -> {
            running.countDown();
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            ended.incrementAndGet();
        });
        assertTrue(running.await(10, TimeUnit.SECONDS));
        threads.close();
        assertEquals(1, ended.get());
        assertEquals(
                0,
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("test-tick"))
                        .count());
    }

    @Test
    void stop_endsWhatIsDoneOnceADayAfterThePieceThatRuns() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        try (PeriodicThreads threads = new PeriodicThreads()) {
            threads.daily("test-daily", () -> true, () -> {
                ticks.incrementAndGet();
                running.countDown();
                try {
                    assertTrue(stopped.await(10, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return Daily.Rest.MORE;
            });
            assertTrue(running.await(10, TimeUnit.SECONDS));
            threads.stop();
            stopped.countDown();
        }
        assertEquals(1, ticks.get());
    }

    @Test
    void close_interrupted_leavesAndSaysSo() {
        PeriodicThreads threads = new PeriodicThreads();
        threads.every("test-tick", 1, ticks::incrementAndGet);
        Thread.currentThread().interrupt();
        threads.close();
        assertTrue(Thread.interrupted());
    }
}
