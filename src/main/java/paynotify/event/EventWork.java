package paynotify.event;

import static java.util.concurrent.TimeUnit.DAYS;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import paynotify.background.HttpClient;
import paynotify.background.PeriodicThreads;
import paynotify.store.EventQueue;
import paynotify.store.Store;
import paynotify.store.Unavailable;

/**
 * The threads of events: one that takes up what is due, those that send it, and one that deletes what is old. They begin at
 * once, and only where an event can be written. Closed before the store is. Thread-safe.
 */
public final class EventWork implements AutoCloseable {
    /** A pause in which more is heard, so that one transaction notes it all. */
    private static final int PAUSE_MS = 5;

    private static final int FORGET_LOOK_MS = 2_000;
    /** Contract, section 11. */
    private static final int DELIVERY_MS = 15_000;

    private static final int ANSWER_BYTES_MAX = 4 << 10;
    /** So many events of one account are under way, where there are not too many accounts. */
    private static final int UNDER_WAY_MAX = 32;

    private static final int UNDER_WAY_LEAST = 4;
    private static final int UNDER_WAY_IN_ALL = 1_024;

    private final PeriodicThreads threads = new PeriodicThreads();
    private final @Nullable HttpClient client;
    private final @Nullable Deliverer deliverer;
    private final Forgetting forgetting;

    public EventWork(EventSettings settings, Store store, Clock clock) {
        int accounts = settings.webhooks().size();
        if (accounts == 0) {
            this.client = null;
            this.deliverer = null;
        } else {
            int underWayMax = Math.max(UNDER_WAY_LEAST, Math.min(UNDER_WAY_MAX, UNDER_WAY_IN_ALL / accounts));
            HttpClient opened = new HttpClient(
                    new HttpClient.Limits("event", accounts * underWayMax, DELIVERY_MS, ANSWER_BYTES_MAX), null);
            List<Delivery> deliveries = new ArrayList<>();
            settings.webhooks()
                    .forEach((account, webhook) -> deliveries.add(new Delivery(
                            account,
                            webhook,
                            settings.retry(),
                            (url, headers, body) -> opened.tell("POST", url, headers, body),
                            clock,
                            () -> ThreadLocalRandom.current().nextDouble(),
                            underWayMax)));
            Deliverer delivering = new Deliverer(deliveries, store.events(), accounts * underWayMax, opened::close);
            threads.every("notify-event", PAUSE_MS, delivering::tick);
            this.client = opened;
            this.deliverer = delivering;
        }
        this.forgetting = new Forgetting(store.events(), settings.keepDays(), System::nanoTime);
        if (!settings.off()) {
            threads.every("notify-event-forget", FORGET_LOOK_MS, forgetting::tick);
        }
    }

    /** Deletes what is old, at start and once a day. Belongs to one thread. */
    static final class Forgetting {
        private final EventQueue queue;
        private final int keepDays;
        private final LongSupplier nanos;
        private long dueNanos;
        private volatile boolean stopped;

        /** @param nanos as {@link System#nanoTime} */
        Forgetting(EventQueue queue, int keepDays, LongSupplier nanos) {
            this.queue = queue;
            this.keepDays = keepDays;
            this.nanos = nanos;
            this.dueNanos = nanos.getAsLong();
        }

        /** No further piece is begun. May be called by any thread. */
        void stop() {
            stopped = true;
        }

        /** All there is, in pieces; then nothing for a day. */
        void tick() throws Unavailable {
            boolean more = true;
            while (more && !stopped && queue.isReady() && nanos.getAsLong() - dueNanos >= 0) {
                more = queue.forget(keepDays) == EventQueue.PIECE;
                dueNanos += more ? 0 : DAYS.toNanos(1);
            }
        }
    }

    @Override
    public void close() {
        forgetting.stop();
        threads.close();
        if (deliverer != null) {
            deliverer.close();
        }
        if (client != null) {
            client.close();
        }
    }
}
