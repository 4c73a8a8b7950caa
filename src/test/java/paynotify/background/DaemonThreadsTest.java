package paynotify.background;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {
    @Test
    void upTo_soManyTasks_runAtOnceAndOneMoreIsRefused() throws Exception {
        Set<String> names = ConcurrentHashMap.newKeySet();
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        ThreadPoolExecutor threads = DaemonThreads.upTo(2, "test-daemon");
        Runnable task = () -> {
            assertTrue(Thread.currentThread().isDaemon());
            names.add(Thread.currentThread().getName());
            running.countDown();
            try {
                assertTrue(end.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try {
            threads.execute(task);
            threads.execute(task);
            assertTrue(running.await(10, TimeUnit.SECONDS));
            assertEquals(Set.of("test-daemon-1", "test-daemon-2"), names);
            assertThrows(RejectedExecutionException.class, () -> threads.execute(task));
        } finally {
            end.countDown();
            threads.shutdown();
        }
    }

    @Test
    void named_thread_hasThatNameAndKeepsNoJvmAlive() {
        Thread thread = DaemonThreads.named("test-daemon").newThread(() -> {});
        assertEquals("test-daemon", thread.getName());
        assertTrue(thread.isDaemon());
    }
}
