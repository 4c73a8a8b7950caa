package paynotify.inquiry;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.sender.Sender;
import paynotify.store.Store;
import paynotify.store.Unavailable;

/**
 * The threads of what nobody calls us for: one that replays, and where an account inquires, one that asks and one that
 * looks for what comes of age. They begin at
 * once and go on whatever happens; while the database is away they wait. Closed before the store is. Thread-safe.
 */
public final class BackgroundWork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);

    private static final int REPLAY_EVERY_MS = 1_000;
    private static final int INQUIRE_EVERY_MS = 500;
    private static final int LOOK_EVERY_MS = 2_000;
    private static final int CLOSE_MS = 6_000;

    private final List<ScheduledExecutorService> threads = new ArrayList<>();
    private final List<Future<?>> running = new ArrayList<>();
    private final @Nullable HttpClient client;
    private final Inquirer inquirer;
    private final Replay replay;

    /** @param accounts the senders by the names of their accounts */
    public BackgroundWork(InquirySettings settings, Map<String, Sender> accounts, Store store, Clock clock) {
        int connections = Inquirer.connections(accounts.values());
        HttpClient opened = connections == 0 ? null : new HttpClient(settings, connections);
        this.client = opened;
        this.inquirer = new Inquirer(
                settings,
                accounts,
                store,
                (address, request) -> {
                    if (opened == null) {
                        throw new IllegalStateException("no account inquires");
                    }
                    return opened.send(address, request);
                },
                clock,
                System::nanoTime);
        this.replay = new Replay(accounts, store.replays());
        if (opened == null) {
            // One thread for both: all there is to do is to tell who asks that no account does.
            every("notify-replay", REPLAY_EVERY_MS, () -> {
                replay.tick();
                inquirer.tick();
                inquirer.look();
            });
        } else {
            every("notify-replay", REPLAY_EVERY_MS, replay::tick);
            every("notify-inquiry", INQUIRE_EVERY_MS, inquirer::tick);
            every("notify-enrol", LOOK_EVERY_MS, inquirer::look);
        }
    }

    /** What is done again and again. */
    @FunctionalInterface
    private interface Tick {
        void run() throws Unavailable;
    }

    private void every(String name, int millis, Tick tick) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread daemon = new Thread(task, name);
            daemon.setDaemon(true);
            return daemon;
        });
        threads.add(thread);
        boolean[] well = {true};
        running.add(
                thread.scheduleWithFixedDelay(() -> well[0] = run(name, tick, well[0]), millis, millis, MILLISECONDS));
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

    @Override
    public void close() {
        // Not by interrupts: what a tick has claimed must be known to be claimed.
        running.forEach(each -> each.cancel(false));
        threads.forEach(ScheduledExecutorService::shutdown);
        replay.stop();
        inquirer.stop();
        if (client != null) {
            client.close();
        }
        inquirer.close();
        try {
            for (ScheduledExecutorService thread : threads) {
                thread.awaitTermination(CLOSE_MS, MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
