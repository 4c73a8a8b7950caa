package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Database;
import paynotify.kit.Postgres;

/** On a real PostgreSQL, in both of its protocols. */
class CommitTest {
    private static final String EXTENDED = "extended";
    private static final String SIMPLE = "simple";

    private final Database database = Postgres.shared().newDatabase();

    private Connection connect(String mode) throws SQLException {
        database.execute("create table t (n int, unique (n) deferrable initially deferred)");
        Connection connection =
                database.at(database.url() + "?preferQueryMode=" + mode).connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {EXTENDED, SIMPLE})
    void run_transactionAfterTransaction_eachIsStored(String mode) throws SQLException {
        try (Connection connection = connect(mode)) {
            for (int i = 1; i <= 20; i++) {
                run(connection, "insert into t values (" + i + ")");
                Commit.run(connection, new Writes());
                assertEquals(i, database.count("t"));
                // None is open, which would hold the connection back from others.
                connection.setReadOnly(false);
            }
            run(connection, "insert into t values (21)");
            connection.rollback();
            assertEquals(20, database.count("t"));
        }
    }

    /** The database's refusal is told as such: with its SQLSTATE, and the connection can be used again. */
    @ParameterizedTest
    @ValueSource(strings = {EXTENDED, SIMPLE})
    void run_deferredConstraint_failsAsTheDatabaseSays(String mode) throws SQLException {
        try (Connection connection = connect(mode)) {
            run(connection, "insert into t values (1), (1)");
            SQLException refused = assertThrows(SQLException.class, () -> Commit.run(connection, new Writes()));
            assertEquals("23505", refused.getSQLState());
            connection.rollback();
            run(connection, "insert into t values (1)");
            Commit.run(connection, new Writes());
            assertEquals(1, database.count("t"));
        }
    }

    /** PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and the driver's commit() says nothing. */
    @ParameterizedTest
    @ValueSource(strings = {EXTENDED, SIMPLE})
    void run_failedTransaction_isNoSuccess(String mode) throws SQLException {
        try (Connection connection = connect(mode)) {
            fail(connection);
            assertDoesNotThrow(connection::commit);
            assertEquals(0, database.count("t"));
            fail(connection);
            assertThrows(SQLException.class, () -> Commit.run(connection, new Writes()));
            connection.rollback();
            assertFalse(connection.isClosed());
        }
    }

    private static void fail(Connection connection) throws SQLException {
        run(connection, "insert into t values (1)");
        assertThrows(SQLException.class, () -> run(connection, "select 1 / 0"));
    }
}
