package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Which characters XML 1.0 allows where, and how they stand in UTF-8. */
final class XmlChars {
    /** Not a character: what {@link #decode} returns for bytes that are no UTF-8. */
    static final int NOT_UTF8 = -1;

    private static final int CODE_POINT_MAX = 0x10FFFF;

    /**
     * Pairs of first and last: letters outside ASCII that a name may have. A selection of [84] Letter, fourth edition:
     * Latin-1, kana, Han and Hangul, so that every parser takes what this takes.
     */
    private static final String NAME_LETTERS = "\u00C0\u00D6\u00D8\u00F6\u00F8\u00FF\u3007\u3007\u3021\u3029"
            + "\u3041\u3094\u30A1\u30FA\u4E00\u9FA5\uAC00\uD7A3";

    private XmlChars() {}

    /** [3] S. */
    static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** [2] Char. */
    static boolean isChar(int c) {
        if (c < ' ') {
            return c == '\t' || c == '\n' || c == '\r';
        }
        return c < Character.MIN_SURROGATE
                || (c > Character.MAX_SURROGATE && c < 0xFFFE)
                || (c >= Character.MIN_SUPPLEMENTARY_CODE_POINT && c <= CODE_POINT_MAX);
    }

    /** [5] Name, first character, without the colon: a prefix would have to be declared by an attribute. */
    static boolean isNameStart(int c) {
        if (c < 0x80) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        }
        for (int i = 0; i < NAME_LETTERS.length(); i += 2) {
            if (c >= NAME_LETTERS.charAt(i) && c <= NAME_LETTERS.charAt(i + 1)) {
                return true;
            }
        }
        return false;
    }

    /** [4] NameChar, without the colon. */
    static boolean isNamePart(int c) {
        return isNameStart(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    }

    /** How many bytes a code point has in UTF-8. */
    static int width(int c) {
        return c < 0x80 ? 1 : c < 0x800 ? 2 : c < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 3 : 4;
    }

    /**
     * The code point at this place of an array, or {@link #NOT_UTF8}: cut off, overlong, a surrogate, too large, or no
     * first byte (RFC 3629, section 4).
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
        return surrogate || c > CODE_POINT_MAX || width(c) != width ? NOT_UTF8 : c;
    }

    /** Writes a code point in UTF-8 and returns the place after it. */
    static int encode(int c, byte[] out, int at) {
        byte[] bytes = Character.toString(c).getBytes(UTF_8);
        System.arraycopy(bytes, 0, out, at, bytes.length);
        return at + bytes.length;
    }
}
