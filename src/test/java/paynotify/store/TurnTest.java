package paynotify.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnTest {
    private static final int NEVER_MS = 60_000;

    private static Turn.Ticket takeNow(Turn turn) {
        try {
            return turn.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<Turn.Ticket> takeElsewhere(Turn turn) {
        return CompletableFuture.supplyAsync(() -> takeNow(turn));
    }

    @Test
    void take_anothersTurn_waitsForItsEnd() throws Exception {
        Turn turn = new Turn(NEVER_MS);
        Turn.Ticket first = turn.take();
        assertNull(turn.tryTake());
        CompletableFuture<Turn.Ticket> second = takeElsewhere(turn);
        Thread.sleep(100);
        assertFalse(second.isDone());
        first.end();
        second.get(5, SECONDS);
        // Who has ended once ends nobody else's turn.
        first.end();
        assertNull(turn.tryTake());
        second.get().end();
        assertNotNull(turn.tryTake());
    }

    @Test
    void take_holderIsHeldUp_goesAheadBesideHim() throws Exception {
        Turn turn = new Turn(50);
        Turn.Ticket heldUp = turn.take();
        Turn.Ticket second = takeElsewhere(turn).get(5, SECONDS);
        // It comes too late to end the second one's turn.
        heldUp.end();
        assertNull(turn.tryTake());
        second.end();
        assertNotNull(turn.tryTake());
    }

    /** It is who has the turn that must come forward: many who are quick do not lose theirs because another waits long. */
    @Test
    void take_behindManyQuickOnes_isStillOneAtATime() throws Exception {
        Turn turn = new Turn(200);
        AtomicInteger at = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CompletableFuture<?>[] all = new CompletableFuture<?>[8];
        for (int i = 0; i < all.length; i++) {
            all[i] = CompletableFuture.runAsync(
                    () -> {
                        for (int n = 0; n < 5; n++) {
                            Turn.Ticket ticket = takeNow(turn);
                            most.accumulateAndGet(at.incrementAndGet(), Math::max);
                            sleep(40);
                            at.decrementAndGet();
                            ticket.end();
                        }
                    },
                    task -> new Thread(task).start());
        }
        CompletableFuture.allOf(all).get(30, SECONDS);
        assertEquals(1, most.get());
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void take_interrupted_takesNothing() throws Exception {
        Turn turn = new Turn(NEVER_MS);
        Turn.Ticket first = turn.take();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, turn::take);
        first.end();
        assertNotNull(turn.tryTake());
    }

    @Test
    void take_many_oneAtATime() throws Exception {
        Turn turn = new Turn(NEVER_MS);
        AtomicInteger at = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CompletableFuture<?>[] all = new CompletableFuture<?>[4];
        for (int i = 0; i < all.length; i++) {
            all[i] = CompletableFuture.runAsync(() -> {
                for (int n = 0; n < 1_000; n++) {
                    Turn.Ticket ticket = takeNow(turn);
                    most.accumulateAndGet(at.incrementAndGet(), Math::max);
                    at.decrementAndGet();
                    ticket.end();
                }
            });
        }
        CompletableFuture.allOf(all).get(30, SECONDS);
        assertEquals(1, most.get());
    }
}
