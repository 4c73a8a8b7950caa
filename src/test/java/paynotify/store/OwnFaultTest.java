package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;

class OwnFaultTest {
    @Test
    void of_failures_isByWhatTheDatabaseSays() {
        assertEquals(OwnFault.LOCK, OwnFault.of(new SQLException("lock timeout", "55P03")));
        assertEquals(OwnFault.LOCK, OwnFault.of(new IllegalStateException(new SQLException("deadlock", "40P01"))));
        assertEquals(OwnFault.DATABASE, OwnFault.of(new SQLException("away", "08006")));
        assertEquals(OwnFault.DATABASE, OwnFault.of(new SQLException("too long", "57014")));
        assertEquals(OwnFault.DATABASE, OwnFault.of(new SQLException("no code")));
        assertEquals(OwnFault.OTHER, OwnFault.of(new IllegalStateException("a bug")));
    }

    /** What HikariCP throws: with the cause of the last connection that could not be opened, or without. */
    @Test
    void of_aPoolThatGivesNone_isTheQueuesOrTheDatabases() {
        assertEquals(OwnFault.QUEUE, OwnFault.of(new SQLTransientConnectionException("request timed out")));
        assertEquals(
                OwnFault.DATABASE,
                OwnFault.of(new SQLTransientConnectionException(
                        "request timed out", "08001", new SQLException("refused", "08001"))));
    }

    @Test
    void unavailable_tellsWhoseFaultItIs() {
        assertEquals(OwnFault.DATABASE, new Unavailable("the tables are not ready").fault());
        assertEquals(OwnFault.QUEUE, new Unavailable(OwnFault.QUEUE, "too many").fault());
        assertEquals(
                "lock", new Unavailable(new SQLException("", "55P03")).fault().word());
    }
}
