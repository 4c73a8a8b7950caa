package paynotify.message;

/** An {@link Input} of XML. */
final class XmlInput extends Input {
    /** What nearly all of a name is made of, in ASCII. */
    private static final boolean[] NAME_PART = new boolean[0x100];

    /** What stands in a text for itself, in ASCII; {@code ]} may begin the end of a CDATA section. */
    private static final boolean[] PLAIN = new boolean[0x100];

    private static final boolean[] PLAIN_IN_CDATA = new boolean[0x100];

    static {
        for (int c = 0; c < 0x80; c++) {
            NAME_PART[c] = XmlChars.isNamePart(c);
            PLAIN_IN_CDATA[c] = XmlChars.isChar(c) && c != '\r' && c != ']';
            PLAIN[c] = PLAIN_IN_CDATA[c] && c != '<' && c != '&';
        }
    }

    XmlInput(byte[] bytes) throws Malformed {
        super("XML", bytes);
    }

    /** Behind [5] Name; the same place if there is none. */
    int nameEnd(int at) throws Malformed {
        int end = end(at, NAME_PART);
        while (peek(end) >= 0x80 && XmlChars.isNamePart(codePoint(end))) {
            end = end(end + Utf8.width(codePoint(end)), NAME_PART);
        }
        return end > at && XmlChars.isNameStart(codePoint(at)) ? end : at;
    }

    /** Behind the characters of ASCII that need no second look in a text, or in a CDATA section. */
    int plainEnd(int at, boolean inCdata) {
        return end(at, inCdata ? PLAIN_IN_CDATA : PLAIN);
    }

    /** Behind [2] Char. Not to be asked at the end. */
    int characterEnd(int at) throws Malformed {
        int c = codePoint(at);
        if (!XmlChars.isChar(c)) {
            throw refused("found a character that XML 1.0 forbids", at);
        }
        return at + Utf8.width(c);
    }
}
