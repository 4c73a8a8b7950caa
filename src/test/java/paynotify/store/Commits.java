package paynotify.store;

import static org.mockito.ArgumentMatchers.startsWith;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** How a mocked connection answers a {@link Commit}. */
final class Commits {
    /** What its statement begins with. */
    static final String COMMIT = "SELECT set_config('paynotify.commit'";

    private Commits() {}

    /** A connection whose commits are done. */
    static Statement of(Connection connection) throws SQLException {
        return of(connection, mark -> mark);
    }

    /** @param answer what SHOW says after the COMMIT of a transaction that has set this mark */
    static Statement of(Connection connection, UnaryOperator<String> answer) throws SQLException {
        Statement statement = mock(Statement.class);
        ResultSet shown = mock(ResultSet.class);
        when(connection.createStatement()).thenReturn(statement);
        AtomicInteger commits = new AtomicInteger();
        when(statement.execute(startsWith(COMMIT))).thenAnswer(call -> {
            String mark = "mark " + commits.incrementAndGet();
            when(shown.getString(1)).thenReturn(mark, answer.apply(mark));
            return true;
        });
        when(statement.getResultSet()).thenReturn(shown);
        when(shown.next()).thenReturn(true);
        return statement;
    }
}
