package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the tables ready in a thread of its own, so that the application starts although the database is away, or somebody
 * holds a lock that a migration needs, and works as soon as it can: until then callbacks are answered 503, and it tries
 * again every {@value #RETRY_MS} ms. Then it looks every minute whether a pooler has come in between that loses
 * transactions. Thread-safe.
 */
final class SchemaStart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaStart.class);
    private static final int LOGIN_MS = 2_000;
    private static final int FIRST_TRY_MS = 60_000;
    private static final int RETRY_MS = 1_000;
    /** How often a pooler is looked for. */
    static final int POOLER_MS = 60_000;

    private static final int CLOSE_MS = 5_000;
    private static final String NOT_YET = "the tables are not ready";

    private final DataSource database;
    private final DataSource connections;
    /** The key that names the database, and what is wrong if a pooler shares its backends. */
    private final String sharedBackends;

    private final int poolerMs;
    private final boolean migrate;
    private final CompletableFuture<Boolean> login = new CompletableFuture<>();
    private final CompletableFuture<Boolean> firstTry = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "notify-schema");
    /** What is in the way; null if the tables are as they must be, and the connections can be trusted. */
    private volatile @Nullable String trouble = NOT_YET;

    private SchemaStart(Pool pool, boolean migrate, int poolerMs) {
        this.database = pool.forMigrations();
        this.connections = pool.connections();
        this.sharedBackends = (pool.limited() ? "db.url" : "db.jndi")
                + ": expected connections with a backend of their own, found that they share them: a pooler as PgBouncer"
                + " must be in pool_mode = session";
        this.migrate = migrate;
        this.poolerMs = poolerMs;
        thread.setDaemon(true);
    }

    /** @param poolerMs how often a pooler is looked for */
    static SchemaStart start(Pool pool, boolean migrate, int poolerMs) {
        SchemaStart start = new SchemaStart(pool, migrate, poolerMs);
        start.thread.start();
        return start;
    }

    /** Whether callbacks can be settled. */
    boolean ready() {
        return trouble == null;
    }

    /** @throws Unavailable if callbacks can't be settled */
    void requireReady() throws Unavailable {
        String found = trouble;
        if (found != null) {
            throw new Unavailable(found);
        }
    }

    /**
     * Returns as soon as the tables are ready or the database is known to be away. Waits {@value #LOGIN_MS} ms for the
     * database to let us in, and then as long as it works, {@value #FIRST_TRY_MS} ms at most.
     *
     * @throws SchemaException if the database is there and its tables are not right
     */
    void awaitFirstTry() throws SchemaException {
        try {
            CompletableFuture.anyOf(login, firstTry).get(LOGIN_MS, MILLISECONDS);
            firstTry.get(FIRST_TRY_MS, MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("the database has not answered yet: starting without it, answering 503 until it does");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SchemaException fault) {
                throw fault;
            }
            Throwable failure = Loggable.copy(e.getCause() == null ? e : e.getCause());
            throw new SchemaException("db.schema: unexpected failure: " + failure.getMessage(), failure);
        }
    }

    private void run() {
        if (bringTables()) {
            while (!isClosedWithin(poolerMs)) {
                lookForPooler();
            }
        }
    }

    /** Returns true when they are ready, and false if this is closed before. */
    private boolean bringTables() {
        String said = "";
        do {
            String found = tryOnce();
            if (found == null) {
                return true;
            }
            if (!found.isEmpty() && !found.equals(said)) {
                LOG.error("answering 503, trying again every second [cause={}]", found);
                said = found;
            }
        } while (!isClosedWithin(RETRY_MS));
        return false;
    }

    /** Somebody may change its mode while we run. */
    private void lookForPooler() {
        PoolMode.Backends found = PoolMode.of(connections);
        if (found == PoolMode.Backends.SHARED && ready()) {
            trouble = sharedBackends;
            LOG.error("answering 503 until it is mended [cause={}]", sharedBackends);
        } else if (found == PoolMode.Backends.OWN && !ready()) {
            trouble = null;
            LOG.info("the connections have backends of their own again");
        }
    }

    private void refusePooler() throws SchemaException {
        login.complete(true);
        if (PoolMode.of(connections) == PoolMode.Backends.SHARED) {
            throw new SchemaException(sharedBackends);
        }
    }

    /** Returns what is in the way, or null if the tables are ready. */
    private @Nullable String tryOnce() {
        try {
            Schema.bring(database, migrate, this::refusePooler);
            trouble = null;
            LOG.info("the database is there, and its tables are ready");
            firstTry.complete(true);
            return null;
        } catch (Unavailable e) {
            firstTry.complete(false);
            return "the database is away or busy: " + e.getMessage();
        } catch (SchemaException | RuntimeException | Error e) {
            // The first time, it is for whoever waits to tell. (Flyway throws an Error where it can't read its own
            // jar.)
            return firstTry.completeExceptionally(e) ? "" : Loggable.line(e);
        }
    }

    private boolean isClosedWithin(int millis) {
        try {
            return closed.await(millis, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
