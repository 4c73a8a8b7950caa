package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Reads one object in JSON as <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a> has it, in UTF-8, a byte
 * order mark before it or not. It has limits, and is stricter in three things, since two parsers may read each of them in two ways: every name
 * of an object once, at every depth (section 4: "SHOULD be unique"); no halves of surrogate pairs (section 8.2); and no
 * NUL, which no column of text holds. What is refused is refused with what and where.
 *
 * <p>One pass from front to back; time and memory grow with the length. An instance reads one message. A method for a
 * production takes the place where it begins and returns the place behind it.
 */
final class JsonParser {
    /** No value lies deeper. */
    static final int DEPTH_MAX = 16;
    /** No number is longer, in characters. */
    static final int NUMBER_CHARS_MAX = 32;

    private static final Word TRUE = Word.of("true");
    private static final Word FALSE = Word.of("false");
    private static final Word NULL = Word.of("null");
    private static final Run PLAIN = Run.upTo('"', '\\', '\\');
    private static final boolean[] DIGIT = new boolean[0x100];
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";
    /** Of a backslash, a letter and four hex digits. */
    private static final int UNICODE_LENGTH = 6;
    /** What a refused escape stands for, of NUL or of nothing. */
    private static final int NO_CHARACTER = 0;

    static {
        Arrays.fill(DIGIT, '0', '9' + 1, true);
    }

    private final Input in;
    /** The last string, or what else the last value is, as it is written. */
    private final TextBuilder text;

    /** What the last value is. */
    private Json.Kind kind = Json.Kind.OTHER;

    /** The members of the last value, if it is an object. */
    private Fields members = new Fields();

    private JsonParser(byte[] message) throws Malformed {
        this.in = new Input("JSON", message);
        this.text = new TextBuilder(message);
    }

    /** @throws Malformed with what was found and its line and column, both counted from 1 */
    static Fields parse(byte[] message) throws Malformed {
        return new JsonParser(message).document();
    }

    private Fields document() throws Malformed {
        int open = in.blanksEnd(in.start());
        if (!in.isAt(open, '{')) {
            throw in.refused("expected an object, found something else", open);
        }
        int at = in.blanksEnd(valueEnd(open, 0));
        if (!in.isEnd(at)) {
            throw in.refused("expected the end after the object, found more", at);
        }
        return members;
    }

    /** Section 3. */
    private int valueEnd(int at, int depth) throws Malformed {
        int first = in.peek(at);
        if (first == '"') {
            int end = stringEnd(at);
            kind = Json.Kind.TEXT;
            return end;
        }
        int end;
        if (first == '{') {
            Fields inner = new Fields();
            end = objectEnd(at, depth + 1, inner);
            members = inner;
            kind = Json.Kind.OBJECT;
        } else if (first == '[') {
            end = arrayEnd(at, depth + 1);
            kind = Json.Kind.OTHER;
        } else if (in.isAt(at, NULL)) {
            end = at + NULL.length();
            kind = Json.Kind.NULL;
        } else if (in.isAt(at, TRUE) || in.isAt(at, FALSE)) {
            end = at + (first == 't' ? TRUE : FALSE).length();
            kind = Json.Kind.OTHER;
        } else {
            end = numberEnd(at);
            kind = Json.Kind.NUMBER;
        }
        text.start();
        text.append(at, end);
        return end;
    }

    /** Section 4. */
    private int objectEnd(int open, int depth, Fields into) throws Malformed {
        int at = firstValue(open, depth);
        if (in.isAt(at, '}')) {
            return at + 1;
        }
        at = in.blanksEnd(memberEnd(at, depth, into));
        while (in.isAt(at, ',')) {
            at = in.blanksEnd(memberEnd(in.blanksEnd(at + 1), depth, into));
        }
        if (!in.isAt(at, '}')) {
            throw in.refused("expected a comma or the end of an object, found something else", at);
        }
        return at + 1;
    }

    private int memberEnd(int start, int depth, Fields into) throws Malformed {
        if (into.size() == Fields.FIELDS_MAX) {
            throw in.refused("expected at most " + Fields.FIELDS_MAX + " members, found another", start);
        }
        int colon = in.blanksEnd(stringEnd(start));
        byte[] nameIn = text.in();
        int nameFrom = text.from();
        int nameTo = text.to();
        if (nameTo - nameFrom > Fields.NAME_BYTES_MAX) {
            throw in.refused("expected a name of at most " + Fields.NAME_BYTES_MAX + " bytes, found another", start);
        }
        if (!in.isAt(colon, ':')) {
            throw in.refused("expected a colon after a name, found something else", colon);
        }
        int end = valueEnd(in.blanksEnd(colon + 1), depth);
        Fields inner = kind == Json.Kind.OBJECT ? members : null;
        if (!into.add(new Json.Member(nameIn, nameFrom, nameTo, kind, text.in(), text.from(), text.to(), inner))) {
            String name = new String(nameIn, nameFrom, nameTo - nameFrom, UTF_8);
            throw in.refused("expected every name once, found a second " + Text.quoted(name), start);
        }
        return end;
    }

