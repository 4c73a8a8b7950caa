package paynotify.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.Properties;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;
import paynotify.config.ConfigException;

/**
 * Where connections come from: a pool of our own, or a DataSource that Tomcat holds. Thread-safe.
 *
 * @param connections for callbacks, at most {@code size} at once
 * @param forMigrations for migrations, which may take longer than a callback
 * @param own our own pool, to be closed; null if it is Tomcat's
 */
record Pool(
        DataSource connections,
        int size,
        DataSource forMigrations,
        @Nullable HikariDataSource own) implements AutoCloseable {
    /** How long a callback waits for a connection. */
    private static final int POOL_WAIT_MS = 2_000;
    /** How long a connection that has been idle may take to show that it lives. */
    private static final int VALIDATION_MS = 1_000;

    private static final int CONNECT_SECONDS = 2;
    /** Above what any callback waits for, so that this only ends what nobody waits for any more. */
    private static final int CALLBACK_READ_SECONDS = 10;

    private static final int MIGRATION_READ_SECONDS = 3_600;

    /** Opens no connection yet: the database may be away. */
    static Pool open(DatabaseSettings settings) throws ConfigException {
        if (settings.jndi() != null) {
            DataSource held = held(settings.jndi());
            return new Pool(held, settings.poolSize(), held, null);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("notify");
        config.setDataSource(plain(settings, CALLBACK_READ_SECONDS));
        config.setAutoCommit(false);
        config.setMaximumPoolSize(settings.poolSize());
        config.setConnectionTimeout(POOL_WAIT_MS);
        config.setValidationTimeout(VALIDATION_MS);
        config.setInitializationFailTimeout(-1);
        HikariDataSource own = new HikariDataSource(config);
        return new Pool(own, settings.poolSize(), plain(settings, MIGRATION_READ_SECONDS), own);
    }

    // What the name names is the administrator's; nothing that a caller sends gets here.
    @SuppressWarnings("BanJNDI")
    private static DataSource held(String name) throws ConfigException {
        String found;
        try {
            Object object = new InitialContext().lookup(name);
            if (object instanceof DataSource dataSource) {
                return dataSource;
            }
            found = object == null ? "nothing" : object.getClass().getName();
        } catch (NamingException e) {
            found = e.toString();
        }
        throw new ConfigException(List.of("db.jndi: expected a DataSource at " + name + ", found " + found));
    }

    private static DataSource plain(DatabaseSettings settings, int readSeconds) {
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setURL(settings.url());
        plain.setUser(settings.user());
        plain.setPassword(settings.password().reveal());
        Properties inUrl = Driver.parseURL(settings.url(), null);
        if (inUrl == null || inUrl.getProperty("connectTimeout") == null) {
            plain.setConnectTimeout(CONNECT_SECONDS);
        }
        if (inUrl == null || inUrl.getProperty("socketTimeout") == null) {
            plain.setSocketTimeout(readSeconds);
        }
        if (inUrl == null || inUrl.getProperty("ApplicationName") == null) {
            plain.setApplicationName("notify");
        }
        plain.setTcpKeepAlive(true);
        return plain;
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
