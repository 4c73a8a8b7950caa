package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.sender.Callback;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;

/**
 * Counts the callbacks over the {@link UnverifiedLimit}, and those that the database does not take in time, and every
 * minute writes one row of {@code payment_log} for each outcome that tells how many, in a thread of its own. What can't be
 * written is told by a later row. Thread-safe.
 */
final class UnverifiedLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnverifiedLog.class);

    /** So a row tells that its body was cut; {@link Replays} looks for it. */
    static final String CUT = "; the body is cut: ";

    static final int EVERY_MS = 60_000;
    /** How long {@link #close} waits for rows that are being written. */
    private static final int CLOSE_MS = 6_000;

    private final UnverifiedLimit limit;
    private final Writer writer;
    private final ScheduledExecutorService thread;
    private final Future<?> running;
    /** One for each outcome, whatever comes in; guarded by this. */
    private Map<Outcome, Count> counts = new EnumMap<>(Outcome.class);

    private boolean closed;

    /** Where the rows go. */
    @FunctionalInterface
    interface Writer {
        /** All of them in one transaction. */
        void write(List<PaymentLog.Row> rows) throws Unavailable;
    }

    /** The account and the channel are those of the latest: the row must have some. */
    private record Count(long number, Instant from, Instant to, String account, String channel) {
        static Count one(Reading reading) {
            Callback callback = reading.callback();
            return new Count(1, callback.receivedAt(), callback.receivedAt(), callback.account(), reading.channel());
        }

        Count and(Count later) {
            return new Count(number + later.number, from, later.to, later.account, later.channel);
        }
    }

    UnverifiedLog(UnverifiedLimit limit, Writer writer, int everyMs) {
        this.limit = limit;
        this.writer = writer;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread daemon = new Thread(task, "notify-unverified");
            daemon.setDaemon(true);
            return daemon;
        });
        this.running = thread.scheduleWithFixedDelay(this::write, everyMs, everyMs, MILLISECONDS);
    }

    /** What of it is to be logged, all or with its body cut; null if it is only to be counted. */
    @Nullable
    Reading admit(Reading reading, NothingToBook nothing) {
        return switch (limit.take(reading)) {
            case WHOLE -> reading;
            case CUT -> cut(reading, nothing);
            case NOTHING -> null;
        };
    }

    private Reading cut(Reading reading, NothingToBook nothing) {
        Callback all = reading.callback();
        if (all.body().length <= UnverifiedLimit.CUT_BYTES) {
            return reading;
        }
        Callback start = new Callback(
                all.account(),
                Arrays.copyOf(all.body(), UnverifiedLimit.CUT_BYTES),
                all.tooLarge(),
                all.headers(),
                all.remoteAddr(),
                all.receivedAt(),
                all.startNanos(),
                all.bodyReadNanos());
        String detail = nothing.detail() + CUT + "expected at most " + limit.expectedBytes() + " a second, found more";
        NothingToBook told =
                new NothingToBook(nothing.outcome(), detail, nothing.claims(), nothing.verified(), nothing.alarming());
        return new Reading(start, reading.channel(), reading.headers(), told);
    }

    /** It has no row of its own. */
    void count(Reading reading, NothingToBook nothing) {
        Count one = Count.one(reading);
        synchronized (this) {
            if (!closed) {
                counts.merge(nothing.outcome(), one, Count::and);
                return;
            }
        }
        tell(nothing.outcome(), one);
    }

    private void write() {
        Map<Outcome, Count> taken;
        synchronized (this) {
            taken = counts;
            counts = new EnumMap<>(Outcome.class);
        }
        if (taken.isEmpty()) {
            return;
        }
        try {
            writer.write(taken.entrySet().stream()
                    .map(each -> row(each.getKey(), each.getValue()))
                    .toList());
        } catch (Unavailable | RuntimeException | Error e) {
            // Thrown on, it would end the thread. If only the commit's answer was lost, they are told twice, not never.
            LOG.warn("callbacks that were only counted can't be told in payment_log yet [cause={}]", Loggable.line(e));
            synchronized (this) {
                taken.forEach((outcome, count) -> counts.merge(outcome, count, (later, earlier) -> earlier.and(later)));
            }
        }
    }

    private PaymentLog.Row row(Outcome outcome, Count count) {
        long now = System.nanoTime();
        Callback none = new Callback(count.account, new byte[0], false, name -> null, null, count.from, now, now);
        NothingToBook counted = NothingToBook.unverified(outcome, detail(count));
        return new PaymentLog.Row(new Reading(none, count.channel, null, counted), counted, Decision.of(counted));
    }

    private String detail(Count count) {
        return limit.expected() + ", and a database that takes them in time, found " + count.number + " more from "
                + count.from + " to " + count.to + ", which are not logged one by one";
    }

    /** Writes what is left. If even that can't be done, Tomcat's log is told. */
    @Override
    public void close() {
        running.cancel(false);
        thread.shutdown();
        try {
            thread.awaitTermination(CLOSE_MS, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            closed = true;
        }
        write();
        synchronized (this) {
            counts.forEach(this::tell);
        }
    }

    private void tell(Outcome outcome, Count count) {
        LOG.error("{} [account={}] [detail={}]", outcome, count.account, detail(count));
    }
}
