package paynotify.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a statement that works on a set of rows: one array for each column, which {@code unnest} makes rows
 * of again. So many callbacks cost one round trip, and the statement is the same for any number of them.
 */
final class Columns<T> {
    private final PreparedStatement statement;
    private final Collection<T> rows;
    private int parameters;

    Columns(PreparedStatement statement, Collection<T> rows) {
        this.statement = statement;
        this.rows = rows;
    }

    /** The next parameter: a text of each row, for {@code text[]}. */
    Columns<T> text(Function<T, @Nullable String> value) throws SQLException {
        return set("text", rows.stream().map(value).toArray(String[]::new));
    }

    /** The next parameter: a whole number of each row, for {@code bigint[]}. */
    Columns<T> number(Function<T, @Nullable Long> value) throws SQLException {
        return set("int8", rows.stream().map(value).toArray(Long[]::new));
    }

    /** The next parameter: one text for all rows. */
    Columns<T> set(String value) throws SQLException {
        statement.setString(++parameters, value);
        return this;
    }

    /** The next parameter: how many rows there are, for {@code LIMIT}. */
    void count() throws SQLException {
        statement.setLong(++parameters, rows.size());
    }

    /** The last parameter of a statement that has one more, which is no array; none where it is null. */
    void lastText(@Nullable String value) throws SQLException {
        if (value != null) {
            statement.setString(++parameters, value);
        }
    }

    private Columns<T> set(String type, Object[] values) throws SQLException {
        Connection connection = statement.getConnection();
        Array array = connection.createArrayOf(type, values);
        statement.setArray(++parameters, array);
        return this;
    }
}
