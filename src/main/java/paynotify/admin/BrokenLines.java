package paynotify.admin;

/** A body broken into lines, for people to read; nothing is taken away but blanks, and nothing is understood. */
final class BrokenLines {
    private static final String STEP = "  ";
    /** Deeper than that it is not indented any further. */
    private static final int DEPTH_MAX = 20;

    private BrokenLines() {}

    static String of(String body) {
        String text = body.strip();
        if (text.startsWith("{") || text.startsWith("[")) {
            return json(text);
        }
        if (text.startsWith("<")) {
            return text.replaceAll("(?<!]])>\\s*<(?!!\\[CDATA)", ">\n<").replaceAll("(?m)^(?=<(?!/?xml\\b))", STEP);
        }
        return text.indexOf('\n') < 0 ? text.replace("&", "\n&") : text;
    }

    private static String json(String text) {
        StringBuilder out = new StringBuilder();
        boolean inString = false;
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inString) {
                out.append(c);
                if (c == '\\' && i + 1 < text.length()) {
                    out.append(text.charAt(++i));
                }
                inString = c != '"';
                continue;
            }
            switch (c) {
                case '"' -> {
                    inString = true;
                    out.append(c);
                }
                case '{', '[' -> line(out.append(c), ++depth);
                case '}', ']' -> {
                    line(out, --depth);
                    out.append(c);
                }
                case ',' -> line(out.append(c), depth);
                case ':' -> out.append(": ");
                case ' ', '\t', '\r', '\n' -> {
                    // Set anew.
                }
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static void line(StringBuilder out, int depth) {
        out.append('\n').append(STEP.repeat(Math.max(0, Math.min(depth, DEPTH_MAX))));
    }
}
