package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import paynotify.config.ConfigException;
import paynotify.sender.Finding;
import paynotify.sender.Nothing;
import paynotify.sender.Payment;
import paynotify.sender.Refund;

/** The one way into the database: a callback in, what became of it out, all in one transaction. Thread-safe. */
public final class Store implements AutoCloseable {
    /**
     * From the body's last byte to our giving up. WeChat waits 5 s in all (protocol.md, section 1.3); the rest is for
     * the way back.
     */
    private static final int SETTLE_MS = 4_500;
    /** {@code GET /notify/health} says DOWN after this time. */
    private static final int PING_MS = 1_000;

    private final Pool pool;
    private final Database database;
    /** Apart from the callbacks, so that neither a locked order says DOWN nor a flood of questions holds up callbacks. */
    private final Database health;

    private final SchemaStart schema;

    private Store(Pool pool, boolean migrate) {
        this.pool = pool;
        this.database = new Database("notify-writer", pool.connections(), pool.size());
        this.health = new Database("notify-health", pool.connections(), 1);
        this.schema = SchemaStart.start(pool.forMigrations(), migrate);
    }

    /**
     * Opens the store, also if the database is away.
     *
     * @throws ConfigException if there is no such DataSource
     * @throws SchemaException if the database is there, but its tables are not as they must be
     */
    public static Store open(DatabaseSettings settings) throws ConfigException, SchemaException {
        Store store = new Store(Pool.open(settings), settings.migrate());
        try {
            store.schema.awaitFirstTry();
        } catch (SchemaException e) {
            store.close();
            throw e;
        }
        return store;
    }

    /**
     * Applies what is verified, writes the log row, commits, and then returns.
     *
     * @throws Unavailable if it could not be done in time: the sender must come again
     */
    public Decision settle(Entry entry, Finding finding) throws Unavailable {
        if (!schema.ready()) {
            throw new Unavailable("the tables are not ready");
        }
        long deadlineNanos = entry.callback().bodyReadNanos() + MILLISECONDS.toNanos(SETTLE_MS);
        return database.inTransaction(deadlineNanos, connection -> {
            Decision decision = decide(connection, finding);
            PaymentLog.insert(connection, entry, finding.claims(), decision);
            return decision;
        });
    }

    private static Decision decide(Connection connection, Finding finding) throws SQLException {
        if (finding instanceof Payment payment) {
            return PaymentDao.apply(connection, payment);
        }
        if (finding instanceof Refund refund) {
            return RefundDao.apply(connection, refund);
        }
        Nothing nothing = (Nothing) finding;
        return new Decision(nothing.outcome(), nothing.detail());
    }

    /** Whether callbacks can be settled now. Takes {@value #PING_MS} ms at most. */
    public boolean isUp() {
        try {
            return schema.ready()
                    && health.inTransaction(System.nanoTime() + MILLISECONDS.toNanos(PING_MS), connection -> {
                        try (Statement ping = connection.createStatement()) {
                            return ping.execute("SELECT 1");
                        }
                    });
        } catch (Unavailable e) {
            return false;
        }
    }

    @Override
    public void close() {
        schema.close();
        database.close();
        health.close();
        pool.close();
    }
}
