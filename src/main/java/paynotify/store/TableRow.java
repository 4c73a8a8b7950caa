package paynotify.store;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One row as a query has found it, its values by the columns' names: for pages, which show tables. Immutable. */
public final class TableRow {
    /** A {@link Long}, an {@link Instant}, or else a text, which a page shows as it is. */
    private final Map<String, Object> values;

    private final Set<String> names;

    private TableRow(Set<String> names, Map<String, Object> values) {
        this.names = Collections.unmodifiableSet(names);
        this.values = values;
    }

    static List<TableRow> all(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        // Thousands of rows have them in common.
        List<String> types = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            types.add(columns.getColumnTypeName(i));
            names.add(columns.getColumnLabel(i));
        }
        List<TableRow> rows = new ArrayList<>();
        while (result.next()) {
            Map<String, Object> values = new HashMap<>();
            int i = 0;
            for (String name : names) {
                Object value = value(result, i + 1, types.get(i));
                if (value != null) {
                    values.put(name, value);
                }
                i++;
            }
            rows.add(new TableRow(names, values));
        }
        return rows;
    }

    private static @Nullable Object value(ResultSet result, int column, String type) throws SQLException {
        switch (type) {
            case "timestamptz" -> {
                OffsetDateTime time = result.getObject(column, OffsetDateTime.class);
                return time == null ? null : time.toInstant();
            }
            // An identity's type is called after what it would have been made with before.
            case "int2", "int4", "int8", "serial", "bigserial" -> {
                long number = result.getLong(column);
                return result.wasNull() ? null : number;
            }
            default -> {
                return result.getString(column);
            }
        }
    }

    /** All columns, in their order. */
    public Set<String> names() {
        return names;
    }

    /** A value of any type; null where there is none. */
    public @Nullable String text(String name) {
        Object value = values.get(name);
        return value == null ? null : value.toString();
    }

    /** The same of a column that is never null. */
    public String word(String name) {
        return Objects.requireNonNull(text(name), name);
    }

    public @Nullable Long number(String name) {
        return values.get(name) instanceof Long number ? number : null;
    }

    /** The same of a column that is never null. */
    public long count(String name) {
        return Objects.requireNonNull(number(name), name);
    }

    public @Nullable Instant time(String name) {
        return values.get(name) instanceof Instant time ? time : null;
    }
}
