package paynotify.message;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of a text, one after another, ended by LF or CRLF; a BOM at its beginning is none of it. Belongs to one thread. */
final class BillLines {
    /** A row of a bill has some 400 bytes; its longest texts, name and attach, have 128 characters each. */
    static final int LINE_BYTES_MAX = 64 << 10;

    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final byte[] buffer = new byte[2 * LINE_BYTES_MAX];
    /** What has been read and not been taken yet: from here to {@code end}. */
    private int start;

    private int end;
    private int lineFrom;
    private int lineTo;
    private int number;

    BillLines(InputStream in) {
        this.in = in;
    }

    /**
     * Goes on to the next line.
     *
     * @return false at the end; the empty text behind the last line's end is no line
     */
    boolean next() throws IOException, Malformed {
        int searched = start;
        while (true) {
            for (int i = searched; i < end; i++) {
                if (buffer[i] == '\n') {
                    return take(i, i + 1);
                }
            }
            if (end - start > LINE_BYTES_MAX) {
                throw tooLong();
            }
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
            searched = end;
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                return end > 0 && take(end, end);
            }
            end += count;
        }
    }

    private Malformed tooLong() {
        return new Malformed("line " + (number + 1) + ", column 1: expected a line of at most " + LINE_BYTES_MAX
                + " bytes, found a longer one");
    }

    private boolean take(int to, int next) throws Malformed {
        if (to - start > LINE_BYTES_MAX) {
            throw tooLong();
        }
        number++;
        boolean hasBom = number == 1 && to - start >= BOM.length && startsWith(start, BOM);
        lineFrom = start + (hasBom ? BOM.length : 0);
        lineTo = to > lineFrom && buffer[to - 1] == '\r' ? to - 1 : to;
        start = next;
        return true;
    }

    private boolean startsWith(int from, byte[] text) {
        return Arrays.mismatch(buffer, from, from + text.length, text, 0, text.length) < 0;
    }

    /** The line's number in the text, from 1. */
    int number() {
        return number;
    }

    boolean isEmpty() {
        return lineFrom == lineTo;
    }

    boolean startsWith(byte[] text) {
        return lineTo - lineFrom >= text.length && startsWith(lineFrom, text);
    }

    byte[] bytes() {
        return buffer;
    }

    /** Where the line begins in {@link #bytes}. */
    int from() {
        return lineFrom;
    }

    /** Where it ends. */
    int to() {
        return lineTo;
    }
}
