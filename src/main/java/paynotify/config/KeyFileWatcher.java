package paynotify.config;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at all key files every {@value #EVERY_SECONDS} s, in a thread of its own. Thread-safe. */
public final class KeyFileWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFileWatcher.class);
    private static final int EVERY_SECONDS = 5;
    private static final int CLOSE_SECONDS = 5;

    private final List<Reloadable<?>> values;
    private final ScheduledExecutorService thread;
    private final Future<?> running;

    public KeyFileWatcher(List<Reloadable<?>> values, Clock clock) {
        this.values = List.copyOf(values);
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread daemon = new Thread(task, "notify-keys");
            daemon.setDaemon(true);
            return daemon;
        });
        this.running = thread.scheduleWithFixedDelay(() -> refresh(clock), 0, EVERY_SECONDS, SECONDS);
    }

    private void refresh(Clock clock) {
        for (Reloadable<?> value : values) {
            try {
                value.refresh(clock.instant());
            } catch (RuntimeException | Error e) {
                // Thrown on, it would end the watch.
                LOG.error("a key file can't be looked at", e);
            }
        }
    }

    @Override
    public void close() {
        running.cancel(true);
        thread.shutdownNow();
        try {
            thread.awaitTermination(CLOSE_SECONDS, SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
