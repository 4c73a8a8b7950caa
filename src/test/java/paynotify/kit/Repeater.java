package paynotify.kit;

import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * Sends callbacks over several connections, and each of them again and again until it hears success, as WeChat does, only
 * sooner. Remembers every answer. Once it has heard success, it never asks again: a success that was not true stays so.
 */
public final class Repeater implements AutoCloseable {
    /** Before the first repetition; doubled for each further one, up to the longest. WeChat waits 15 s and more. */
    private static final long PAUSE_MS = 125;

    private static final long LONGEST_PAUSE_MS = 1_000;

    private final DelayQueue<Due> due = new DelayQueue<>();
    private final List<Try> tries = new ArrayList<>();
    private final List<Thread> couriers = new ArrayList<>();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<Throwable> bug = new AtomicReference<>();

    private Repeater() {}

    /**
     * One callback.
     *
     * @param no the order that it pays
     * @param attempt sends it, for the first time (0) or again
     * @param success whether an answer is a success in the sender's own words
     */
    public record Letter(String no, IntFunction<Answer> attempt, Predicate<Answer> success) {}

    /**
     * One attempt.
     *
     * @param status of the answer; 0 if there was none
     * @param atNanos when it ended, by {@link System#nanoTime}
     * @param note what was wrong, or null
     */
    public record Try(String no, int status, boolean success, Duration took, long atNanos, String note) {}

    public static Repeater start(List<Letter> letters, int connections) {
        Repeater repeater = new Repeater();
        letters.forEach(letter -> repeater.due.add(new Due(letter, 0, System.nanoTime())));
        for (int i = 0; i < connections; i++) {
            Thread courier = new Thread(repeater::deliver, "courier-" + i);
            courier.setDaemon(true);
            courier.start();
            repeater.couriers.add(courier);
        }
        return repeater;
    }

    /** How many callbacks have heard success. */
    public int done() {
        return done.get();
    }

    public void awaitDone(int count, Duration limit) {
        Wait.until(
                limit,
                () -> bug.get() != null || done() >= count,
                () -> "only " + done() + " of " + count + " callbacks have heard success; the last: " + lastTries());
        if (bug.get() != null) {
            throw new AssertionError("the sender itself failed", bug.get());
        }
    }

    /** All so far, in the order in which they ended. */
    public List<Try> tries() {
        synchronized (tries) {
            return List.copyOf(tries);
        }
    }

    /** When, after this moment, the first attempt succeeded that began after it; null if none has yet. */
    public Long firstSuccessAfter(long nanos) {
        return tries().stream()
                .filter(one -> one.success() && one.atNanos() - one.took().toNanos() - nanos > 0)
                .map(Try::atNanos)
                .min(Long::compare)
                .orElse(null);
    }

    @Override
    public void close() {
        couriers.forEach(Thread::interrupt);
        for (Thread courier : couriers) {
            try {
                courier.join(TimeUnit.SECONDS.toMillis(40));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void deliver() {
        try {
            while (bug.get() == null) {
                Due next = due.take();
                if (!attempt(next)) {
                    long pauseMs = Math.min(PAUSE_MS << Math.min(next.attempt, 10), LONGEST_PAUSE_MS);
                    due.add(new Due(
                            next.letter, next.attempt + 1, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMs)));
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        } catch (RuntimeException | Error e) {
            if (!(e.getCause() instanceof InterruptedException)) {
                bug.compareAndSet(null, e);
            }
        }
    }

    private boolean attempt(Due next) {
        int status = 0;
        boolean success = false;
        String note = null;
        long start = System.nanoTime();
        try {
            Answer answer = next.letter.attempt().apply(next.attempt);
            status = answer.status();
            success = next.letter.success().test(answer);
            note = success ? null : answer.text();
        } catch (UncheckedIOException e) {
            // Refused, reset, or closed in mid-answer: that is no answer. To wait for ever is none, either, but worse.
            note = e.getCause() instanceof HttpTimeoutException ? "no end of it" : String.valueOf(e.getCause());
        }
        long end = System.nanoTime();
        synchronized (tries) {
            tries.add(new Try(next.letter.no(), status, success, Duration.ofNanos(end - start), end, note));
        }
        if (success) {
            done.incrementAndGet();
        }
        return success;
    }

    private List<Try> lastTries() {
        List<Try> all = tries();
        return all.subList(Math.max(0, all.size() - 5), all.size());
    }

    private static final class Due implements Delayed {
        private final Letter letter;
        private final int attempt;
        private final long atNanos;

        Due(Letter letter, int attempt, long atNanos) {
            this.letter = letter;
            this.attempt = attempt;
            this.atNanos = atNanos;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(atNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