    /** Section 5. Its values are checked, and not kept. */
    private int arrayEnd(int open, int depth) throws Malformed {
        int at = firstValue(open, depth);
        if (in.isAt(at, ']')) {
            return at + 1;
        }
        at = in.blanksEnd(valueEnd(at, depth));
        while (in.isAt(at, ',')) {
            at = in.blanksEnd(valueEnd(in.blanksEnd(at + 1), depth));
        }
        if (!in.isAt(at, ']')) {
            throw in.refused("expected a comma or the end of an array, found something else", at);
        }
        return at + 1;
    }

    /** Where in an object or an array its first value begins, or it ends. */
    private int firstValue(int open, int depth) throws Malformed {
        if (depth > DEPTH_MAX) {
            throw in.refused("expected at most " + DEPTH_MAX + " levels, found another", open);
        }
        return in.blanksEnd(open + 1);
    }

    /** Section 6. */
    private int numberEnd(int start) throws Malformed {
        int whole = in.isAt(start, '-') ? start + 1 : start;
        int at = in.isAt(whole, '0') ? whole + 1 : digitsEnd(whole, start);
        if (in.isAt(at, '.')) {
            at = digitsEnd(at + 1, start);
        }
        if (in.isAt(at, 'e') || in.isAt(at, 'E')) {
            boolean signed = in.isAt(at + 1, '+') || in.isAt(at + 1, '-');
            at = digitsEnd(signed ? at + 2 : at + 1, start);
        }
        if (at - start > NUMBER_CHARS_MAX) {
            throw in.refused("expected a number of at most " + NUMBER_CHARS_MAX + " characters, found another", start);
        }
        return at;
    }

    /** The end of at least one digit. */
    private int digitsEnd(int from, int start) throws Malformed {
        int end = in.end(from, DIGIT);
        if (end == from) {
            throw in.refused("expected a value, found something else", start);
        }
        return end;
    }

    /** Section 7: the end of a string in its quotes; without them, and with its escapes replaced, it is the text. */
    private int stringEnd(int open) throws Malformed {
        if (!in.isAt(open, '"')) {
            throw in.refused("expected a text in quotes, found something else", open);
        }
        text.start();
        int from = open + 1;
        int at = in.end(from, PLAIN);
        while (!in.isAt(at, '"')) {
            if (in.isAt(at, '\\')) {
                text.append(from, at);
                from = escapeEnd(at);
                at = from;
            } else {
                at = characterEnd(at);
            }
            at = in.end(at, PLAIN);
        }
        text.append(from, at);
        return at + 1;
    }

    private int characterEnd(int at) throws Malformed {
        if (in.isEnd(at)) {
            throw in.refused("expected the end of a text, found the end", at);
        }
        int c = in.codePoint(at);
        if (c < ' ') {
            throw in.refused("expected a control character as an escape, found it as it is", at);
        }
        return at + Utf8.width(c);
    }

    /** The end of an escape, whose character is appended. */
    private int escapeEnd(int backslash) throws Malformed {
        int letter = ESCAPES.indexOf(in.peek(backslash + 1));
        if (letter >= 0) {
            text.append(ESCAPED.charAt(letter));
            return backslash + 2;
        }
        int c = unicode(backslash);
        int end = backslash + UNICODE_LENGTH;
        if (c >= Character.MIN_HIGH_SURROGATE && c <= Character.MAX_HIGH_SURROGATE) {
            int low = unicode(end);
            boolean pair = low >= Character.MIN_LOW_SURROGATE && low <= Character.MAX_LOW_SURROGATE;
            c = pair ? Character.toCodePoint((char) c, (char) low) : NO_CHARACTER;
            end += UNICODE_LENGTH;
        } else if (c >= Character.MIN_LOW_SURROGATE && c <= Character.MAX_LOW_SURROGATE) {
            c = NO_CHARACTER;
        }
        if (c == NO_CHARACTER) {
            throw in.refused("expected an escape of a character but NUL, found something else", backslash);
        }
        text.append(c);
        return end;
    }

    /** What an escape of four hex digits says; 0 if there is none. */
    private int unicode(int backslash) {
        int c = 0;
        if (in.isAt(backslash, '\\', 'u')) {
            for (int at = backslash + 2; at < backslash + UNICODE_LENGTH; at++) {
                int digit = Character.digit(in.peek(at), 16);
                if (digit < 0) {
                    return NO_CHARACTER;
                }
                c = c << 4 | digit;
            }
        }
        return c;
    }
}
