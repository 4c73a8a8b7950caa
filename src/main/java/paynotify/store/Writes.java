package paynotify.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a transaction writes last, one statement for each table. They go out in one round trip with the COMMIT
 * ({@link Commit}), so it is the server that counts what they have written, and fails the transaction if it is not so many
 * rows. Belongs to one thread.
 */
final class Writes {
    /** What the server says of a miscount. It is no number, which fails the transaction where it must be one. */
    private static final String MISCOUNT = "expected to write ";

    private static final Pattern MISCOUNTED = Pattern.compile(MISCOUNT + "\\d+ rows of \\w+, found that it was \\d+");

    /** What most statements return. */
    static final String RETURNING = " RETURNING TRUE AS counted";

    private static final String INVALID_TEXT_REPRESENTATION = "22P02";

    private final List<Write> writes = new ArrayList<>();

    /** @param rows that the statement must write into the table */
    private record Write(String sql, Parameters parameters, int rows, String table) {}

    /** Sets the parameters of one of the statements. */
    @FunctionalInterface
    interface Parameters {
        /**
         * Sets them.
         *
         * @param statement all of the statements together
         * @param before how many parameters those before it have
         * @return how many there are with its own
         */
        int set(PreparedStatement statement, int before) throws SQLException;
    }

    /**
     * @param sql an INSERT or UPDATE that returns {@code counted}: whether a row is one of those that must be written
     * @param rows that must be: otherwise something of the shop's (a trigger, say) stands in between
     */
    void add(String sql, Parameters parameters, int rows, String table) {
        writes.add(new Write(sql, parameters, rows, table));
    }

    /**
     * For a look before the first callback comes: a rule of the shop's on the table, say, would not let it be counted.
     *
     * @param sql an INSERT or UPDATE that will be {@link #add added}
     */
    static String counted(String sql) {
        return "WITH w AS (" + sql + ") SELECT count(*) FROM w";
    }

    /** Of each write. */
    List<String> statements() {
        return writes.stream().map(Write::sql).toList();
    }

    /**
     * One statement that does all of them, and selects something.
     *
     * @param selected what it selects, with one parameter
     */
    String selecting(String selected) {
        if (writes.isEmpty()) {
            return "SELECT " + selected;
        }
        return each(", ", "w%1$d AS (%2$s)", "WITH ") + " SELECT " + selected
                + each(
                        "",
                        ", CAST(CASE WHEN c%1$d.found = c%1$d.expected THEN '1' ELSE '" + MISCOUNT
                                + "' || c%1$d.expected || ' rows of %3$s, found that it was ' || c%1$d.found END AS integer)",
                        "")
                + each(
                        ", ",
                        "(SELECT count(*) FILTER (WHERE counted) AS found, CAST(? AS bigint) AS expected FROM w%1$d) c%1$d",
                        " FROM ");
    }

    /** @param format of one: its number, its statement, its table */
    private String each(String between, String format, String before) {
        return IntStream.range(0, writes.size())
                .mapToObj(i -> String.format(Locale.ROOT, format, i, writes.get(i).sql, writes.get(i).table))
                .collect(Collectors.joining(between, before, ""));
    }

    /** Sets the parameters of all of them, and the one of what is selected. */
    void set(PreparedStatement statement, String selected) throws SQLException {
        int parameters = 0;
        for (Write write : writes) {
            parameters = write.parameters.set(statement, parameters);
        }
        statement.setString(++parameters, selected);
        for (Write write : writes) {
            statement.setLong(++parameters, write.rows);
        }
    }

    /** @throws IllegalStateException if it failed because not as many rows were written as must be: our own fault */
    static void requireCounted(SQLException failure) {
        Matcher miscount = MISCOUNTED.matcher(String.valueOf(failure.getMessage()));
        if (INVALID_TEXT_REPRESENTATION.equals(failure.getSQLState()) && miscount.find()) {
            throw new IllegalStateException(miscount.group(), failure);
        }
    }
}
