package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * The bytes of a message, and what stands where in them. How far they are read it doesn't know: readers hand that place
 * on, from 0, which takes half the time that a field of it does. Immutable.
 */
class Input {
    /** No message is longer, in bytes. */
    static final int BYTES_MAX = 1 << 20;

    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private final String language;
    private final byte[] bytes;

    /**
     * @param language what the bytes are meant to be, for people
     * @throws Malformed if there are more than {@link #BYTES_MAX}
     */
    Input(String language, byte[] bytes) throws Malformed {
        if (bytes.length > BYTES_MAX) {
            throw new Malformed(language + ": expected at most " + BYTES_MAX + " bytes, found " + bytes.length);
        }
        this.language = language;
        this.bytes = bytes;
    }

    final boolean isEnd(int at) {
        return at == bytes.length;
    }

    /** The byte there, 0 to 255, or -1 at the end. */
    final int peek(int at) {
        return at < bytes.length ? bytes[at] & 0xFF : -1;
    }

    final boolean isAt(int at, char ascii) {
        return peek(at) == ascii;
    }

    final boolean isAt(int at, char first, char second) {
        return at + 1 < bytes.length && bytes[at] == first && bytes[at + 1] == second;
    }

    /** Whether this word stands there. */
    final boolean isAt(int at, String ascii) {
        if (ascii.length() > bytes.length - at) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[at + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether so many bytes stand there as at an earlier place. */
    final boolean isSame(int earlier, int at, int length) {
        return length <= bytes.length - at && Arrays.equals(bytes, earlier, earlier + length, bytes, at, at + length);
    }

    /** Behind the byte order mark that the message may begin with. */
    final int start() {
        boolean marked = bytes.length > 0 && Utf8.decode(bytes, 0) == BYTE_ORDER_MARK;
        return marked ? Utf8.width(BYTE_ORDER_MARK) : 0;
    }

    /** Behind the characters of a table of bytes; the same place if there are none. */
    final int end(int at, boolean[] table) {
        int end = at;
        while (end < bytes.length && table[bytes[end] & 0xFF]) {
            end++;
        }
        return end;
    }

    /** Behind what is blank to XML and to JSON; the same place if nothing is. */
    final int blanksEnd(int at) {
        int end = at;
        while (end < bytes.length && isBlank(bytes[end])) {
            end++;
        }
        return end;
    }

    static boolean isBlank(byte b) {
        return b <= ' ' && (b == ' ' || b == '\n' || b == '\r' || b == '\t');
    }

    /** The code point there. Not to be asked at the end. */
    final int codePoint(int at) throws Malformed {
        int c = Utf8.decode(bytes, at);
        if (c == Utf8.NOT_UTF8) {
            throw refused("expected UTF-8, found other bytes", at);
        }
        return c;
    }

    final String text(int from, int to) {
        return new String(bytes, from, to - from, UTF_8);
    }

    /** With line and column of that place, both counted from 1. */
    final Malformed refused(String what, int at) {
        int line = 1;
        int column = 1;
        for (int i = start(); i < at; i++) {
            if (bytes[i] == '\n' || (bytes[i] == '\r' && !isAt(i, '\r', '\n'))) {
                line++;
                column = 1;
            } else if ((bytes[i] & 0xC0) != 0x80) {
                column++;
            }
        }
        return new Malformed(language + ": " + what + ", at line " + line + ", column " + column);
    }
}
