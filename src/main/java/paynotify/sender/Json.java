package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as received: its members that are objects, texts or numbers. Arrays and other values are read over.
 * Doubled names are refused, at every depth. Immutable.
 */
final class Json {
    /** No value lies deeper. */
    static final int DEPTH_MAX = 16;
    /** No name is longer, in bytes. */
    static final int NAME_BYTES_MAX = 128;
    /** No number is longer, in characters. */
    static final int NUMBER_CHARS_MAX = 32;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNameLength(NAME_BYTES_MAX)
                    .maxNumberLength(NUMBER_CHARS_MAX)
                    .maxStringLength(Input.BYTES_MAX)
                    .maxDocumentLength(Input.BYTES_MAX)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private record NumberText(String digits) {}

    private final String path;
    private final Map<String, Object> members;

    private Json(String path, Map<String, Object> members) {
        this.path = path;
        this.members = members;
    }

    /** @throws Refused as MALFORMED, if it is not one JSON object in UTF-8, or over a limit */
    static Json parse(byte[] bytes) throws Refused {
        checkUtf8(bytes);
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Refused.malformed("JSON: expected an object, found something else");
            }
            Json json = new Json("", members(parser, ""));
            if (parser.nextToken() != null) {
                throw Refused.malformed("JSON: expected the end after the object, found more");
            }
            return json;
        } catch (IOException e) {
            // Jackson's message quotes the text; the row's body shows it anyway.
            throw Refused.malformed("JSON: expected an object of at most " + DEPTH_MAX
                    + " levels with every name once and characters as texts, found something else");
        }
    }

    /** Without NUL, by which Jackson would tell UTF-16 and UTF-32, and take them. */
    private static void checkUtf8(byte[] bytes) throws Refused {
        String decoded = new String(bytes, UTF_8);
        // What is no UTF-8 has been replaced by this character; or it stood there.
        boolean replaced = decoded.indexOf('\uFFFD') >= 0 && !MessageDigest.isEqual(decoded.getBytes(UTF_8), bytes);
        if (replaced || decoded.indexOf('\0') >= 0) {
            throw Refused.malformed("JSON: expected UTF-8, found other bytes");
        }
    }

    private static Map<String, Object> members(JsonParser parser, String path) throws IOException {
        Map<String, Object> members = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            switch (parser.nextToken()) {
                case START_OBJECT -> {
                    String inner = path + name + ".";
                    members.put(name, new Json(inner, members(parser, inner)));
                }
                case VALUE_STRING -> members.put(name, characters(parser.getText()));
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> members.put(name, new NumberText(parser.getText()));
                case VALUE_NULL -> {
                    // Says as little as a member that is not there.
                }
                default -> {
                    parser.skipChildren();
                    members.put(name, Map.of());
                }
            }
        }
        return members;
    }

    /** JSON can write what is no character (half of a pair) and what no column holds (NUL). */
    private static String characters(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (c == 0 || (Character.isSurrogate(c) && !pair)) {
                throw new IOException("not characters");
            }
            i += pair ? 1 : 0;
        }
        return text;
    }

    /** The text under this name; null if there is none, or an empty one. */
    @Nullable
    String textOrNull(String name) {
        return members.get(name) instanceof String text && !text.isEmpty() ? text : null;
    }

    /**
     * The text under this name; null if there is none, or an empty one.
     *
     * @throws Refused if there is another thing
     */
    @Nullable
    String optionalText(String name) throws Refused {
        Object member = members.get(name);
        return member == null || "".equals(member) ? null : text(name);
    }

    /** @throws Refused if there is none, an empty one, or no text */
    String text(String name) throws Refused {
        String text = textOrNull(name);
        if (text == null) {
            throw Refused.malformed("expected a text as " + path + name + ", found " + what(name));
        }
        return text;
    }

    /** @throws Refused if there is none that could be one of the sender's numbers or names */
    String identifier(String name) throws Refused {
        return Text.identifier(path + name, text(name));
    }

    /** The text or the number under this name, as it is written; null if there is neither, or an empty text. */
    @Nullable
    String textOrDigitsOrNull(String name) {
        return members.get(name) instanceof NumberText number ? number.digits() : textOrNull(name);
    }

    /** @throws Refused if there is no whole number, written as one or as a text */
    long wholeNumberOrText(String name) throws Refused {
        Long number = WholeNumber.parseOrNull(textOrDigitsOrNull(name));
        if (number == null) {
            throw Refused.malformed("expected a whole number as " + path + name + ", found " + what(name));
        }
        return number;
    }

    /** The whole number under this name; null if there is none. */
    @Nullable
    Long wholeNumberOrNull(String name) {
        return members.get(name) instanceof NumberText number ? WholeNumber.parseOrNull(number.digits()) : null;
    }

    /** @throws Refused if there is none, or another thing */
    long wholeNumber(String name) throws Refused {
        Long number = wholeNumberOrNull(name);
        if (number == null) {
            throw Refused.malformed("expected a whole number as " + path + name + ", found " + what(name));
        }
        return number;
    }

    /** The object under this name; an empty one if there is none. */
    Json objectOrEmpty(String name) {
        return members.get(name) instanceof Json json ? json : new Json(path + name + ".", Map.of());
    }

    private String what(String name) {
        Object member = members.get(name);
        return member instanceof NumberText number
                ? Text.quoted(number.digits())
                : member == null ? "none" : member instanceof String text ? Text.quoted(text) : "something else";
    }
}
