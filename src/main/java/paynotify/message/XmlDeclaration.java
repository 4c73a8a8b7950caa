package paynotify.message;

import org.jspecify.annotations.Nullable;

/** [23] XMLDecl: what a message in XML may begin with. */
final class XmlDeclaration {
    private static final String DECLARATION_START = "<?xml";
    private static final String DECLARATION_END = "?>";
    private static final String VERSION = "version";
    private static final String ENCODING = "encoding";
    private static final String STANDALONE = "standalone";

    private final XmlInput in;
    private int at;

    private XmlDeclaration(XmlInput in, int at) {
        this.in = in;
        this.at = at;
    }

    /**
     * The end of the declaration; the same place if there is none.
     *
     * @throws Malformed if it says anything but version 1.0 and UTF-8
     */
    static int end(XmlInput in, int at) throws Malformed {
        return in.isAt(at, DECLARATION_START) ? new XmlDeclaration(in, at + DECLARATION_START.length()).end() : at;
    }

    private int end() throws Malformed {
        int from = at;
        String version = value(VERSION);
        if (!"1.0".equals(version)) {
            throw in.refused("expected <?xml version=\"1.0\", found something else", from);
        }
        from = at;
        String encoding = value(ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("UTF-8")) {
            throw in.refused("expected encoding UTF-8, found another", from);
        }
        from = at;
        String standalone = value(STANDALONE);
        if (standalone != null && !standalone.equals("yes") && !standalone.equals("no")) {
            throw in.refused("expected standalone to be yes or no, found something else", from);
        }
        at = in.blanksEnd(at);
        if (!in.isAt(at, DECLARATION_END)) {
            throw in.refused("expected the end of the XML declaration, found something else", at);
        }
        return at + DECLARATION_END.length();
    }

    /** What stands under this name, after a blank; null if another name is next, or no blank. */
    private @Nullable String value(String name) throws Malformed {
        int nameFrom = in.blanksEnd(at);
        if (nameFrom == at || !in.isAt(nameFrom, name)) {
            return null;
        }
        int equals = in.blanksEnd(nameFrom + name.length());
        int open = in.blanksEnd(equals + 1);
        char quote = in.isAt(open, '"') ? '"' : '\'';
        if (!in.isAt(equals, '=') || !in.isAt(open, quote)) {
            throw in.refused("expected = and a value in quotes, found something else", equals);
        }
        int from = open + 1;
        int to = from;
        while (!in.isAt(to, quote)) {
            if (in.isEnd(to)) {
                throw in.refused("expected the end of a value in quotes, found the end", from);
            }
            to = in.characterEnd(to);
        }
        at = to + 1;
        return in.text(from, to);
    }
}
