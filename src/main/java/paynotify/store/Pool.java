package paynotify.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
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
 * @param limited whether {@link TransactionRunner#LIMITS_OF_CONNECTION} hold in them already
 * @param forMigrations for migrations, which may take longer than a callback
 * @param own the pool as one of ours, to be closed; null if it is the shop's
 */
record Pool(
        DataSource connections,
        int size,
        boolean limited,
        DataSource forMigrations,
        @Nullable HikariDataSource own) implements AutoCloseable {
    /** How long a callback waits for a connection. */
    private static final int POOL_WAIT_MS = 2_000;
    /** How long a connection that has been idle may take to show that it lives. */
    private static final int VALIDATION_MS = 1_000;

    private static final int CONNECT_SECONDS = 2;
    /** For the answers of the login: no longer than a callback waits for it. A transaction sets its own bound. */
    private static final int READ_SECONDS = 2;
    /**
     * A host that hangs is asked twice, with TLS and (sslmode=prefer, the driver's default) without, before the next one
     * of {@code db.url} is: the driver would wait 5 s, or READ_SECONDS, for the first.
     */
    private static final int TLS_ANSWER_MS = 1_000;

    private static final int MIGRATION_READ_MS = 600_000;

    /** Opens no connection yet: the database may be away. */
    static Pool open(DatabaseSettings settings) throws ConfigException {
        if (settings.jndi() != null) {
            DataSource held = held(settings.jndi());
            // If it is of our own HikariCP's class, nobody else can be using it.
            HikariDataSource own = held instanceof HikariDataSource hikari ? hikari : null;
            return new Pool(held, settings.poolSize(), false, held, own);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("notify");
        config.setDataSource(plain(settings, 0));
        config.setAutoCommit(false);
        // One more than callbacks use: for the health page.
        config.setMaximumPoolSize(settings.poolSize() + 1);
        config.setConnectionTimeout(POOL_WAIT_MS);
        config.setValidationTimeout(VALIDATION_MS);
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(TransactionRunner.LIMITS_OF_CONNECTION);
        // Otherwise it is not committed, and undone by the first transaction that fails.
        config.setIsolateInternalQueries(true);
        HikariDataSource own = new HikariDataSource(config);
        return new Pool(own, settings.poolSize(), true, plain(settings, MIGRATION_READ_MS), own);
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

    private static DataSource plain(DatabaseSettings settings, int readMs) {
        String url = settings.url().reveal();
        PGSimpleDataSource plain = new Plain(readMs);
        plain.setURL(url);
        plain.setUser(settings.user());
        plain.setPassword(settings.password().reveal());
        plain.setTcpKeepAlive(true);
        // The server's details quote rows, and rows hold the callback.
        plain.setLogServerErrorDetail(false);
        Properties inUrl = Objects.requireNonNull(Driver.parseURL(url, new Properties()));
        if (inUrl.getProperty("connectTimeout") == null) {
            plain.setConnectTimeout(CONNECT_SECONDS);
        }
        if (inUrl.getProperty("socketTimeout") == null) {
            plain.setSocketTimeout(READ_SECONDS);
        }
        if (inUrl.getProperty("sslResponseTimeout") == null) {
            plain.setSslResponseTimeout(TLS_ANSWER_MS);
        }
        if (inUrl.getProperty("ApplicationName") == null) {
            plain.setApplicationName("notify");
        }
        return plain;
    }

    /** Logs in within the bounds of {@code connectTimeout} and {@code socketTimeout}, and may wait longer afterwards. */
    private static final class Plain extends PGSimpleDataSource {
        private static final long serialVersionUID = 1L;

        private final int readMs;

        Plain(int readMs) {
            this.readMs = readMs;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            if (readMs > 0) {
                connection.setNetworkTimeout(Runnable::run, readMs);
            }
            return connection;
        }

        /** Not taken: for it the driver would start a thread for each attempt, and leave it behind. */
        @Override
        public void setLoginTimeout(int seconds) {
            // HikariCP sets it.
        }

        /** How long HikariCP waits, at its end, for the attempts that are under way. */
        @Override
        public int getLoginTimeout() {
            return CONNECT_SECONDS + TLS_ANSWER_MS / 1_000 + READ_SECONDS;
        }
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
