package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import paynotify.kit.Database;
import paynotify.kit.Postgres;

/** What the log is told of a failure, with the driver as a pool of the shop's sets it: with all details. */
class LoggableTest {
    private static final String LINE = "ERROR: new row for relation \"t\" violates check constraint \"small\"";

    private static SQLException refused() throws SQLException {
        Database shop = Postgres.shared().newDatabase();
        shop.execute("create table t (body text constraint small check (length(body) < 3))");
        try (Connection connection = shop.connect();
                Statement statement = connection.createStatement()) {
            return assertThrows(SQLException.class, () -> statement.execute("insert into t values ('the payer')"));
        }
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void line_ofTheServersError_hasNoDetail() throws SQLException {
        SQLException refused = refused();
        assertTrue(refused.getMessage().contains("the payer"), refused.getMessage());
        assertEquals(LINE, Loggable.line(refused));
        assertEquals(LINE, Loggable.line(new IllegalStateException(refused.toString(), refused)));
        assertEquals(LINE, new Unavailable(refused).getMessage());
        assertEquals("a b", Loggable.line(new IllegalStateException("a\n b")));
        assertEquals("null", Loggable.line(new SQLException((String) null)));
        assertEquals("", Loggable.line(new SQLException("")));
    }

    @Test
    void copy_causesAndSuppressed_haveNoDetailAndTheirPlaces() throws SQLException {
        IllegalStateException failure = new IllegalStateException("ours", refused());
        failure.addSuppressed(new RuntimeException("while rolling back", refused()));
        assertTrue(trace(failure).contains("the payer"));
        String copied = trace(Loggable.copy(failure));
        assertFalse(copied.contains("the payer"), copied);
        assertFalse(copied.contains("Detail:"), copied);
        assertTrue(copied.contains("java.lang.IllegalStateException: ours"), copied);
        assertTrue(copied.contains("org.postgresql.util.PSQLException: " + LINE), copied);
        assertTrue(copied.contains("Suppressed: "), copied);
        assertTrue(copied.contains("at paynotify.store.LoggableTest.copy_causes"), copied);
    }

    /** Two that cause each other would be copied for ever. */
    @Test
    void copy_circle_ends() {
        RuntimeException one = new RuntimeException("one");
        RuntimeException two = new RuntimeException("two", one);
        one.initCause(two);
        one.addSuppressed(two);
        assertTrue(trace(Loggable.copy(one)).contains("two"));
        assertEquals("one", Loggable.line(one));
    }
}
