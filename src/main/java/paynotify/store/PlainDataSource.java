package paynotify.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.function.LongConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens connections of our own, one for each call. Logs in within the bounds of {@code connectTimeout} and
 * {@code socketTimeout}, and may wait longer afterwards. Thread-safe.
 */
final class PlainDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private static final int CONNECT_SECONDS = 2;
    /** For the answers of the login: no longer than a callback waits for it. A transaction sets its own bound. */
    private static final int READ_SECONDS = 2;
    /**
     * A host that hangs is asked twice, with TLS and (sslmode=prefer, the driver's default) without, before the next one
     * of {@code db.url} is: the driver would wait 5 s, or READ_SECONDS, for the first.
     */
    private static final int TLS_ANSWER_MS = 1_000;

    /**
     * So many bytes the driver collects before it sends them. Its own 8 KB are six sends for a group of thirty callbacks, and
     * the server begins to read at the first.
     */
    private static final int SEND_BUFFER_BYTES = 64 << 10;

    private final int readMs;
    private final transient LongConsumer foundDead;

    private PlainDataSource(int readMs, LongConsumer foundDead) {
        this.readMs = readMs;
        this.foundDead = foundDead;
    }

    /**
     * @param readMs how long an answer may take after the login; 0 for socketTimeout
     * @param foundDead told when a connection was asked whether it lives, and did not answer; the {@link System#nanoTime}
     *     when it was opened
     */
    static DataSource of(DatabaseSettings settings, int readMs, LongConsumer foundDead) {
        String url = settings.url().reveal();
        PlainDataSource plain = new PlainDataSource(readMs, foundDead);
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
        if (inUrl.getProperty("maxSendBufferSize") == null) {
            plain.setMaxSendBufferSize(SEND_BUFFER_BYTES);
        }
        if (inUrl.getProperty("ApplicationName") == null) {
            plain.setApplicationName("notify");
        }
        return plain;
    }

    @Override
    public Connection getConnection() throws SQLException {
        long openedNanos = System.nanoTime();
        Connection connection = super.getConnection();
        if (readMs > 0) {
            connection.setNetworkTimeout(Runnable::run, readMs);
        }
        return (Connection) Proxy.newProxyInstance(
                PlainDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> call(connection, openedNanos, method, arguments));
    }

    /** The pool asks its connections by {@code isValid}, and tells nobody what they answer. */
    private @Nullable Object call(Connection connection, long openedNanos, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            Object result = method.invoke(connection, arguments);
            if (method.getName().equals("isValid") && Boolean.FALSE.equals(result)) {
                foundDead.accept(openedNanos);
            }
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
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
