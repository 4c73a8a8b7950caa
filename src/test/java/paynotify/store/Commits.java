package paynotify.store;

import static org.mockito.ArgumentMatchers.startsWith;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;

/** How a mocked connection answers a {@link Commit}. */
final class Commits {
    /** What its statement begins with. */
    static final String COMMIT = "SET paynotify.commit";

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
        when(statement.execute(startsWith(COMMIT))).thenAnswer(call -> {
            String mark =
                    call.<String>getArgument(0).replaceFirst("SET paynotify\\.commit = '(\\w+)'; COMMIT; SHOW.*", "$1");
            when(shown.getString(1)).thenReturn(answer.apply(mark));
            return false;
        });
        when(statement.getMoreResults()).thenReturn(false, true, false, true, false, true);
        when(statement.getResultSet()).thenReturn(shown);
        when(shown.next()).thenReturn(true);
        return statement;
    }
}
