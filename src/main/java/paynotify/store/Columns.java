package paynotify.store;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a statement that works on a set of rows: one array for each column, which {@code unnest} makes rows
 * of again; or, for the one row of {@link RowsSql#one}, a plain one for each.
 */
final class Columns<T> {
    private final PreparedStatement statement;
    private final Collection<T> rows;
    /** The only row of a statement for one; null where it takes arrays. */
    private final @Nullable T only;

    private int parameters;

    /** Of a statement that takes arrays. */
    Columns(PreparedStatement statement, Collection<T> rows) {
        this(statement, 0, rows, null);
    }

    private Columns(PreparedStatement statement, int before, Collection<T> rows, @Nullable T only) {
        this.statement = statement;
        this.rows = rows;
        this.only = only;
        this.parameters = before;
    }

    /**
     * Of a {@link RowsSql}, in the shape for so many rows.
     *
     * @param before how many parameters stand before its own
     */
    static <T> Columns<T> shaped(PreparedStatement statement, int before, Collection<T> rows) {
        return new Columns<>(
                statement, before, rows, rows.size() == 1 ? rows.iterator().next() : null);
    }

    /** The next parameter: a text of each row, for {@code text[]}. */
    Columns<T> text(Function<T, @Nullable String> value) throws SQLException {
        if (only != null) {
            return set(value.apply(only));
        }
        return set("text", value, new String[rows.size()]);
    }

    /** The next parameter: a whole number of each row, for {@code bigint[]}. */
    Columns<T> number(Function<T, @Nullable Long> value) throws SQLException {
        if (only != null) {
            statement.setObject(++parameters, value.apply(only), Types.BIGINT);
            return this;
        }
        return set("int8", value, new Long[rows.size()]);
    }

    /** The next parameter: one text for all rows. */
    Columns<T> set(@Nullable String value) throws SQLException {
        statement.setString(++parameters, value);
        return this;
    }

    /** The next parameter: how many rows there are, for {@code LIMIT}; none where it is known to be one. */
    Columns<T> count() throws SQLException {
        if (only == null) {
            statement.setLong(++parameters, rows.size());
        }
        return this;
    }

    /** How many parameters have been set, with those before. */
    int parameters() {
        return parameters;
    }

    /** The last parameter of a statement that has one more, which is no array; none where it is null. */
    void lastText(@Nullable String value) throws SQLException {
        if (value != null) {
            statement.setString(++parameters, value);
        }
    }

    private <V> Columns<T> set(String type, Function<T, @Nullable V> value, @Nullable V[] values) throws SQLException {
        int i = 0;
        for (T row : rows) {
            values[i++] = value.apply(row);
        }
        Array array = statement.getConnection().createArrayOf(type, values);
        statement.setArray(++parameters, array);
        return this;
    }
}
