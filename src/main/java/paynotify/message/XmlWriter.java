package paynotify.message;

import java.nio.charset.StandardCharsets;

/**
 * Writes flat XML as {@link XmlParser} takes it: what it reads from that are the fields that were written. Thread-safe.
 */
public final class XmlWriter {
    private XmlWriter() {}

    /**
     * A field for {@link #write}; what XML can't hold in it (control characters) becomes U+FFFD.
     *
     * @param name an XML name in ASCII
     */
    public static Fields.Field field(String name, String value) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        int[] allowed =
                value.codePoints().map(c -> XmlChars.isChar(c) ? c : '\uFFFD').toArray();
        byte[] bytes = new String(allowed, 0, allowed.length).getBytes(StandardCharsets.UTF_8);
        return new Fields.Field(nameBytes, 0, nameBytes.length, bytes, 0, bytes.length);
    }

    /** The fields as elements of this root, in their order; their values escaped. */
    public static String write(String root, Fields fields) {
        StringBuilder xml = new StringBuilder("<" + root + ">");
        for (int i = 0; i < fields.size(); i++) {
            Fields.Field field = fields.at(i);
            xml.append('<').append(field.name()).append('>');
            escape(field.value(), xml);
            xml.append("</").append(field.name()).append('>');
        }
        return xml.append("</").append(root).append('>').toString();
    }

    private static void escape(String value, StringBuilder xml) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '&' -> xml.append("&amp;");
                // Read as it stands, it would become a line feed.
                case '\r' -> xml.append("&#13;");
                default -> xml.append(c);
            }
        }
    }
}
