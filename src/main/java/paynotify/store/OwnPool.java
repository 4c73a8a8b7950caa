package paynotify.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool that nobody else uses. If one of its connections has died, they all may have (a firewall or a virtual IP forgets
 * them together): then the idle ones are closed, and those in use when they come back. Otherwise callbacks would find them
 * out one by one, each after a timeout. Thread-safe.
 */
final class OwnPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OwnPool.class);

    /** What is older has been closed, or will be when it comes back. */
    private final AtomicLong trustedSinceNanos = new AtomicLong(System.nanoTime());

    private volatile @Nullable HikariDataSource pool;

    static OwnPool of(HikariDataSource pool) {
        OwnPool own = new OwnPool();
        own.pool = pool;
        return own;
    }

    /** Once. Connects nothing yet. */
    HikariDataSource open(HikariConfig config) {
        HikariDataSource opened = new HikariDataSource(config);
        pool = opened;
        return opened;
    }

    /**
     * To be told of each connection that has died.
     *
     * @param takenNanos {@link System#nanoTime} when it was opened, or was last taken from the pool
     */
    void distrustIdle(long takenNanos) {
        long since = trustedSinceNanos.get();
        HikariPoolMXBean idle = pool == null ? null : pool.getHikariPoolMXBean();
        if (idle == null || takenNanos - since < 0 || !trustedSinceNanos.compareAndSet(since, System.nanoTime())) {
            return;
        }
        LOG.warn("a connection to the database has died: closing the idle ones, which may have died with it");
        idle.softEvictConnections();
    }

    /** Null before it is open, and while it makes no connection. */
    @Nullable
    PoolFigures figures() {
        HikariDataSource open = pool;
        HikariPoolMXBean bean = open == null ? null : open.getHikariPoolMXBean();
        return open == null || bean == null
                ? null
                : new PoolFigures(
                        bean.getActiveConnections(),
                        bean.getIdleConnections(),
                        bean.getThreadsAwaitingConnection(),
                        bean.getTotalConnections(),
                        open.getMaximumPoolSize(),
                        open.getMinimumIdle());
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.close();
        }
    }
}
