package paynotify.background;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that don't keep the JVM alive, under names by which they are found in a thread dump. */
public final class DaemonThreads {
    private static final int KEPT_SECONDS = 30;

    private DaemonThreads() {}

    /** Each thread has this name. */
    static ThreadFactory named(String name) {
        return task -> daemon(task, name);
    }

    /**
     * Threads for so many tasks at once; one task more is refused. A thread that has nothing to do goes after {@value
     * #KEPT_SECONDS} s.
     *
     * @param name of each, with a number behind it
     */
    public static ThreadPoolExecutor upTo(int most, String name) {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0,
                most,
                KEPT_SECONDS,
                SECONDS,
                new SynchronousQueue<>(),
                task -> daemon(task, name + "-" + number.incrementAndGet()));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
