package paynotify.message;

import org.jspecify.annotations.Nullable;

/** Foreign text, made fit to be shown in one line to people. */
public final class Text {
    /** A quoted value is cut after so many characters. */
    private static final int QUOTED_CHARS_MAX = 64;

    /** Senders' own are of 64 characters at most (protocol.md, section 2), and an index can't hold just any. */
    private static final int IDENTIFIER_CHARS_MAX = 128;

    private Text() {}

    /**
     * The value that must be there.
     *
     * @throws Malformed if there is none
     */
    public static String required(String name, @Nullable String text) throws Malformed {
        if (text == null) {
            throw new Malformed("expected " + name + ", found none");
        }
        return text;
    }

    /**
     * One of the sender's numbers or names.
     *
     * @throws Malformed if there is none that could be one of the sender's numbers or names
     */
    public static String identifier(String name, @Nullable String found) throws Malformed {
        String text = required(name, found);
        if (text.length() > IDENTIFIER_CHARS_MAX) {
            throw new Malformed("expected a " + name + " of at most " + IDENTIFIER_CHARS_MAX + " characters, found "
                    + text.length());
        }
        if (text.indexOf('\0') >= 0) {
            throw new Malformed("expected a " + name + " of characters, found a NUL among them");
        }
        return text;
    }

    /** Line breaks and the like become blanks. */
    public static String inOneLine(@Nullable String text) {
        return String.valueOf(text).strip().replaceAll("\\s+", " ");
    }

    /** In quotes, cut, and without control characters; "none" for null. */
    public static String quoted(@Nullable String text) {
        if (text == null) {
            return "none";
        }
        boolean cut = text.codePointCount(0, text.length()) > QUOTED_CHARS_MAX;
        StringBuilder quoted = new StringBuilder("'");
        text.codePoints()
                .limit(QUOTED_CHARS_MAX)
                .map(c -> Character.isISOControl(c) || !Character.isDefined(c) ? '?' : c)
                .forEach(quoted::appendCodePoint);
        return quoted.append(cut ? "…'" : "'").toString();
    }
}
