package paynotify.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import paynotify.config.ConfigException;

/**
 * Where connections come from: a pool of our own, or a DataSource that Tomcat holds. Thread-safe.
 *
 * @param connections for callbacks, at most {@code size} at once
 * @param limited whether {@link TransactionRunner#LIMITS_OF_CONNECTION} hold in them already
 * @param forMigrations for migrations, which may take longer than a callback
 * @param own the pool as one of ours, to be closed; null if it is the shop's
 */
record Pool(
        DataSource connections,
        int size,
        boolean limited,
        DataSource forMigrations,
        @Nullable OwnPool own) implements AutoCloseable {
    /** How long a callback waits for a connection. */
    private static final int POOL_WAIT_MS = 2_000;
    /** How long a connection that has been idle may take to show that it lives. */
    private static final int VALIDATION_MS = 500;
    /** No connection is idle for longer: a firewall forgets none so soon, and what has died is found out by then. */
    private static final int KEEPALIVE_MS = 30_000;

    private static final int MIGRATION_READ_MS = 600_000;

    /** Opens no connection yet: the database may be away. */
    static Pool open(DatabaseSettings settings) throws ConfigException {
        if (settings.jndi() != null) {
            DataSource held = held(settings.jndi());
            // If it is of our own HikariCP's class, nobody else can be using it.
            OwnPool own = held instanceof HikariDataSource hikari ? OwnPool.of(hikari) : null;
            return new Pool(held, settings.poolSize(), false, held, own);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("notify");
        OwnPool own = new OwnPool();
        config.setDataSource(PlainDataSource.of(settings, 0, own::distrustIdle));
        config.setAutoCommit(false);
        // One more than callbacks use: for the health page.
        config.setMaximumPoolSize(settings.poolSize() + 1);
        config.setConnectionTimeout(POOL_WAIT_MS);
        config.setValidationTimeout(VALIDATION_MS);
        config.setKeepaliveTime(KEEPALIVE_MS);
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(TransactionRunner.LIMITS_OF_CONNECTION);
        // Otherwise it is not committed, and undone by the first transaction that fails.
        config.setIsolateInternalQueries(true);
        DataSource forMigrations = PlainDataSource.of(settings, MIGRATION_READ_MS, openedNanos -> {});
        return new Pool(own.open(config), settings.poolSize(), true, forMigrations, own);
    }

    // What the name names is the administrator's; nothing that a caller sends gets here.
    @SuppressWarnings("BanJNDI")
    private static DataSource held(String name) throws ConfigException {
        String found;
        try {
            // A pool that Tomcat makes of our HikariCP finds our driver only if it has been loaded.
            Class.forName(Driver.class.getName());
            Object object = new InitialContext().lookup(name);
            if (object instanceof DataSource dataSource) {
                return dataSource;
            }
            found = object == null ? "nothing" : object.getClass().getName();
        } catch (NamingException | ClassNotFoundException e) {
            found = e.toString();
        }
        throw new ConfigException(List.of("db.jndi: expected a DataSource at " + name + ", found " + found));
    }

    /**
     * After a connection that had died: the others are not trusted any more, where the pool is ours.
     *
     * @param takenNanos {@link System#nanoTime} when it was taken from the pool
     */
    void distrustIdle(long takenNanos) {
        if (own != null) {
            own.distrustIdle(takenNanos);
        }
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
