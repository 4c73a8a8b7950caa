package paynotify.sender;

import org.jspecify.annotations.Nullable;

/** Foreign text, made fit to be shown in one line to people. */
public final class Text {
    /** A quoted value is cut after so many characters. */
    private static final int QUOTED_CHARS_MAX = 64;

    private Text() {}

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
