package paynotify.store;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A statement about rows that we give it, in two shapes. For one row they are plain parameters, which is
 * less work for PostgreSQL where a callback comes alone; for any number of rows one array for each column, so that many cost one
 * round trip and the statement is the same for all numbers. What is around the rows is written once.
 *
 * @param many the rows come from {@code unnest}; {@code LIMIT ?} takes their number
 * @param one the row comes from {@code VALUES}
 */
record RowsSql(String many, String one) {
    private static final String COUNT = "LIMIT ?";

    /**
     * @param before up to the word FROM
     * @param name of the rows in the statement
     * @param columns of the rows: a name and a type each, with commas between them
     * @param after what follows the rows; {@code LIMIT ?} at most once, as the last parameter
     */
    static RowsSql of(String before, String name, String columns, String after) {
        String names = columns(columns, "%1$s");
        return new RowsSql(
                before + " unnest(" + columns(columns, "CAST(? AS %2$s[])") + ") AS " + name + " (" + names + ")"
                        + after,
                before + " (VALUES (" + columns(columns, "CAST(? AS %2$s)") + ")) AS " + name + " (" + names + ")"
                        + after.replace(COUNT, "LIMIT 1"));
    }

    private static String columns(String columns, String format) {
        return Arrays.stream(columns.split(", "))
                .map(column -> String.format(Locale.ROOT, format, (Object[]) column.split(" ")))
                .collect(Collectors.joining(", "));
    }

    /** The shape for so many rows. */
    String of(int rows) {
        return rows == 1 ? one : many;
    }
}
