package paynotify.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import paynotify.kit.Wait;
import paynotify.sender.Callback;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;
import paynotify.store.CallbackQueue.Group;
import paynotify.store.CallbackQueue.Waiting;

class CallbackQueueTest {
    private final CallbackQueue queue = new CallbackQueue();

    @AfterEach
    void close() {
        queue.close();
    }

    private static Waiting callback(int bytes) {
        Callback callback = new Callback("a", new byte[bytes], false, name -> null, null, Instant.EPOCH, 0, 0);
        NothingToBook finding = NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no");
        return new Waiting(new Reading(callback, "wechat-v2", null, finding), 0);
    }

    private Waiting offered() {
        Waiting callback = callback(10);
        assertTrue(queue.offer(callback));
        return callback;
    }

    /** Null when the queue is closed. */
    private @Nullable Group next() {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Group takeNow() {
        return Objects.requireNonNull(next());
    }

    private CompletableFuture<Group> takeElsewhere() {
        return CompletableFuture.supplyAsync(this::takeNow, task -> new Thread(task).start());
    }

    @Test
    void take_manyWait_allInTheirOrder() throws Exception {
        List<Waiting> three = List.of(offered(), offered(), offered());
        assertEquals(three, takeNow().callbacks());
        assertEquals(0, queue.size());
    }

    @Test
    void take_nobodyWaits_waitsForTheNext() throws Exception {
        CompletableFuture<Group> group = takeElsewhere();
        Thread.sleep(100);
        assertFalse(group.isDone());
        Waiting first = offered();
        assertEquals(List.of(first), group.get(5, SECONDS).callbacks());
    }

    /** Those who come meanwhile are in the next one together. */
    @Test
    void take_anothersTurn_waitsForItsEnd() throws Exception {
        offered();
        Group first = takeNow();
        CompletableFuture<Group> second = takeElsewhere();
        List<Waiting> two = List.of(offered(), offered());
        Thread.sleep(20);
        assertFalse(second.isDone());
        queue.end(first.turn());
        assertEquals(two, second.get(5, SECONDS).callbacks());
        // Who has ended once ends nobody else's turn.
        queue.end(first.turn());
        assertNull(queue.tryAlone());
        queue.end(second.get().turn());
        assertNotNull(queue.tryAlone());
    }

    @Test
    void take_anotherIsHeldUp_beginsBesideIt() throws Exception {
        offered();
        Group heldUp = takeNow();
        CompletableFuture<Group> writer = takeElsewhere();
        offered();
        Group second = writer.get(5, SECONDS);
        // It comes too late to end the second one's turn.
        queue.end(heldUp.turn());
        assertNull(queue.tryAlone());
        queue.end(second.turn());
        assertNotNull(queue.tryAlone());
    }

    /** A writer that takes what there is leaves nobody behind whom no writer watches. */
    @Test
    void take_moreThanOneTakes_anotherWriterTakesTheRest() throws Exception {
        CompletableFuture<Group> first = takeElsewhere();
        CompletableFuture<Group> second = takeElsewhere();
        Thread.sleep(100);
        CallbackQueue.Turn turn = Objects.requireNonNull(queue.tryAlone());
        for (int i = 0; i < 129; i++) {
            offered();
        }
        queue.end(turn);
        CompletableFuture.allOf(first, second).get(5, SECONDS);
        assertEquals(
                129, first.get().callbacks().size() + second.get().callbacks().size());
        assertEquals(
                128,
                Math.max(
                        first.get().callbacks().size(), second.get().callbacks().size()));
    }

    @Test
    void take_largeBodies_upToFourMegabytes() throws Exception {
        for (int i = 0; i < 6; i++) {
            assertTrue(queue.offer(callback(1 << 20)));
        }
        assertEquals(4, takeNow().callbacks().size());
        assertEquals(2, queue.size());
    }

    @Test
    void tryAlone_somebodyWaitsOrWorks_isNot() throws Exception {
        CallbackQueue.Turn turn = Objects.requireNonNull(queue.tryAlone());
        assertNull(queue.tryAlone());
        queue.end(turn);
        Waiting waits = offered();
        assertNull(queue.tryAlone());
        assertTrue(queue.remove(waits));
        assertNotNull(queue.tryAlone());
    }

    /** It is who has the turn that must come forward: many who are quick do not lose theirs because another waits long. */
    @Test
    void take_manyWritersForLong_oneAtATime() throws Exception {
        int callbacks = 300;
        AtomicInteger at = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        CompletableFuture<?>[] writers = new CompletableFuture<?>[4];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = CompletableFuture.runAsync(
                    () -> {
                        for (Group group = next(); group != null; group = next()) {
                            most.accumulateAndGet(at.incrementAndGet(), Math::max);
                            sleep(1);
                            at.decrementAndGet();
                            taken.addAndGet(group.callbacks().size());
                            queue.end(group.turn());
                        }
                    },
                    task -> new Thread(task).start());
        }
        for (int i = 0; i < callbacks; i++) {
            offered();
            sleep(1);
        }
        Wait.until(Duration.ofSeconds(5), () -> taken.get() == callbacks, () -> "taken: " + taken);
        queue.close();
        CompletableFuture.allOf(writers).get(5, SECONDS);
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
        offered();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, queue::take);
        assertEquals(1, queue.size());
        assertEquals(1, takeNow().callbacks().size());
    }

    @Test
    void offer_tooManyWait_isRefused() {
        for (int i = 0; i < CallbackQueue.WAITING_MAX; i++) {
            offered();
        }
        assertFalse(queue.offer(callback(10)));
    }

    @Test
    void close_whoWaits_isReturnedOnce() throws Exception {
        CompletableFuture<Group> nobody = takeElsewhere();
        Waiting waits = offered();
        queue.end(nobody.get(5, SECONDS).turn());
        Waiting later = offered();
        assertEquals(List.of(later), queue.close());
        assertEquals(List.of(), queue.close());
        assertFalse(queue.remove(waits));
        assertFalse(queue.offer(callback(10)));
        assertNull(queue.tryAlone());
        assertNull(queue.take());
    }

    @Test
    void close_writersWait_theyAreFree() throws Exception {
        CompletableFuture<Boolean> writer =
                CompletableFuture.supplyAsync(() -> next() == null, task -> new Thread(task).start());
        Thread.sleep(100);
        queue.close();
        assertTrue(writer.get(5, SECONDS));
    }
}
