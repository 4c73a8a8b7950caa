package paynotify.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one object in JSON as <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a> has it, in UTF-8, with or
 * without a byte order mark, by Jackson's parser. It has limits, and is stricter in three things, since two parsers may
 * read each of them in two ways: every name of an object once, at every depth (section 4: "SHOULD be unique"); no halves
 * of surrogate pairs (section 8.2); and no NUL, which no column of text holds.
 *
 * <p>One pass; memory is at most 8 times the message's length, and some 200 bytes for each of its values. An instance reads one message.
 */
final class JsonReader {
    /** No value lies deeper. */
    static final int DEPTH_MAX = 16;
    /** No stranger's message has more members and array elements, all objects and arrays together. */
    static final int VALUES_MAX = 1_024;
    /** The same of a message that is proved to be the sender's. */
    static final int VALUES_PROVED_MAX = 8_192;
    /** No name is longer, in characters. */
    static final int NAME_CHARS_MAX = 128;
    /** No number is longer, in characters. */
    static final int NUMBER_CHARS_MAX = 32;

    /** Of the buffers that Jackson reads with, each of 144 KB at most, so many are kept for the next messages. */
    private static final int BUFFERS_KEPT = 32;

    /**
     * Keeps no table of names: it would be shared by all messages, and strangers could fill it. Keeps its buffers itself:
     * what is in a ThreadLocal would outlive the application on Tomcat's threads. Shows nothing of a message in its errors.
     */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.newBoundedPool(BUFFERS_KEPT))
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(Input.BYTES_MAX)
                    .maxStringLength(Input.BYTES_MAX)
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNameLength(NAME_CHARS_MAX)
                    .maxNumberLength(NUMBER_CHARS_MAX)
                    .build())
            .build();

    /** A number as it is written. */
    record NumberText(String digits) {}

    private final JsonParser parser;
    private final int valuesMax;
    private int values;

    private JsonReader(JsonParser parser, int valuesMax) {
        this.parser = parser;
        this.valuesMax = valuesMax;
    }

    /**
     * The members by name. A value is a String, a {@link NumberText}, a Map of an object's members, a List of an array's
     * elements, or the {@link JsonToken} of true, false or null.
     *
     * @param valuesMax no more members and array elements are taken
     * @throws Malformed with what was found and its line and column, both counted from 1
     */
    static Map<String, Object> read(byte[] message, int valuesMax) throws Malformed {
        Input in = new Input("JSON", message);
        for (int at = 0; !in.isEnd(at); at += Utf8.width(in.codePoint(at))) {
            if (in.isAt(at, '\0')) {
                throw in.refused("expected text, found a NUL", at);
            }
        }
        int start = in.blanksEnd(in.start());
        if (!in.isAt(start, '{')) {
            throw in.refused("expected an object, found something else", start);
        }
        try (JsonParser parser = FACTORY.createParser(message, in.start(), message.length - in.start())) {
            return new JsonReader(parser, valuesMax).document();
        } catch (IOException e) {
            throw new UncheckedIOException("a message that is in memory", e);
        }
    }

    private Map<String, Object> document() throws IOException, Malformed {
        try {
            parser.nextToken();
            Map<String, Object> members = members();
            if (parser.nextToken() != null) {
                throw refused("expected the end after the object, found more", parser.currentTokenLocation());
            }
            return members;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw refused(what(e), at == null ? parser.currentLocation() : at);
        }
    }

    private Object value() throws IOException, Malformed {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> members();
            case START_ARRAY -> elements();
            case VALUE_STRING -> checked(text());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
            default -> token;
        };
    }

    private Map<String, Object> members() throws IOException, Malformed {
        Map<String, Object> members = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = checked(parser.currentName());
            if (members.containsKey(name)) {
                throw refused(
                        "expected every name once, found a second " + Text.quoted(name), parser.currentTokenLocation());
            }
            count();
            parser.nextToken();
            members.put(name, value());
        }
        return members;
    }

    private List<Object> elements() throws IOException, Malformed {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            count();
            elements.add(value());
        }
        return elements;
    }

    private void count() throws Malformed {
        values++;
        if (values > valuesMax) {
            throw refused(
                    "expected at most " + valuesMax + " members and elements, found another",
                    parser.currentTokenLocation());
        }
    }

    /** From the parser's own characters: {@link JsonParser#getText} takes one copy more of a long one. */
    private String text() throws IOException {
        return new String(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    }

    /** Jackson counts a number's digits only. */
    private NumberText number() throws IOException, Malformed {
        if (parser.getTextLength() > NUMBER_CHARS_MAX) {
            throw refused(limits(), parser.currentTokenLocation());
        }
        return new NumberText(text());
    }

    /** An escape can write what may not stand there as it is. */
    private String checked(String text) throws Malformed {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                throw refused(
                        "expected escapes of characters but NUL, found something else", parser.currentTokenLocation());
            }
        }
        return text;
    }

    /** In our own words: Jackson's would quote the message. */
    private String what(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return limits();
        }
        if (e instanceof JsonEOFException) {
            return "expected the end of the object, found the end of the message";
        }
        return parser.getParsingContext().inRoot()
                ? "expected the end after the object, found more"
                : parser.getParsingContext().inArray()
                        ? "expected a value or the end of an array, found something else"
                        : "expected a member or the end of an object, found something else";
    }

    private static String limits() {
        return "expected at most " + DEPTH_MAX + " levels, names of at most " + NAME_CHARS_MAX
                + " and numbers of at most " + NUMBER_CHARS_MAX + " characters, found more";
    }

    private static Malformed refused(String what, JsonLocation at) {
        return new Malformed("JSON: " + what + ", at line " + at.getLineNr() + ", column " + at.getColumnNr());
    }
}
