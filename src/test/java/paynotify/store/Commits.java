package paynotify.store;

import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;

/** How a mocked connection answers a {@link Commit}. */
final class Commits {
    /** What its statement holds. */
    static final String COMMIT = "; COMMIT;";

    private Commits() {}

    /** A connection whose commits are done. */
    static PreparedStatement of(Connection connection) throws SQLException {
        return of(connection, mark -> mark);
    }

    /** @param answer what is read after the COMMIT of a transaction that has set this mark */
    static PreparedStatement of(Connection connection, UnaryOperator<String> answer) throws SQLException {
        PreparedStatement statement = mock(PreparedStatement.class);
        ResultSet found = mock(ResultSet.class);
        ThreadLocal<String> mark = new ThreadLocal<>();
        when(connection.createStatement()).thenReturn(mock(Statement.class));
        when(connection.prepareStatement(contains(COMMIT))).thenReturn(statement);
        doAnswer(call -> {
                    mark.set(call.getArgument(1));
                    return null;
                })
                .when(statement)
                .setString(anyInt(), anyString());
        when(statement.execute()).thenReturn(true);
        when(statement.getResultSet()).thenReturn(found);
        when(found.next()).thenReturn(true);
        when(found.getString(1)).thenAnswer(call -> answer.apply(mark.get()));
        return statement;
    }
}
