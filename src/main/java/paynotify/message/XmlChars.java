package paynotify.message;

/** Which characters XML 1.0 allows where. */
final class XmlChars {
    /**
     * Pairs of first and last: letters outside ASCII that a name may have. A selection of [84] Letter, fourth edition:
     * Latin-1, kana, Han and Hangul, so that every parser takes what this takes.
     */
    private static final String NAME_LETTERS = "\u00C0\u00D6\u00D8\u00F6\u00F8\u00FF\u3007\u3007\u3021\u3029"
            + "\u3041\u3094\u30A1\u30FA\u4E00\u9FA5\uAC00\uD7A3";

    private XmlChars() {}

    /** [2] Char. */
    static boolean isChar(int c) {
        if (c < ' ') {
            return c == '\t' || c == '\n' || c == '\r';
        }
        return c < Character.MIN_SURROGATE
                || (c > Character.MAX_SURROGATE && c < 0xFFFE)
                || (c >= Character.MIN_SUPPLEMENTARY_CODE_POINT && c <= Character.MAX_CODE_POINT);
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
}
