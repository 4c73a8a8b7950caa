package paynotify.store;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import paynotify.store.CallbackQueue.Waiting;

/**
 * A group whose transaction has ended, and who of it has been told. Thread-safe.
 *
 * <p>They are not all told at once: each tells one more before he goes on to his own answer. Thirty threads that wake at one
 * moment would stand in line for the processors before the next transaction's writer and before the database's process, on
 * which everybody waits ({@code src/docs/speed.md}).
 */
final class SettledGroup {
    private final List<Waiting> callbacks;
    private final List<@Nullable List<Decision>> decisions;
    private final AtomicInteger told = new AtomicInteger();

    /** @param decisions one for each callback; null where it must be settled singly */
    SettledGroup(List<Waiting> callbacks, List<@Nullable List<Decision>> decisions) {
        this.callbacks = callbacks;
        this.decisions = decisions;
    }

    /** @param count how many are told at once; each of them tells the others by {@link Waiting#tellNext} */
    void tell(int count) {
        for (int i = 0; i < count; i++) {
            tellNext();
        }
    }

    /** Tells one who has not been told; nothing happens if there is none. */
    void tellNext() {
        int next = told.getAndIncrement();
        if (next < callbacks.size()) {
            callbacks.get(next).tell(this, decisions.get(next));
        }
    }
}
