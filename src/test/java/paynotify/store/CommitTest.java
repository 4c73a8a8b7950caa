package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Database;
import paynotify.kit.Postgres;

/** On a real PostgreSQL, in both of its protocols. */
class CommitTest {
    private static final String EXTENDED = "extended";
    private static final String SIMPLE = "simple";

    private static final RowsSql NUMBERS =
            RowsSql.of("INSERT INTO t SELECT n FROM", "k", "n bigint", " WHERE TRUE" + Writes.RETURNING);

    private static final RowsSql NONE = RowsSql.of(
            "UPDATE t SET n = 1000 FROM", "k", "n bigint", " WHERE t.n = k.n + 1000 RETURNING TRUE AS counted");

    private final Database database = Postgres.shared().newDatabase();
    private int next;

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

    /** Behind a pooler the COMMIT may have another statement's name, and nothing is committed though all succeeds. */
    @ParameterizedTest
    @ValueSource(strings = {EXTENDED, SIMPLE})
    void run_commitIsTakenForAnotherStatement_isNoSuccess(String mode) throws SQLException {
        try (Connection connection = connect(mode)) {
            Connection misled = (Connection) Proxy.newProxyInstance(
                    CommitTest.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) ->
                            method.invoke(connection, ((String) arguments[0]).replace("; COMMIT;", "; SELECT 1;")));
            run(connection, "insert into t values (1)");
            assertThrows(SQLException.class, () -> Commit.run(misled, new Writes()));
            connection.rollback();
            assertEquals(0, database.count("t"));
        }
    }

    /** The server counts, for nobody looks in between. */
    @ParameterizedTest
    @ValueSource(strings = {EXTENDED, SIMPLE})
    void run_writes_areAllOrNone(String mode) throws SQLException {
        try (Connection connection = connect(mode)) {
            for (int rows : new int[] {1, RowsSql.FEW_MAX, RowsSql.FEW_MAX + 1}) {
                Writes last = numbers(rows, rows);
                last.add(NONE, List.of(0), columns -> columns.number(Long::valueOf), 1, "t");
                IllegalStateException failure =
                        assertThrows(IllegalStateException.class, () -> Commit.run(connection, last));
                assertEquals("expected to write 1 rows of t, found that it was 0", failure.getMessage());
                connection.rollback();
                assertEquals(0, database.count("t"));
            }
            Commit.run(connection, numbers(3, 3));
            Writes anew = numbers(20, 20);
            anew.planAnew();
            Commit.run(connection, anew);
            assertEquals(23, database.count("t"));
        }
    }

    /** The server keeps a plan for each text: few rows of one table beside many of another make none of their own. */
    @Test
    void sql_numbersThatDiffer_haveOneText() {
        Writes one = numbers(2, 2);
        one.add(NONE, List.of(1), columns -> columns.number(Long::valueOf), 1, "t");
        Writes other = numbers(7, 7);
        other.add(NONE, List.of(1, 2, 3), columns -> columns.number(Long::valueOf), 1, "t");
        assertEquals(one.statements(), other.statements());
        assertNotEquals(numbers(7, 7).statements(), numbers(8, 8).statements());
        assertEquals(numbers(9, 9).statements(), numbers(80, 80).statements());
    }

    private Writes numbers(int rows, int mustBe) {
        Writes last = new Writes();
        List<Integer> numbers = IntStream.range(0, rows).mapToObj(i -> next + i).toList();
        next += rows;
        last.add(NUMBERS, numbers, columns -> columns.number(Long::valueOf), mustBe, "t");
        return last;
    }

    private static void fail(Connection connection) throws SQLException {
        run(connection, "insert into t values (1)");
        assertThrows(SQLException.class, () -> run(connection, "select 1 / 0"));
    }
}
