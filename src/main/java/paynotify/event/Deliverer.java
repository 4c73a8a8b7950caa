package paynotify.event;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.background.DaemonThreads;
import paynotify.store.EventQueue;
import paynotify.store.EventQueue.Due;
import paynotify.store.EventQueue.Result;
import paynotify.store.Unavailable;

/**
 * Takes up events that are due and has them sent. {@link #tick} belongs to one thread, and each event that is under way has
 * one of its own; no account can take up another's, for each has its limit.
 *
 * <p>While one transaction notes what was heard and takes up what is due, others are being heard: the next transaction has
 * all of them. So the number of transactions does not grow with that of events.
 */
final class Deliverer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

    /** So long a tick waits for something to be heard, before it looks for what is due. */
    private static final int LOOK_EVERY_MS = 500;

    /** What is under way when this is closed may come to its end for so long; then it is broken off. */
    private static final int GRACE_MS = 1_000;

    private static final int CLOSE_MS = 3_000;

    private final Map<String, Delivery> deliveries = new LinkedHashMap<>();
    private final EventQueue queue;
    private final ThreadPoolExecutor threads;
    private final BlockingQueue<Result> finished = new LinkedBlockingQueue<>();
    /** Taken from {@link #finished}, and not known to be noted. */
    private final List<Result> unnoted = new ArrayList<>();

    private final Runnable breakOff;
    private volatile boolean brokenOff;

    /**
     * @param underWayMax how many events may be under way, of all accounts together
     * @param breakOff ends the requests that are under way
     */
    Deliverer(Collection<Delivery> deliveries, EventQueue queue, int underWayMax, Runnable breakOff) {
        deliveries.forEach(each -> this.deliveries.put(each.account(), each));
        this.queue = queue;
        this.breakOff = breakOff;
        // As many as may be under way, so none is ever refused.
        this.threads = DaemonThreads.upTo(underWayMax, "notify-event");
    }

    /** Notes what was heard, and takes up what is due. */
    void tick() throws Unavailable {
        if (!queue.isReady()) {
            return;
        }
        awaitResults();
        Map<String, Integer> rooms = threads.isShutdown() ? Map.of() : rooms();
        if (!unnoted.isEmpty() || !rooms.isEmpty()) {
            exchange(rooms);
        }
    }

    private void awaitResults() {
        try {
            Result first = unnoted.isEmpty() ? finished.poll(LOOK_EVERY_MS, MILLISECONDS) : finished.poll();
            if (first != null) {
                unnoted.add(first);
                finished.drainTo(unnoted);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The places of those that are about to be noted count as free. */
    private Map<String, Integer> rooms() {
        Map<String, Integer> rooms = new HashMap<>();
        for (Delivery each : deliveries.values()) {
            int heard = (int) unnoted.stream()
                    .filter(result -> result.due().account().equals(each.account()))
                    .count();
            int room = each.room() + heard;
            if (room > 0) {
                rooms.put(each.account(), room);
            }
        }
        return rooms;
    }

    private void exchange(Map<String, Integer> rooms) throws Unavailable {
        List<Due> claimed = queue.exchange(List.copyOf(unnoted), rooms);
        unnoted.forEach(result -> delivery(result.due()).end());
        unnoted.clear();
        for (Due event : claimed) {
            delivery(event).begin();
            try {
                threads.execute(() -> send(event));
            } catch (RejectedExecutionException e) {
                // Closed meanwhile.
                finished.add(Result.released(event));
            }
        }
    }

    /** Of an account for which there was room. */
    private Delivery delivery(Due event) {
        Delivery delivery = deliveries.get(event.account());
        if (delivery == null) {
            throw new IllegalStateException("expected an event of a known account, found another's");
        }
        return delivery;
    }

    private void send(Due event) {
        Delivery delivery = delivery(event);
        Result result;
        try {
            result = delivery.send(event);
        } catch (RuntimeException | Error e) {
            result = delivery.broken(event, e);
        }
        // What we have broken off says nothing of the shop.
        finished.add(brokenOff && !result.delivered() ? Result.released(event) : result);
    }

    /** Ends what is under way, and gives back what has not been heard. The ticks have ended before. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(GRACE_MS, MILLISECONDS)) {
                brokenOff = true;
                breakOff.run();
                threads.awaitTermination(CLOSE_MS, MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        finished.drainTo(unnoted);
        if (!unnoted.isEmpty()) {
            try {
                exchange(Map.of());
            } catch (Unavailable e) {
                // Their leases end, and then they are sent again.
                LOG.warn("what became of {} events can't be noted [cause={}]", unnoted.size(), e.getMessage());
            }
        }
    }
}
