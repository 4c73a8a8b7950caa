package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.TreeMap;

/** What an independent parser (Jackson, doubled names refused) reads from the same bytes, with wider limits. */
final class JsonOracle {
    private final JsonFactory factory = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The members by name: texts in quotes, other values as in JSON, arrays as such; null if it is no object in UTF-8. */
    Map<String, Object> read(byte[] message) {
        try {
            // By a NUL, Jackson would tell UTF-16 and UTF-32, and take them.
            if (UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString().indexOf('\0') >= 0) {
                return null;
            }
        } catch (CharacterCodingException e) {
            return null;
        }
        try (JsonParser parser = factory.createParser(message)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            Map<String, Object> members = members(parser);
            return parser.nextToken() == null ? members : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static Map<String, Object> members(JsonParser parser) throws IOException {
        Map<String, Object> members = new TreeMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = characters(parser.currentName());
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> members(parser);
            case START_ARRAY -> {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    value(parser);
                }
                yield "array";
            }
            case VALUE_STRING -> '"' + characters(parser.getText()) + '"';
            default -> parser.getText();
        };
    }

    /** JSON can write what is no character: half of a pair. And NUL. */
    private static String characters(String text) throws IOException {
        if (text.indexOf('\0') >= 0 || !UTF_8.newEncoder().canEncode(text)) {
            throw new IOException("not characters");
        }
        return text;
    }
}
