package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** [23] XMLDecl: what a message in XML may begin with. */
final class XmlDeclaration {
    private static final byte[] INSTRUCTION_END = "?>".getBytes(UTF_8);
    private static final byte[] DECLARATION = "<?xml".getBytes(UTF_8);
    private static final byte[] VERSION = "version".getBytes(UTF_8);
    private static final byte[] ENCODING = "encoding".getBytes(UTF_8);
    private static final byte[] STANDALONE = "standalone".getBytes(UTF_8);

    private XmlDeclaration() {}

    /**
     * Skips the declaration, if one is next.
     *
     * @throws Refused as MALFORMED, if it says anything but version 1.0 and UTF-8
     */
    static void take(XmlInput in) throws Refused {
        if (!in.take(DECLARATION)) {
            return;
        }
        boolean blank = in.takeBlanks();
        String version = declared(in, VERSION, blank);
        if (!"1.0".equals(version)) {
            throw in.refused("expected <?xml version=\"1.0\", found something else");
        }
        blank = in.takeBlanks();
        String encoding = declared(in, ENCODING, blank);
        if (encoding != null) {
            if (!encoding.equalsIgnoreCase("UTF-8")) {
                throw in.refused("expected encoding UTF-8, found another");
            }
            blank = in.takeBlanks();
        }
        String standalone = declared(in, STANDALONE, blank);
        if (standalone != null) {
            if (!standalone.equals("yes") && !standalone.equals("no")) {
                throw in.refused("expected standalone to be yes or no, found something else");
            }
            in.takeBlanks();
        }
        if (!in.take(INSTRUCTION_END)) {
            throw in.refused("expected the end of the XML declaration, found something else");
        }
    }

    /** What the XML declaration says under this name, after a blank; null if another name is next. */
    private static @Nullable String declared(XmlInput in, byte[] name, boolean blank) throws Refused {
        if (!blank || !in.take(name)) {
            return null;
        }
        in.takeBlanks();
        boolean equals = in.take('=');
        in.takeBlanks();
        char quote = in.peek() == '"' ? '"' : '\'';
        if (!equals || !in.take(quote)) {
            throw in.refused("expected = and a value in quotes, found something else");
        }
        int from = in.at();
        while (in.peek() != quote) {
            if (in.atEnd()) {
                throw in.refused("expected the end of a value in quotes, found the end", from);
            }
            in.takeCharacter();
        }
        String value = in.text(from, in.at());
        in.take(quote);
        return value;
    }
}
