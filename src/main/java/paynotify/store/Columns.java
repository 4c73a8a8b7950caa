package paynotify.store;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a statement that works on a set of rows: one array for each column, which {@code unnest} makes rows
 * of again; or, in the other shape of {@link RowsSql}, a plain one for each value.
 */
final class Columns<T> {
    private final PreparedStatement statement;
    private final Collection<T> rows;
    /** How many columns each row of plain parameters has; 0 where each column is an array. */
    private final int width;

    private final int before;
    /** Of a row of plain parameters, as many as have been set. */
    private int columns;

    private int parameters;

    /** Of a statement that takes arrays. */
    Columns(PreparedStatement statement, Collection<T> rows) {
        this(statement, 0, rows, 0);
    }

    private Columns(PreparedStatement statement, int before, Collection<T> rows, int width) {
        this.statement = statement;
        this.rows = rows;
        this.width = width;
        this.before = before;
        this.parameters = before + width * rows.size();
    }

    /**
     * Of a {@link RowsSql}.
     *
     * @param few whether it is in the shape for few rows
     * @param before how many parameters stand before its own
     */
    static <T> Columns<T> shaped(
            RowsSql sql, boolean few, PreparedStatement statement, int before, Collection<T> rows) {
        return new Columns<>(statement, before, rows, few ? sql.columns() : 0);
    }

    /** Sets one plain parameter. */
    @FunctionalInterface
    private interface Setter<V> {
        void set(int parameter, @Nullable V value) throws SQLException;
    }

    /** The next column: a text of each row, for {@code text[]}. */
    Columns<T> text(Function<T, @Nullable String> value) throws SQLException {
        return width > 0 ? plain(value, statement::setString) : array("text", value, new String[rows.size()]);
    }

    /** The next column: a whole number of each row, for {@code bigint[]}. */
    Columns<T> number(Function<T, @Nullable Long> value) throws SQLException {
        return width > 0
                ? plain(value, (parameter, number) -> statement.setObject(parameter, number, Types.BIGINT))
                : array("int8", value, new Long[rows.size()]);
    }

    /** The next column: bytes of each row, for {@code bytea[]}. */
    Columns<T> bytes(Function<T, byte[]> value) throws SQLException {
        return width > 0 ? plain(value, statement::setBytes) : array("bytea", value, new byte[rows.size()][]);
    }

    /** The next column: a time of each row, as {@link #time} takes it. */
    Columns<T> time(Function<T, @Nullable Instant> value) throws SQLException {
        return number(row -> {
            Instant time = value.apply(row);
            return time == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, time);
        });
    }

    /** SQL that makes a time of a column that was set by {@link #time(Function)}: less work than to write and read text. */
    static String time(String column) {
        return "timestamptz 'epoch' + " + column + " * interval '1 microsecond'";
    }

    /** After the columns: one text for all rows. */
    Columns<T> set(String value) throws SQLException {
        statement.setString(++parameters, value);
        return this;
    }

    /** After the columns: how many rows there are, for {@code LIMIT}; none where the statement says it itself. */
    Columns<T> count() throws SQLException {
        if (width == 0) {
            statement.setLong(++parameters, rows.size());
        }
        return this;
    }

    /** How many parameters have been set, with those before. */
    int parameters() {
        return parameters;
    }

    private <V> Columns<T> plain(Function<T, @Nullable V> value, Setter<V> setter) throws SQLException {
        int parameter = before + ++columns;
        for (T row : rows) {
            setter.set(parameter, value.apply(row));
            parameter += width;
        }
        return this;
    }

    private <V> Columns<T> array(String type, Function<T, @Nullable V> value, @Nullable V[] values)
            throws SQLException {
        int i = 0;
        for (T row : rows) {
            values[i++] = value.apply(row);
        }
        Array array = statement.getConnection().createArrayOf(type, values);
        statement.setArray(++parameters, array);
        return this;
    }
}
