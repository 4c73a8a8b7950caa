package paynotify.store;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import paynotify.store.CallbackQueue.Waiting;

/**
 * A group whose transaction has committed, and who of it has been told. Thread-safe.
 *
 * <p>They are not all told at once: each tells one more when he wakes, before he goes on to his own answer. Thirty threads that
 * wake at one moment would stand in line for the processors before the next transaction's writer and before the database's
 * process, on which everybody waits ({@code src/docs/speed.md}).
 */
final class SettledGroup {
    private final List<Waiting> callbacks;
    private final List<@Nullable List<Decision>> decisions;
    private final AtomicInteger next = new AtomicInteger();

    /** @param decisions one for each callback; null where it must be settled singly */
    SettledGroup(List<Waiting> callbacks, List<@Nullable List<Decision>> decisions) {
        this.callbacks = callbacks;
        this.decisions = decisions;
    }

    /** @param atOnce how many are told now; each of them tells one more when he wakes */
    void tell(int atOnce) {
        for (int i = 0; i < atOnce; i++) {
            tellNext();
        }
    }

    /** Tells the next one whose caller has not left, and on the way those whose callers have. */
    void tellNext() {
        int i = next.getAndIncrement();
        while (i < callbacks.size() && !callbacks.get(i).tell(this, decisions.get(i))) {
            i = next.getAndIncrement();
        }
    }
}
