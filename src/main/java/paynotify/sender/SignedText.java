package paynotify.sender;

import java.util.Set;

/**
 * The text that senders of name=value pairs sign: all pairs with a value, known or not, but the sign itself, sorted by
 * name, {@code name=value} joined by {@code &}, in UTF-8. (protocol.md, sections 1.2 and 4b.)
 */
final class SignedText {
    private static final byte[] NO_TAIL = {};

    private SignedText() {}

    /**
     * @param leftOut the names of fields that are not signed, in ASCII
     * @param tail what the text ends in, behind the last pair; may be empty
     */
    static byte[] of(Fields fields, Set<String> leftOut, byte[] tail) {
        int pairs = 0;
        int length = 0;
        for (int i = 0; i < fields.size(); i++) {
            if (isSigned(fields.at(i), leftOut)) {
                pairs++;
                length += fields.at(i).pairLength();
            }
        }
        byte[] text = new byte[length + Math.max(pairs - 1, 0) + tail.length];
        int to = 0;
        for (int i = 0; i < fields.size(); i++) {
            if (isSigned(fields.at(i), leftOut)) {
                if (to > 0) {
                    text[to++] = '&';
                }
                to = fields.at(i).writePair(text, to);
            }
        }
        System.arraycopy(tail, 0, text, to, tail.length);
        return text;
    }

    /** The same without a tail. */
    static byte[] of(Fields fields, Set<String> leftOut) {
        return of(fields, leftOut, NO_TAIL);
    }

    private static boolean isSigned(Fields.Field field, Set<String> leftOut) {
        if (field.isEmpty()) {
            return false;
        }
        for (String name : leftOut) {
            if (field.isNamed(name)) {
                return false;
            }
        }
        return true;
    }
}
