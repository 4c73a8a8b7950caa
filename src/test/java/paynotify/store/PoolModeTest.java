package paynotify.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.doNothing;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.PgBouncer;
import paynotify.kit.PgBouncer.Mode;
import paynotify.kit.Postgres;
import paynotify.kit.Wait;
import paynotify.store.PoolMode.Backends;

/** Told with certainty, for a wrong answer either refuses a good installation or loses payments. */
class PoolModeTest {
    private static final int TIMES = 20;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Database DIRECT = Postgres.shared().newDatabase();

    private static DataSource plain(Database database) {
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setURL(database.url());
        plain.setUser(database.user());
        plain.setPassword(database.password());
        return plain;
    }

    private static HikariDataSource pool(Database database, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(plain(database));
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    private static void assertAlways(Backends expected, DataSource pool) {
        for (int i = 0; i < TIMES; i++) {
            assertEquals(expected, PoolMode.of(pool));
        }
    }

    @Test
    void of_noPooler_isOwn() {
        try (HikariDataSource pool = pool(DIRECT, 3)) {
            assertAlways(Backends.OWN, pool);
        }
        assertAlways(Backends.OWN, plain(DIRECT));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void of_pgBouncer_isAsItsMode(Mode mode) {
        try (PgBouncer bouncer = PgBouncer.start(DIRECT, mode);
                HikariDataSource pool = pool(bouncer.database(), 3)) {
            assertAlways(mode == Mode.SESSION ? Backends.OWN : Backends.SHARED, pool);
            assertAlways(mode == Mode.SESSION ? Backends.OWN : Backends.SHARED, plain(bouncer.database()));
        }
    }

    /** It takes its backends in turn, of which it has as many as we ask connections, or more. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void of_roundRobin_isShared(int backends) throws Exception {
        try (PgBouncer bouncer = PgBouncer.start(DIRECT, Mode.TRANSACTION, "server_round_robin = 1")) {
            Connection[] warm = new Connection[backends];
            for (int i = 0; i < backends; i++) {
                warm[i] = bouncer.database().connect();
                warm[i].setAutoCommit(false);
                warm[i].createStatement().execute("select 1");
            }
            for (Connection each : warm) {
                each.rollback();
            }
            DataSource pool = mock(DataSource.class);
            // Kept open, so that no login of theirs puts the pooler's turn out of step.
            Connection one = keptOpen(warm[0]);
            Connection other = keptOpen(warm[1]);
            for (int i = 0; i < TIMES; i++) {
                when(pool.getConnection()).thenReturn(one, other);
                assertEquals(Backends.SHARED, PoolMode.of(pool));
            }
            for (Connection each : warm) {
                each.close();
            }
        }
    }

    private static Connection keptOpen(Connection connection) throws SQLException {
        Connection kept = mock(Connection.class, delegatesTo(connection));
        doNothing().when(kept).close();
        return kept;
    }

    /** While others use the pooler, too. */
    @Test
    void of_busyPgBouncer_isShared() throws Exception {
        try (PgBouncer bouncer = PgBouncer.start(DIRECT, Mode.TRANSACTION)) {
            AtomicInteger failures = new AtomicInteger();
            CountDownLatch end = new CountDownLatch(1);
            Thread[] others = new Thread[4];
            for (int i = 0; i < others.length; i++) {
                others[i] = new Thread(() -> {
                    try (Connection other = bouncer.database().connect()) {
                        while (end.getCount() > 0) {
                            other.createStatement().execute("select pg_sleep(random() / 200)");
                        }
                    } catch (SQLException e) {
                        failures.incrementAndGet();
                    }
                });
                others[i].start();
            }
            assertAlways(Backends.SHARED, plain(bouncer.database()));
            end.countDown();
            for (Thread each : others) {
                each.join();
            }
            assertEquals(0, failures.get());
        }
    }

    /** A pool that waits for ever: our own first connection must not be what we wait for. */
    @Test
    void of_poolOfOneConnection_isUnknownInTimeAndKeepsNone() throws Exception {
        try (HikariDataSource pool = pool(DIRECT, 1)) {
            long start = System.nanoTime();
            assertEquals(Backends.UNKNOWN, PoolMode.of(pool));
            assertTrue(System.nanoTime() - start < SECONDS.toNanos(4));
            try (Connection free = pool.getConnection()) {
                assertTrue(free.isValid(1));
            }
        }
    }

    @Test
    void of_poolThatFailsOrIsInterrupted_isUnknown() throws Exception {
        DataSource none = mock(DataSource.class);
        when(none.getConnection()).thenThrow(new SQLException("away"));
        assertEquals(Backends.UNKNOWN, PoolMode.of(none));
        Thread.currentThread().interrupt();
        assertEquals(Backends.UNKNOWN, PoolMode.of(plain(DIRECT)));
        assertTrue(Thread.interrupted());
        DataSource broken = mock(DataSource.class);
        Connection connection = mock(Connection.class);
        when(broken.getConnection()).thenReturn(connection);
        when(connection.createStatement()).thenThrow(new SQLException("broken"));
        assertEquals(Backends.UNKNOWN, PoolMode.of(broken));
        verify(connection).close();
    }

    /** As the pool gave it; a shop's may not put it right itself. */
    @Test
    void of_anyPool_getsItsConnectionsBackAsTheyWere() throws Exception {
        try (Connection one = DIRECT.connect();
                Connection other = DIRECT.connect()) {
            one.setAutoCommit(false);
            one.setNetworkTimeout(Runnable::run, 12_345);
            DataSource pool = mock(DataSource.class);
            Connection kept = keptOpen(one);
            when(pool.getConnection()).thenReturn(kept, other);
            assertEquals(Backends.OWN, PoolMode.of(pool));
            assertFalse(one.getAutoCommit());
            assertEquals(12_345, one.getNetworkTimeout());
        }
    }

    private static DatabaseSettings settings(Database database) {
        return new DatabaseSettings(
                null, new Secret(database.url()), database.user(), new Secret(database.password()), 2, true);
    }

    private static UnverifiedLimit limit() {
        return new UnverifiedLimit(20, 1 << 16, Clock.systemUTC());
    }

    @Test
    void open_pgBouncerInTransactionMode_isRefusedBeforeAnythingIsChanged() {
        Database empty = Postgres.shared().newDatabase();
        try (PgBouncer bouncer = PgBouncer.start(empty, Mode.TRANSACTION)) {
            SchemaException fault =
                    assertThrows(SchemaException.class, () -> Store.open(settings(bouncer.database()), limit()));
            assertEquals(
                    "db.url: expected connections with a backend of their own, found that they share them: a pooler as"
                            + " PgBouncer must be in pool_mode = session",
                    fault.getMessage());
        }
        assertEquals(0, empty.count("pg_tables where schemaname = 'public'"));
    }

    /** An administrator may put one in between, or change its mode, while we run. */
    @Test
    void start_poolerComesLater_is503UntilItIsGone() throws Exception {
        AtomicReference<DataSource> now = new AtomicReference<>(plain(DIRECT));
        DataSource connections = mock(DataSource.class);
        when(connections.getConnection()).thenAnswer(call -> now.get().getConnection());
        Pool pool = new Pool(connections, 1, false, plain(DIRECT), null);
        try (PgBouncer bouncer = PgBouncer.start(DIRECT, Mode.TRANSACTION);
                SchemaStart start = SchemaStart.start(pool, true, 50)) {
            start.awaitFirstTry();
            start.requireReady();
            now.set(plain(bouncer.database()));
            Wait.until(LIMIT, () -> !start.ready(), () -> "still trusted");
            Unavailable told = assertThrows(Unavailable.class, start::requireReady);
            assertTrue(told.getMessage().startsWith("db.jndi: expected connections with a backend"), told.getMessage());
            // Nothing is known, and nothing changes.
            now.set(plain(DIRECT.as("nobody", "wrong-password")));
            Thread.sleep(300);
            assertFalse(start.ready());
            now.set(plain(DIRECT));
            Wait.until(LIMIT, start::ready, () -> "still refused");
            start.requireReady();
        }
    }
}
