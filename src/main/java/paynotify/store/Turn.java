package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One at a time, as long as each comes forward: whoever has waited too long behind another goes ahead beside him.
 * Thread-safe.
 */
final class Turn {
    private final Semaphore free = new Semaphore(1);
    private final int patienceMs;
    private volatile @Nullable Ticket current;

    /** @param patienceMs how long one waits behind another */
    Turn(int patienceMs) {
        this.patienceMs = patienceMs;
    }

    /** Who has the turn, until he says that it is over. */
    final class Ticket {
        private final AtomicBoolean over = new AtomicBoolean();

        /** The next one's turn, if it is not already. */
        void end() {
            if (over.compareAndSet(false, true)) {
                free.release();
            }
        }
    }

    /** Null if it is somebody's. */
    @Nullable
    Ticket tryTake() {
        return free.tryAcquire() ? ticket() : null;
    }

    Ticket take() throws InterruptedException {
        while (!free.tryAcquire(patienceMs, MILLISECONDS)) {
            Ticket heldUp = current;
            if (heldUp != null) {
                heldUp.end();
            }
        }
        return ticket();
    }

    private Ticket ticket() {
        Ticket ticket = new Ticket();
        current = ticket;
        return ticket;
    }
}
