package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** The bytes of an XML message and how far they are read. Every step forward is over something that was checked. */
final class XmlInput {
    /** What nearly all of a name is made of, in ASCII. */
    private static final boolean[] NAME_PART = new boolean[0x80];

    static {
        for (int c = 0; c < 0x80; c++) {
            NAME_PART[c] = XmlChars.isNamePart(c);
        }
    }

    private final byte[] bytes;
    private int at;

    XmlInput(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The place of the next byte, from 0. */
    int at() {
        return at;
    }

    /** Whether a declaration or an instruction begins, and no element. */
    boolean isMarkupOfAnotherKind() {
        return at + 1 < bytes.length && bytes[at] == '<' && (bytes[at + 1] == '!' || bytes[at + 1] == '?');
    }

    boolean atEnd() {
        return at == bytes.length;
    }

    /** The next byte, 0 to 255, or -1 at the end. */
    int peek() {
        return at < bytes.length ? bytes[at] & 0xFF : -1;
    }

    boolean isNext(byte[] word) {
        // Mostly another begins with another byte.
        if (at == bytes.length || bytes[at] != word[0] || word.length > bytes.length - at) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (bytes[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** Skips this word and returns true, or returns false if another is next. */
    boolean take(byte[] word) {
        boolean next = isNext(word);
        if (next) {
            at += word.length;
        }
        return next;
    }

    boolean take(char ascii) {
        boolean next = peek() == ascii;
        if (next) {
            at++;
        }
        return next;
    }

    /** [3] S, or nothing; returns whether there was one. */
    boolean takeBlanks() {
        int from = at;
        while (at < bytes.length && XmlChars.isBlank(bytes[at])) {
            at++;
        }
        return at > from;
    }

    /** [5] Name, or nothing. */
    void takeName() {
        if (at == bytes.length || !XmlChars.isNameStart(XmlChars.decode(bytes, at))) {
            return;
        }
        while (at < bytes.length) {
            if (bytes[at] >= 0) {
                if (!NAME_PART[bytes[at]]) {
                    return;
                }
                at++;
            } else {
                int c = XmlChars.decode(bytes, at);
                if (!XmlChars.isNamePart(c)) {
                    return;
                }
                at += XmlChars.width(c);
            }
        }
    }

    /** Skips the same bytes as those from one place up to another, and returns true; or returns false. */
    boolean takeSame(int from, int to) {
        int end = at + to - from;
        boolean same = end <= bytes.length && Arrays.equals(bytes, from, to, bytes, at, end);
        if (same) {
            at = end;
        }
        return same;
    }

    /** Skips characters of ASCII that need no second look in a text, or in a CDATA section. */
    void takePlain(boolean inCdata) {
        byte[] in = bytes;
        int next = at;
        if (inCdata) {
            while (next < in.length && in[next] >= ' ' && in[next] != ']') {
                next++;
            }
        } else {
            while (next < in.length && in[next] >= ' ' && in[next] != '<' && in[next] != '&' && in[next] != ']') {
                next++;
            }
        }
        at = next;
    }

    /** [2] Char. Not to be called at the end. */
    void takeCharacter() throws Refused {
        if (bytes[at] >= ' ') {
            at++;
            return;
        }
        int c = XmlChars.decode(bytes, at);
        if (c == XmlChars.NOT_UTF8) {
            throw refused("expected UTF-8, found other bytes", at);
        }
        if (!XmlChars.isChar(c)) {
            throw refused("found a character that XML 1.0 forbids", at);
        }
        at += XmlChars.width(c);
    }

    String text(int from, int to) {
        return new String(bytes, from, to - from, UTF_8);
    }

    Refused refused(String what) {
        return refused(what, at);
    }

    /** With line and column of that place, both counted from 1. */
    Refused refused(String what, int where) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < where; i++) {
            if (bytes[i] == '\n') {
                line++;
                column = 1;
            } else if ((bytes[i] & 0xC0) != 0x80) {
                column++;
            }
        }
        return Refused.malformed("XML: " + what + ", at line " + line + ", column " + column);
    }
}
