package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One at a time. Who has the turn for too long loses it: the next one goes ahead beside him. Thread-safe.
 */
final class Turn {
    private final Semaphore free = new Semaphore(1);
    private final int patienceMs;
    private volatile @Nullable Ticket current;

    /** @param patienceMs how long one has the turn, when another waits */
    Turn(int patienceMs) {
        this.patienceMs = patienceMs;
    }

    /** Who has the turn, until he says that it is over, or has had it for too long. */
    final class Ticket {
        private final AtomicBoolean over = new AtomicBoolean();
        private long sinceNanos;

        /** The next one's turn, if it is not already. */
        void end() {
            if (over.compareAndSet(false, true)) {
                free.release();
            }
        }

        private long millis() {
            return NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
        }

        private Ticket begin() {
            sinceNanos = System.nanoTime();
            current = this;
            return this;
        }
    }

    /** Null if it is somebody's, or somebody waits for it. */
    @Nullable
    Ticket tryTake() {
        // Made before: with no memory for it, the turn would be nobody's for ever.
        Ticket ticket = new Ticket();
        return !free.hasQueuedThreads() && free.tryAcquire() ? ticket.begin() : null;
    }

    Ticket take() throws InterruptedException {
        Ticket ticket = new Ticket();
        Ticket held = current;
        while (!free.tryAcquire(held == null ? patienceMs : Math.max(1, patienceMs - held.millis()), MILLISECONDS)) {
            held = current;
            if (held != null && held.millis() >= patienceMs) {
                held.end();
            }
        }
        return ticket.begin();
    }
}
