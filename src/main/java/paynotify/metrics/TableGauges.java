package paynotify.metrics;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.sender.Outcome;
import paynotify.sender.Sender;
import paynotify.store.Figures.Figure;
import paynotify.store.Figures.Row;
import paynotify.store.Unavailable;

/**
 * What the tables tell. Whoever asks has it read anew if it is old, by a thread of its own, and waits a little for that. What can't
 * be read is left out, so that nobody takes an old number for today's. Thread-safe.
 */
final class TableGauges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableGauges.class);

    /** Nothing is read again sooner, however often somebody asks. */
    static final long EVERY_NANOS = SECONDS.toNanos(15);
    /** What takes long is read so much more seldom: no more than so small a part of the time is spent on it. */
    private static final int PART_OF_TIME = 20;
    /** What could not be read is tried again after this time. */
    private static final long AFTER_FAILURE_NANOS = SECONDS.toNanos(30);
    /** After that, a number that could not be read again is no longer told. */
    private static final long KEPT_NANOS = SECONDS.toNanos(30);
    /** So long a scrape waits; Prometheus itself would for 10 s. */
    private static final int WAIT_MS = 2_500;

    private static final int CLOSE_MS = 6_000;

    private final Reader reader;
    private final Map<String, Sender> accounts;
    private final LongSupplier nanos;
    private final ExecutorService thread;
    /** Guarded by this. */
    private final Map<Figure, Known> known = new EnumMap<>(Figure.class);

    private CompletableFuture<Void> reading = CompletableFuture.completedFuture(null);

    /** Where the numbers come from. */
    @FunctionalInterface
    interface Reader {
        List<Row> read(Figure figure) throws Unavailable;
    }

    /**
     * What is known of a figure.
     *
     * @param rows null if it could not be read
     * @param dueNanos when it is read again
     */
    private record Known(@Nullable List<Row> rows, long dueNanos) {}

    /** @param nanos as {@link System#nanoTime} */
    TableGauges(Reader reader, Map<String, Sender> accounts, LongSupplier nanos) {
        this.reader = reader;
        this.accounts = Map.copyOf(accounts);
        this.nanos = nanos;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread daemon = new Thread(task, "notify-metrics");
            daemon.setDaemon(true);
            return daemon;
        });
    }

    void register(PrometheusRegistry registry) {
        Map<String, String> asking = new HashMap<>();
        accounts.forEach((account, sender) -> {
            if (sender.inquiry() != null) {
                asking.put(sender.mchId(), account);
            }
        });
        Set<String> outcomes = new HashSet<>();
        Arrays.stream(Outcome.values()).filter(Outcome::needsAttention).forEach(each -> outcomes.add(each.name()));
        gauge("notify_inquiries_due", "Questions to the sender that are due now", "account")
                .callback(gauge -> tell(gauge, Figure.INQUIRIES_DUE, asking.values(), asking::get))
                .register(registry);
        gauge("notify_events_due", "Events that the shop's software is to be told of now", "account")
                .callback(gauge -> tell(gauge, Figure.EVENTS_DUE, accounts.keySet(), this::configured))
                .register(registry);
        gauge("notify_event_oldest_seconds", "Age of the oldest event that is not delivered yet", "account")
                .callback(gauge -> tell(gauge, Figure.EVENT_OLDEST, accounts.keySet(), this::configured))
                .register(registry);
        gauge("notify_attention", "Cases that somebody must look at: rows of payment_attention", "outcome")
                .callback(gauge -> tell(gauge, Figure.ATTENTION, outcomes, outcome -> outcome))
                .register(registry);
        gauge("notify_bill_differences", "Differences between bills and tables that stand", "account", "kind")
                .callback(gauge -> tell(gauge, Figure.BILL_DIFFERENCES, List.of(), this::configured))
                .register(registry);
        gauge(
                        "notify_bill_last_day",
                        "The last day whose bill is there: the Unix time at which it began in Beijing",
                        "account")
                .callback(gauge -> tell(gauge, Figure.BILL_LAST_DAY, List.of(), this::configured))
                .register(registry);
    }

    private static GaugeWithCallback.Builder gauge(String name, String help, String... labels) {
        return GaugeWithCallback.builder().name(name).help(help).labelNames(labels);
    }

    private @Nullable String configured(String account) {
        return accounts.containsKey(account) ? account : null;
    }

    /**
     * @param always what is 0 where no row tells of it
     * @param label what a row's first word is shown as; null for a row that is not shown
     */
    private void tell(
            GaugeWithCallback.Callback gauge,
            Figure figure,
            Collection<String> always,
            Function<String, @Nullable String> label) {
        List<Row> rows = rows(figure);
        if (rows == null) {
            return;
        }
        Set<String> missing = new HashSet<>(always);
        for (Row row : rows) {
            String[] labels = row.words().toArray(new String[0]);
            String first = label.apply(labels[0]);
            if (first != null) {
                labels[0] = first;
                missing.remove(first);
                gauge.call(row.number(), labels);
            }
        }
        missing.forEach(each -> gauge.call(0, each));
    }

    private synchronized @Nullable List<Row> rows(Figure figure) {
        Known last = known.get(figure);
        return last == null || nanos.getAsLong() - last.dueNanos > KEPT_NANOS ? null : last.rows;
    }

    /** Has read anew what is old, and waits for it a little; what is not there by then the next one who asks will see. */
    void refresh() {
        try {
            begin().get(WAIT_MS, MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("the tables take long to tell their figures");
        } catch (ExecutionException | RejectedExecutionException e) {
            LOG.debug("the tables' figures can't be read now", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One reading at a time, whoever asks. */
    private synchronized CompletableFuture<Void> begin() {
        if (reading.isDone()) {
            reading = CompletableFuture.runAsync(this::read, thread);
        }
        return reading;
    }

    private void read() {
        for (Figure figure : Figure.values()) {
            if (isDue(figure)) {
                Known now = read(figure);
                synchronized (this) {
                    known.put(figure, now);
                }
            }
        }
    }

    private synchronized boolean isDue(Figure figure) {
        Known last = known.get(figure);
        return last == null || nanos.getAsLong() - last.dueNanos >= 0;
    }

    private Known read(Figure figure) {
        long start = nanos.getAsLong();
        List<Row> rows = null;
        try {
            rows = reader.read(figure);
        } catch (Unavailable | RuntimeException e) {
            // The others are read all the same.
            LOG.debug("{} can't be told [cause={}]", figure, e.getMessage());
        }
        long now = nanos.getAsLong();
        // Where the database is away, most of the time was spent on waiting for it.
        long pause = rows == null ? AFTER_FAILURE_NANOS : Math.max(EVERY_NANOS, PART_OF_TIME * (now - start));
        return new Known(rows, now + pause);
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(CLOSE_MS, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
