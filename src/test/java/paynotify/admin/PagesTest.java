package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import paynotify.store.Unavailable;

/** What is counted by a thread of its own ends as if it had been counted here. */
class PagesTest {
    @Test
    void result_isWhatWasCounted() throws Unavailable {
        FutureTask<Integer> task = new FutureTask<>(() -> 7);
        task.run();
        assertEquals(7, Pages.result(task));
    }

    @Test
    void result_databaseAway_isUnavailableHere() {
        Unavailable away = mock(Unavailable.class);
        FutureTask<Integer> task = new FutureTask<>(() -> {
            throw away;
        });
        task.run();
        assertSame(away, assertThrows(Unavailable.class, () -> Pages.result(task)));
    }

    @Test
    void result_faultOfOurs_isOneHere() {
        IllegalArgumentException fault = new IllegalArgumentException("x");
        FutureTask<Integer> task = new FutureTask<>(() -> {
            throw fault;
        });
        task.run();
        assertSame(
                fault,
                assertThrows(IllegalStateException.class, () -> Pages.result(task))
                        .getCause());
    }

    @Test
    void result_interrupted_staysSo() {
        FutureTask<Integer> task = new FutureTask<>(() -> 7);
        Thread.currentThread().interrupt();
        assertThrows(IllegalStateException.class, () -> Pages.result(task));
        assertTrue(Thread.interrupted());
    }
}
