package paynotify.event;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import paynotify.background.Daily;
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
        if (!settings.off()) {
            EventQueue queue = store.events();
            threads.daily("notify-event-forget", queue::isReady, () -> forget(queue, settings.keepDays()));
        }
    }

    static Daily.Rest forget(EventQueue queue, int keepDays) throws Unavailable {
        return queue.forget(keepDays) == EventQueue.PIECE ? Daily.Rest.MORE : Daily.Rest.NONE;
    }

    @Override
    public void close() {
        threads.close();
        if (deliverer != null) {
            deliverer.close();
        }
        if (client != null) {
            client.close();
        }
    }
}
