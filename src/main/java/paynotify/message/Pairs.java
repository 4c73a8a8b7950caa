package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code name=value} pairs joined by {@code &} as a query string and an HTML form have them, escapes and all
 * (<a href="https://url.spec.whatwg.org/#urlencoded-parsing">application/x-www-form-urlencoded</a>), from their bytes:
 * no container's default charset has a say. A doubled name is refused, in whatever escapes: which of the two would count? One pass
 * from front to back; time and memory grow with the length. An instance reads one message.
 */
public final class Pairs {
    private final byte[] in;
    private final @Nullable Charset charset;
    /** Names and values, their escapes replaced, one behind the other. */
    private final byte[] text;

    private int textTo;
    private final Fields fields = new Fields();

    private Pairs(byte[] in, @Nullable Charset charset) {
        this.in = in;
        this.charset = charset;
        this.text = new byte[in.length];
    }

    /**
     * Reads pairs of a known charset.
     *
     * @param charset UTF-8, or one in which the bytes of {@code &} and {@code =} are no part of another character, as GBK
     * @throws Malformed if it is not made of such pairs in this charset, each name once, without NUL
     */
    public static Fields parse(byte[] message, Charset charset) throws Malformed {
        return new Pairs(message, charset).read();
    }

    /**
     * Takes bytes of any charset, for a sender of whose charset nothing is known: what is not UTF-8 is replaced where a
     * value is asked for.
     *
     * @throws Malformed if it is not made of such pairs, each name once
     */
    public static Fields parseInAnyCharset(byte[] message) throws Malformed {
        return new Pairs(message, null).read();
    }

    private Fields read() throws Malformed {
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

    private void pair(int from, int to) throws Malformed {
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
        if (charset != null) {
            check(charset, nameFrom, nameTo, from);
            check(charset, nameTo, textTo, from);
        }
        Charset inUse = charset == null ? UTF_8 : charset;
        if (!fields.add(new Fields.Field(text, nameFrom, nameTo, text, nameTo, textTo, inUse))) {
            String name = new String(text, nameFrom, nameTo - nameFrom, UTF_8);
            throw malformed("expected every name once, found a second " + Text.quoted(name), from);
        }
    }

    private void unescape(int from, int to) throws Malformed {
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
    private void check(Charset in, int checkFrom, int checkTo, int at) throws Malformed {
        boolean ascii = true;
        for (int i = checkFrom; i < checkTo; i++) {
            if (text[i] == 0) {
                throw malformed("expected text, found a NUL", at);
            }
            ascii &= text[i] > 0;
        }
        if (!ascii) {
            try {
                in.newDecoder().decode(ByteBuffer.wrap(text, checkFrom, checkTo - checkFrom));
            } catch (CharacterCodingException e) {
                throw malformed("expected " + in + ", found other bytes", at);
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

    private static Malformed malformed(String detail, int at) {
        return new Malformed("pairs: " + detail + ", at byte " + (at + 1));
    }
}
