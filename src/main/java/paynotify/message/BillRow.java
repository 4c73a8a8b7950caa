package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * One row of a bill: a backtick, and values with {@code ,`} between them (protocol-2.md, section 8.4). It may go on over
 * several lines, where a name holds one's end. Belongs to one thread; used again for the next row.
 */
final class BillRow {
    private byte[] bytes = new byte[1 << 10];
    private int length;
    /** Where values begin, the first one behind its backtick. */
    private int[] starts = new int[64];

    private int values;
    private int line;

    boolean isOpen() {
        return line > 0;
    }

    /** The number of its first line. */
    int line() {
        return line;
    }

    /** How many values there are so far. */
    int values() {
        return values;
    }

    /** Begins with this line, which starts with a backtick. */
    void begin(BillLines lines) {
        line = lines.number();
        length = 0;
        values = 0;
        add(lines, 1);
    }

    /**
     * Goes on with this line.
     *
     * @throws Malformed if the row is too long for one
     */
    void goOn(BillLines lines) throws Malformed {
        if (length + lines.to() - lines.from() >= BillLines.LINE_BYTES_MAX) {
            throw new Malformed("line " + lines.number() + ", column 1: expected a row of at most "
                    + BillLines.LINE_BYTES_MAX + " bytes, found that of line " + line + " to be longer");
        }
        ensure(1);
        bytes[length++] = '\n';
        add(lines, 0);
    }

    void close() {
        line = 0;
    }

    private void add(BillLines lines, int skip) {
        int from = lines.from() + skip;
        int count = lines.to() - from;
        ensure(count);
        System.arraycopy(lines.bytes(), from, bytes, length, count);
        if (values == 0) {
            addStart(0);
        }
        int to = length + count;
        for (int i = length; i + 1 < to; i++) {
            if (bytes[i] == ',' && bytes[i + 1] == '`') {
                addStart(i + 2);
            }
        }
        length = to;
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * (length + more));
        }
    }

    private void addStart(int start) {
        if (values == starts.length) {
            starts = Arrays.copyOf(starts, 2 * values);
        }
        starts[values++] = start;
    }

    String value(int index) {
        int end = index + 1 < values ? starts[index + 1] - 2 : length;
        return new String(bytes, starts[index], end - starts[index], UTF_8);
    }
}
