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
 * again every {@value #RETRY_MS} ms. Thread-safe.
 */
final class SchemaStart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaStart.class);
    private static final int LOGIN_MS = 2_000;
    private static final int FIRST_TRY_MS = 60_000;
    private static final int RETRY_MS = 1_000;
    private static final int CLOSE_MS = 5_000;

    private final DataSource database;
    private final boolean migrate;
    private final CompletableFuture<Boolean> login = new CompletableFuture<>();
    private final CompletableFuture<Boolean> firstTry = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "notify-schema");
    private volatile boolean ready;

    private SchemaStart(DataSource database, boolean migrate) {
        this.database = database;
        this.migrate = migrate;
        thread.setDaemon(true);
    }

    static SchemaStart start(DataSource database, boolean migrate) {
        SchemaStart start = new SchemaStart(database, migrate);
        start.thread.start();
        return start;
    }

    /** Whether the tables are as they must be. */
    boolean ready() {
        return ready;
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
        String said = "";
        do {
            String trouble = tryOnce();
            if (trouble == null) {
                return;
            }
            if (!trouble.equals(said)) {
                LOG.error("answering 503, trying again every second [cause={}]", trouble);
                said = trouble;
            }
        } while (!isClosedWithin(RETRY_MS));
    }

    /** Returns what is in the way, or null if the tables are ready. */
    private @Nullable String tryOnce() {
        try {
            Schema.bring(database, migrate, () -> login.complete(true));
            ready = true;
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
