package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import paynotify.store.Unavailable;

class CachedTest {
    private final AtomicLong now = new AtomicLong();
    private int counted;

    private Cached<Integer> taking(long millis) {
        return new Cached<>(
                () -> {
                    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
                    return ++counted;
                },
                now::get);
    }

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void value_isKeptForTwentyTimesAsLongAsItTook() throws Unavailable {
        Cached<Integer> cached = taking(100);
        assertEquals(1, cached.get());
        pass(1_999);
        assertEquals(1, cached.get());
        pass(2);
        assertEquals(2, cached.get());
    }

    @Test
    void value_isNeverOlderThanTenSeconds() throws Unavailable {
        Cached<Integer> cached = taking(1_900);
        assertEquals(1, cached.get());
        pass(9_999);
        assertEquals(1, cached.get());
        pass(1);
        assertEquals(2, cached.get());
    }
}
