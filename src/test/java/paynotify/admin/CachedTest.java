package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import paynotify.store.Unavailable;

class CachedTest {
    private final AtomicLong now = new AtomicLong();
    private final Spending spending = new Spending(now::get);
    private int counted;

    private Cached<Integer> taking(long millis) {
        return new Cached<>(
                () -> {
                    pass(millis);
                    return ++counted;
                },
                spending);
    }

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void spendAll() {
        while (spending.isLeft()) {
            spending.spend(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Test
    void value_isKeptForTwentyTimesAsLongAsItTook_whileThereIsTimeLeft() throws Unavailable {
        Cached<Integer> cached = taking(500);
        assertTrue(cached.isDue());
        for (int i = 1; i <= 7; i++) {
            assertEquals(i, cached.get());
            pass(9_999);
            assertFalse(cached.isDue());
            assertEquals(i, cached.get());
            pass(2);
            // 2 s saved, 0.5 s spent and 0.21 s earned each time.
            assertEquals(i < 7, cached.isDue(), i + " times");
        }
    }

    @Test
    void value_isKeptForTenSecondsWhereNoTimeIsLeft() throws Unavailable {
        Cached<Integer> cached = taking(1);
        cached.get();
        spendAll();
        spending.spend(TimeUnit.SECONDS.toNanos(10));
        pass(9_999);
        assertEquals(1, cached.get());
        pass(2);
        assertEquals(2, cached.get());
    }

    @Test
    void value_thatTookLong_isKeptLongerButNoLongerThanAMinute() throws Unavailable {
        Cached<Integer> cached = taking(400);
        cached.get();
        spendAll();
        spending.spend(TimeUnit.SECONDS.toNanos(10));
        pass(19_999);
        assertEquals(1, cached.get());
        pass(2);
        assertEquals(2, cached.get());
        Cached<Integer> slow = taking(1_900);
        slow.get();
        pass(59_999);
        assertEquals(3, slow.get());
        pass(2);
        assertEquals(4, slow.get());
    }

    @Test
    void value_afterAChange_isCountedAnew() throws Unavailable {
        Cached<Integer> cached = taking(1);
        cached.get();
        spendAll();
        assertEquals(1, cached.get());
        cached.forget();
        assertEquals(2, cached.get());
    }

    @Test
    void failure_isSpentToo() {
        Cached<Integer> failing = new Cached<>(
                () -> {
                    pass(2_100);
                    throw new IllegalStateException("away");
                },
                spending);
        assertThrows(IllegalStateException.class, failing::get);
        assertFalse(spending.isLeft());
    }

    @Test
    void spending_savesAFiftiethOfTheTimeAndNoMoreThanTwoSeconds() {
        spendAll();
        pass(5_000);
        assertTrue(spending.isLeft());
        spending.spend(TimeUnit.MILLISECONDS.toNanos(100));
        assertFalse(spending.isLeft());
        pass(3_600_000);
        assertTrue(spending.isLeft());
        spending.spend(TimeUnit.MILLISECONDS.toNanos(2_001));
        assertFalse(spending.isLeft());
    }
}
