package paynotify.admin;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes one page. Text and attributes are escaped, elements are closed in their order: what a stranger has sent is text and can
 * be nothing else. Belongs to one thread.
 */
final class Html {
    private static final Set<String> VOID = Set.of("meta", "link", "input", "br");

    private final StringBuilder out = new StringBuilder(16 << 10).append("<!DOCTYPE html>\n");
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Begins an element.
     *
     * @param tag one of our own words
     * @param attributes names and values in turn; one whose value is null is left out
     */
    Html begin(String tag, @Nullable String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            String value = attributes[i + 1];
            if (value != null) {
                out.append(' ').append(attributes[i]).append("=\"");
                attribute(value);
                out.append('"');
            }
        }
        out.append('>');
        if (!VOID.contains(tag)) {
            open.push(tag);
        }
        return this;
    }

    /** Ends the element that was begun last. */
    Html end() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /** A whole element with a text. */
    Html element(String tag, @Nullable String text, @Nullable String... attributes) {
        return begin(tag, attributes).text(text).end();
    }

    /**
     * Text, whatever it holds. What would not be seen, or would change the order in which the rest is read (bidirectional
     * overrides), is shown by its number.
     */
    Html text(@Nullable String text) {
        if (text == null) {
            return this;
        }
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (isHidden(c)) {
                out.append("<span class=\"hidden-char\">").append(shown(c)).append("</span>");
            } else {
                escaped(c);
            }
        }
        return this;
    }

    /** A text from outside, whose direction of writing does not touch what stands around it. */
    Html foreign(@Nullable String text) {
        return begin("bdi").text(text).end();
    }

    /** What is hidden is shown by its number; for attributes that people read. */
    static String visible(String text) {
        StringBuilder visible = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isHidden(c)) {
                visible.append(shown(c));
            } else {
                visible.appendCodePoint(c);
            }
        });
        return visible.toString();
    }

    private static String shown(int c) {
        return String.format(Locale.ROOT, "[U+%04X]", c);
    }

    /** Controls but line breaks and tabs, formats (bidirectional, zero width), what is no character at all. */
    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL -> c != '\n' && c != '\t' && c != '\r';
            case Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private void escaped(int c) {
        switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            // As it stands, a browser would make a line feed of it.
            case '\r' -> out.append("&#13;");
            default -> out.appendCodePoint(c);
        }
    }

    /** Exactly: it may come back to us. */
    private void attribute(String value) {
        value.codePoints().forEach(this::escaped);
    }

    /** The whole page. */
    String page() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("not ended: " + open);
        }
        return out.toString();
    }
}
