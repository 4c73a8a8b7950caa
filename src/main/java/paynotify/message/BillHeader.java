package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names of a bill's columns, or of its summary's: all that is read is found by them, for their number and order differ
 * by the kind and age of a bill (protocol-2.md, section 8.3).
 */
final class BillHeader {
    /** The widest that is known has 29. */
    private static final int COLUMNS_MAX = 128;

    static final int NONE = -1;

    private final List<String> names;
    private final int line;

    private BillHeader(List<String> names, int line) {
        this.names = names;
        this.line = line;
    }

    /** Reads the line at which the lines stand: names with commas between them. */
    static BillHeader read(BillLines lines) throws Malformed {
        String text = new String(lines.bytes(), lines.from(), lines.to() - lines.from(), UTF_8);
        List<String> names = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            String stripped = name.strip();
            if (names.size() == COLUMNS_MAX || stripped.isEmpty() || names.contains(stripped)) {
                String found = names.size() == COLUMNS_MAX ? "more" : Text.quoted(name);
                throw new Malformed("line " + lines.number() + ", column " + (names.size() + 1) + ": expected at most "
                        + COLUMNS_MAX + " names of columns, each once, found " + found);
            }
            names.add(stripped);
        }
        return new BillHeader(names, lines.number());
    }

    int size() {
        return names.size();
    }

    String name(int column) {
        return names.get(column);
    }

    /** Where the first of these names that is there stands; {@link #NONE} if none is. */
    int find(String... aliases) {
        for (String alias : aliases) {
            int column = names.indexOf(alias);
            if (column >= 0) {
                return column;
            }
        }
        return NONE;
    }

    /** The same, of which one must be there. */
    int required(String... aliases) throws Malformed {
        int column = find(aliases);
        if (column == NONE) {
            throw new Malformed("line " + line + ", column " + (names.size() + 1) + ": expected a column "
                    + String.join(" or ", aliases) + ", found none among " + Text.quoted(String.join(",", names)));
        }
        return column;
    }

    /** A fault at this column. */
    Malformed fault(int inLine, int column, String expected, @Nullable String found) {
        return new Malformed("line " + inLine + ", column " + (column + 1) + " " + names.get(column) + ": expected "
                + expected + ", found " + Text.quoted(found));
    }
}
