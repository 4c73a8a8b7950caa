package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Reads {@code name=value} pairs joined by {@code &} as a query string and an HTML form have them, escapes and all
 * (<a href="https://url.spec.whatwg.org/#urlencoded-parsing">application/x-www-form-urlencoded</a>), from their bytes:
 * no container's default charset has a say. A doubled name is refused, in whatever escapes: which of the two would count? One pass
 * from front to back; time and memory grow with the length. An instance reads one message.
 */
final class Pairs {
    private final byte[] in;
    private final boolean utf8Only;
    /** Names and values, their escapes replaced, one behind the other. */
    private final byte[] text;

    private int textTo;
    private final Fields fields = new Fields();

    private Pairs(byte[] in, boolean utf8Only) {
        this.in = in;
        this.utf8Only = utf8Only;
        this.text = new byte[in.length];
    }

    /** @throws Refused as MALFORMED, if it is not made of such pairs in UTF-8, each name once, without NUL */
    static Fields parse(byte[] message) throws Refused {
        return new Pairs(message, true).read();
    }

    /**
     * Takes bytes of any charset, for a sender of whose charset nothing is known: what is not UTF-8 is replaced where a
     * value is asked for.
     *
     * @throws Refused as MALFORMED, if it is not made of such pairs, each name once
     */
    static Fields parseInAnyCharset(byte[] message) throws Refused {
        return new Pairs(message, false).read();
    }

    private Fields read() throws Refused {
        for (int from = 0; from < in.length; ) {
            int to = indexOf(in, '&', from, in.length);
            // Nothing between two & says nothing.
            if (to > from) {
                pair(from, to);
            }
            from = to + 1;
        }
        return fields;
    }

    private void pair(int from, int to) throws Refused {
        if (fields.size() == Fields.FIELDS_MAX) {
            throw malformed("expected at most " + Fields.FIELDS_MAX + " pairs, found another", from);
        }
        int equals = indexOf(in, '=', from, to);
        int nameFrom = textTo;
        unescape(from, equals);
        int nameTo = textTo;
        unescape(Math.min(equals + 1, to), to);
        if (nameTo == nameFrom || nameTo - nameFrom > Fields.NAME_BYTES_MAX) {
            throw malformed("expected a name of 1 to " + Fields.NAME_BYTES_MAX + " bytes, found another", from);
        }
        if (indexOf(text, '&', nameFrom, nameTo) < nameTo || indexOf(text, '=', nameFrom, nameTo) < nameTo) {
            // The signed text could be cut in other places than the sender's, and tell another story.
            throw malformed("expected a name without & and =, found another", from);
        }
        if (utf8Only) {
            check(nameFrom, nameTo, from);
            check(nameTo, textTo, from);
        }
        if (!fields.add(new Fields.Field(text, nameFrom, nameTo, text, nameTo, textTo))) {
            String name = new String(text, nameFrom, nameTo - nameFrom, UTF_8);
            throw malformed("expected every name once, found a second " + Text.quoted(name), from);
        }
    }

    private void unescape(int from, int to) throws Refused {
        for (int at = from; at < to; at++) {
            int c = in[at];
            if (c == '%') {
                int high = at + 2 < to ? Character.digit(in[at + 1], 16) : -1;
                int low = high >= 0 ? Character.digit(in[at + 2], 16) : -1;
                if (low < 0) {
                    throw malformed("expected two hex digits behind a %, found something else", at);
                }
                c = high << 4 | low;
                at += 2;
            } else if (c == '+') {
                c = ' ';
            }
            text[textTo++] = (byte) c;
        }
    }

    /** What could be no text in a table is no text. */
    private void check(int checkFrom, int checkTo, int at) throws Refused {
        boolean ascii = true;
        for (int i = checkFrom; i < checkTo; i++) {
            if (text[i] == 0) {
                throw malformed("expected text, found a NUL", at);
            }
            ascii &= text[i] > 0;
        }
        if (!ascii) {
            try {
                UTF_8.newDecoder().decode(ByteBuffer.wrap(text, checkFrom, checkTo - checkFrom));
            } catch (CharacterCodingException e) {
                throw malformed("expected UTF-8, found other bytes", at);
            }
        }
    }

    /** The place of the next such byte, or the end. */
    private static int indexOf(byte[] bytes, char c, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != c) {
            at++;
        }
        return at;
    }

    private static Refused malformed(String detail, int at) {
        return Refused.malformed("pairs: " + detail + ", at byte " + (at + 1));
    }
}
