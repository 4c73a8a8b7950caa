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
import java.util.stream.Stream;

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

    private static final String PLAN_ANEW = "DISCARD PLANS";
    private static final String INVALID_TEXT_REPRESENTATION = "22P02";

    private final List<Write<?>> writes = new ArrayList<>();

    /**
     * All in the shape for few rows, or all in the one for many: otherwise each mixture of numbers were a text of its own,
     * and the server keeps a plan for each.
     */
    private boolean few = true;

    /** Whether the server must make its plans anew before. */
    private boolean planAnew;

    /** @param mustBe so many rows it must write into the table */
    private record Write<T>(RowsSql sql, List<T> rows, Setter<T> setter, int mustBe, String table) {
        String text(boolean few) {
            return sql.shape(few, rows.size());
        }

        int set(boolean few, PreparedStatement statement, int before) throws SQLException {
            Columns<T> columns = Columns.shaped(sql, few, statement, before, rows);
            setter.set(columns);
            return columns.parameters();
        }
    }

    /** Sets the columns of one of the statements. */
    @FunctionalInterface
    interface Setter<T> {
        void set(Columns<T> columns) throws SQLException;
    }

    /**
     * @param sql an INSERT or UPDATE that returns {@code counted}: whether a row is one of those that must be written
     * @param rows at least one
     * @param mustBe how many must be: otherwise something of the shop's (a trigger, say) stands in between
     */
    <T> void add(RowsSql sql, List<T> rows, Setter<T> setter, int mustBe, String table) {
        writes.add(new Write<>(sql, rows, setter, mustBe, table));
        few &= RowsSql.isFew(rows.size()) && rows.size() == writes.get(0).rows.size();
    }

    /** Has the server make its plans anew: those of this connection are not worth keeping. */
    void planAnew() {
        planAnew = true;
    }

    /** How many statements go out before the one that does all. */
    int before() {
        return planAnew ? 1 : 0;
    }

    /**
     * For a look before the first callback comes: a rule of the shop's on the table, say, would not let it be counted.
     *
     * @param sql an INSERT or UPDATE that will be {@link #add added}
     */
    static String counted(String sql) {
        return "WITH w AS (" + sql + ") SELECT count(*) FROM w";
    }

    /** What goes out, in its order. */
    List<String> statements() {
        Stream<String> texts = writes.stream().map(write -> write.text(few));
        return (planAnew ? Stream.concat(Stream.of(PLAN_ANEW), texts) : texts).toList();
    }

    /**
     * One statement that does all of them, and selects something. Of each it selects 1, or fails: what is counted right is
     * null, and so is the text around it.
     *
     * @param selected what it selects, with one parameter
     */
    String selecting(String selected) {
        String first = planAnew ? PLAN_ANEW + "; " : "";
        String with = writes.isEmpty() ? "" : "WITH " + each(", ", "w%1$d AS (%2$s)") + " ";
        return first + with + "SELECT " + selected
                + each(
                        "",
                        ", CAST(coalesce('" + MISCOUNT + "' || CAST(? AS bigint) || ' rows of %3$s, found that it was '"
                                + " || nullif((SELECT count(*) FROM w%1$d WHERE counted), CAST(? AS bigint)), '1') AS integer)");
    }

    /** @param format of one: its number, its statement, its table */
    private String each(String between, String format) {
        return IntStream.range(0, writes.size())
                .mapToObj(
                        i -> String.format(Locale.ROOT, format, i, writes.get(i).text(few), writes.get(i).table))
                .collect(Collectors.joining(between));
    }

    /** Sets the parameters of all of them, and the one of what is selected. */
    void set(PreparedStatement statement, String selected) throws SQLException {
        int parameters = 0;
        for (Write<?> write : writes) {
            parameters = write.set(few, statement, parameters);
        }
        statement.setString(++parameters, selected);
        for (Write<?> write : writes) {
            statement.setLong(++parameters, write.mustBe);
            statement.setLong(++parameters, write.mustBe);
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
