package paynotify.message;

/** Code points as they stand in UTF-8, one at a time (RFC 3629). */
public final class Utf8 {
    /** Not a character: what {@link #decode} returns for bytes that are no UTF-8. */
    static final int NOT_UTF8 = -1;

    private Utf8() {}

    /** Whether all of it is UTF-8, and no NUL stands in it, which no text of PostgreSQL's holds. */
    public static boolean isText(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            int c = bytes[at];
            if (c < 0) {
                c = decode(bytes, at);
                at += width(c) - 1;
            }
            if (c <= 0) {
                return false;
            }
            at++;
        }
        return true;
    }

    /** How many bytes a code point has in UTF-8. */
    static int width(int c) {
        return c < 0x80 ? 1 : c < 0x800 ? 2 : c < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 3 : 4;
    }

    /**
     * The code point at this place of an array, or {@link #NOT_UTF8}: cut off, overlong, a surrogate, too large, or no
     * first byte (section 4).
     */
    static int decode(byte[] in, int at) {
        int first = in[at] & 0xFF;
        if (first < 0x80) {
            return first;
        }
        int width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (first < 0xC2 || first > 0xF4 || at + width > in.length) {
            return NOT_UTF8;
        }
        int c = first & (0x7F >> width);
        for (int i = at + 1; i < at + width; i++) {
            if ((in[i] & 0xC0) != 0x80) {
                return NOT_UTF8;
            }
            c = c << 6 | (in[i] & 0x3F);
        }
        boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        return surrogate || c > Character.MAX_CODE_POINT || width(c) != width ? NOT_UTF8 : c;
    }

    /** Writes a code point in UTF-8 and returns the place after it. */
    static int encode(int c, byte[] out, int at) {
        int width = width(c);
        if (width == 1) {
            out[at] = (byte) c;
            return at + 1;
        }
        int rest = c;
        for (int i = at + width - 1; i > at; i--) {
            out[i] = (byte) (0x80 | (rest & 0x3F));
            rest >>= 6;
        }
        // As many bits as the character has bytes, then a zero.
        out[at] = (byte) (0xF00 >> width | rest);
        return at + width;
    }

    /** The first byte after a byte order mark and blanks, or -1: by it the form of a message is told. */
    public static int firstCharacter(byte[] message) {
        int at = message.length >= 3 && decode(message, 0) == 0xFEFF ? 3 : 0;
        while (at < message.length && Input.isBlank(message[at])) {
            at++;
        }
        return at < message.length ? message[at] : -1;
    }
}
