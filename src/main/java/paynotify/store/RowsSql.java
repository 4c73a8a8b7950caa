package paynotify.store;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A statement about rows that we give it, in two shapes. For few rows each value is a parameter, which is less work for
 * PostgreSQL where few callbacks come at once; for many, one array for each column, so that the statement is the same for
 * all numbers. What is around the rows is written once.
 *
 * @param few for one row, for two, and so on: the rows come from {@code VALUES}
 * @param many the rows come from {@code unnest} in a list of SELECT: after FROM, the server would copy each column first.
 *     {@code LIMIT ?} takes their number
 * @param columns how many each row has
 */
record RowsSql(List<String> few, String many, int columns) {
    /** From about thirty rows on arrays are the cheaper ones. Each number has a statement, whose plan the server keeps. */
    static final int FEW_MAX = 8;

    private static final String COUNT = "LIMIT ?";

    /**
     * @param before up to the word FROM
     * @param name of the rows in the statement
     * @param columns of the rows: a name and a type each, with commas between them
     * @param after what follows the rows; {@code LIMIT ?} at most once, as the last parameter
     */
    static RowsSql of(String before, String name, String columns, String after) {
        String named = ") AS " + name + " (" + each(columns, "%1$s") + ")";
        String row = "(" + each(columns, "CAST(? AS %2$s)") + ")";
        List<String> few = IntStream.rangeClosed(1, FEW_MAX)
                .mapToObj(rows -> before + " (VALUES " + String.join(", ", Collections.nCopies(rows, row)) + named
                        + after.replace(COUNT, "LIMIT " + rows))
                .toList();
        String many = before + " (SELECT " + each(columns, "unnest(CAST(? AS %2$s[]))") + named + after;
        return new RowsSql(few, many, columns.split(", ").length);
    }

    private static String each(String columns, String format) {
        return Arrays.stream(columns.split(", "))
                .map(column -> String.format(Locale.ROOT, format, (Object[]) column.split(" ")))
                .collect(Collectors.joining(", "));
    }

    static boolean isFew(int rows) {
        return rows <= FEW_MAX;
    }

    /** The shape for so many rows; at least one. */
    String of(int rows) {
        return shape(isFew(rows), rows);
    }

    /** @param few whether in the shape for few rows, where there are no more than {@value #FEW_MAX} */
    String shape(boolean few, int rows) {
        return few ? this.few.get(rows - 1) : many;
    }

    /** One of each shape. */
    List<String> shapes() {
        return List.of(few.get(0), many);
    }
}
