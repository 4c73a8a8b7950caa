package paynotify.background;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.store.Unavailable;

/**
 * Threads that do something again and again, and go on whatever happens; while the database is away they wait. Stopped, then
 * closed, before the store is. Belongs to the thread that starts and stops the application.
 */
public final class PeriodicThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicThreads.class);

    /** How often it is looked whether it is time for what is done once a day. */
    private static final int DAILY_LOOK_MS = 1_000;
    /** How long {@link #close} waits for what runs. */
    private static final int CLOSE_MS = 6_000;

    private final List<ScheduledExecutorService> threads = new ArrayList<>();
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean stopped;

    /** What is done again and again. */
    @FunctionalInterface
    public interface Tick {
        /**
         * Does what is to be done now.
         *
         * @throws Unavailable if the database can't be had now
         */
        void run() throws Unavailable;
    }

    /**
     * Starts a thread of this name.
     *
     * @param millis between the end of one tick and the next one, and before the first
     */
    public void every(String name, int millis, Tick tick) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(name));
        threads.add(thread);
        boolean[] well = {true};
        running.add(
                thread.scheduleWithFixedDelay(() -> well[0] = run(name, tick, well[0]), millis, millis, MILLISECONDS));
    }

    /**
     * Starts a thread of this name for what is done at start and then once a day.
     *
     * @param ready whether it can be done already: the database may be away
     */
    public void daily(String name, BooleanSupplier ready, Daily.Work work) {
        Daily daily = new Daily(() -> !stopped && ready.getAsBoolean(), work, System::nanoTime);
        every(name, DAILY_LOOK_MS, daily::tick);
    }

    /** Once a failure, not each time. */
    private static boolean run(String name, Tick tick, boolean wasWell) {
        try {
            tick.run();
            return true;
        } catch (Unavailable e) {
            if (wasWell) {
                LOG.warn("{} waits for the database [cause={}]", name, e.getMessage());
            }
        } catch (RuntimeException | Error e) {
            // Thrown on, it would end the thread.
            LOG.error("{} failed, and goes on", name, e);
        }
        return false;
    }

    /** Begins no further tick, and no further piece of what is done once a day. Not by interrupts: what a tick has claimed must be known to be claimed. */
    public void stop() {
        stopped = true;
        running.forEach(each -> each.cancel(false));
        threads.forEach(ScheduledExecutorService::shutdown);
    }

    /** Waits for the ticks that run. */
    @Override
    public void close() {
        stop();
        try {
            for (ScheduledExecutorService thread : threads) {
                thread.awaitTermination(CLOSE_MS, MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
