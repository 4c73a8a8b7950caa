package paynotify.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.kit.Wait;

/** What the start makes of a database that is away, or not as it must be. The real thing: StoreTest and the ITs. */
class SchemaTest {
    private final DataSource database = mock(DataSource.class);
    private final Pool pool = new Pool(mock(DataSource.class), 1, true, database, null);
    private final Connection connection = mock(Connection.class, RETURNS_DEEP_STUBS);

    @ParameterizedTest
    @CsvSource({
        ", true",
        "08001, true",
        "08006, true",
        "57P03, true",
        "53300, true",
        "25006, true",
        "55P03, true",
        "40001, true",
        "28P01, false",
        "3D000, false",
        "42501, false"
    })
    void bring_loginFails_isAwayOrAFaultByItsState(String sqlState, boolean away) throws SQLException {
        when(database.getConnection()).thenThrow(new SQLException("no login\n  Detail: of 4200", sqlState));
        if (away) {
            assertThrows(Unavailable.class, () -> Schema.bring(database, true, () -> {}));
        } else {
            SchemaException fault = assertThrows(SchemaException.class, () -> Schema.bring(database, true, () -> {}));
            assertEquals(
                    "db.url, db.user, db.password: expected a login to the database, found: no login",
                    fault.getMessage());
        }
    }

    /** As a server says it that lacks the old zone names. */
    @Test
    void bring_zoneThatTheServerDoesNotKnow_isAFaultWithAHint() throws SQLException {
        when(database.getConnection())
                .thenThrow(new SQLException(
                        "FATAL: invalid value for parameter \"TimeZone\": \"Asia/Calcutta\"", "22023"));
        SchemaException fault = assertThrows(SchemaException.class, () -> Schema.bring(database, true, () -> {}));
        assertEquals(
                "db.url, db.user, db.password: expected a login to the database, found: FATAL: invalid value for"
                        + " parameter \"TimeZone\": \"Asia/Calcutta\" (it is the zone of Tomcat's JVM: give that one that"
                        + " the server knows, like -Duser.timezone=Asia/Shanghai)",
                fault.getMessage());
    }

    @Test
    void bring_oldServer_isAFault() throws SQLException {
        when(database.getConnection()).thenReturn(connection);
        when(connection.getMetaData().getDatabaseMajorVersion()).thenReturn(13);
        SchemaException fault = assertThrows(SchemaException.class, () -> Schema.bring(database, true, () -> {}));
        assertEquals("db.url: expected PostgreSQL 14 or newer, found 13", fault.getMessage());
    }

    @Test
    void start_loginHangs_goesOnWithoutTheDatabase() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        when(database.getConnection()).thenAnswer(call -> {
            release.await();
            throw new SQLException("released", "08001");
        });
        try (SchemaStart start = SchemaStart.start(pool, true, SchemaStart.POOLER_MS)) {
            start.awaitFirstTry();
            assertFalse(start.ready());
            release.countDown();
        }
    }

    @Test
    void start_errorInTheLibrary_isAFaultAndNoSilence() throws Exception {
        when(database.getConnection()).thenReturn(connection);
        when(connection.getMetaData()).thenThrow(new NoClassDefFoundError("x"));
        try (SchemaStart start = SchemaStart.start(pool, true, SchemaStart.POOLER_MS)) {
            SchemaException fault = assertThrows(SchemaException.class, start::awaitFirstTry);
            assertTrue(fault.getMessage().contains("NoClassDefFoundError"), fault.getMessage());
        }
    }

    @Test
    void start_faultThatComesLater_isToldAndTriedAgain() throws Exception {
        when(database.getConnection())
                .thenThrow(new SQLException("away", "08001"))
                .thenThrow(new SQLException("wrong password", "28P01"))
                .thenThrow(new SQLException("wrong password", "28P01"));
        try (SchemaStart start = SchemaStart.start(pool, true, SchemaStart.POOLER_MS)) {
            start.awaitFirstTry();
            Wait.until(
                    Duration.ofSeconds(10),
                    () -> mockingDetails(database).getInvocations().size() >= 3,
                    () -> "tried again");
            assertFalse(start.ready());
        }
    }

    @Test
    void awaitFirstTryAndClose_interrupted_staysInterrupted() throws Exception {
        when(database.getConnection()).thenThrow(new SQLException("away", "08001"));
        SchemaStart start = SchemaStart.start(pool, true, SchemaStart.POOLER_MS);
        Thread.currentThread().interrupt();
        start.close();
        assertTrue(Thread.interrupted());
        Thread.currentThread().interrupt();
        start.awaitFirstTry();
        assertTrue(Thread.interrupted());
    }

    @Test
    void start_itsThreadInterrupted_ends() throws Exception {
        when(database.getConnection()).thenThrow(new SQLException("away", "08001"));
        SchemaStart start = SchemaStart.start(pool, true, SchemaStart.POOLER_MS);
        start.awaitFirstTry();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("notify-schema")) {
                thread.interrupt();
                thread.join(SECONDS.toMillis(5));
                assertFalse(thread.isAlive());
            }
        }
        start.close();
    }

    @Test
    void checkServer_connectionWithoutAutocommit_isGivenBackClean() throws SQLException {
        when(database.getConnection()).thenReturn(connection);
        when(connection.getMetaData().getDatabaseMajorVersion()).thenReturn(18);
        when(connection.createStatement().executeQuery(anyString()).getString(1))
                .thenReturn("UTF8");
        when(connection.getAutoCommit()).thenReturn(false);
        // The mock knows no more of PostgreSQL, so Flyway gives up after that.
        assertThrows(Exception.class, () -> Schema.bring(database, false, () -> {}));
        verify(connection).rollback();
    }
}
