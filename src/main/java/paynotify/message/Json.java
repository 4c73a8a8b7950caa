package paynotify.message;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object as received: its members, of which texts, whole numbers and objects can be asked for. Immutable. */
public final class Json {
    /** An object without members. */
    public static final Json EMPTY = new Json("", Map.of());

    /** What stands before a member's name, for people. */
    private final String path;

    /** As {@link JsonReader#read} gives them. */
    private final Map<String, Object> members;

    private Json(String path, Map<String, Object> members) {
        this.path = path;
        this.members = members;
    }

    /**
     * Reads a message, of which nothing is proved yet.
     *
     * @throws Malformed if it is not what {@link JsonReader} takes
     */
    public static Json parse(byte[] message) throws Malformed {
        return new Json("", JsonReader.read(message, JsonReader.VALUES_MAX));
    }

    /**
     * Reads a message that is proved to be the sender's: a combined payment of 50 orders, each with its coupons, has more
     * members than a stranger's message may have.
     *
     * @throws Malformed if it is not what {@link JsonReader} takes
     */
    public static Json parseProved(byte[] message) throws Malformed {
        return new Json("", JsonReader.read(message, JsonReader.VALUES_PROVED_MAX));
    }

    /** The value under this name; null if there is none, or null, which says as little. */
    private @Nullable Object value(String name) {
        Object value = members.get(name);
        return value == JsonToken.VALUE_NULL ? null : value;
    }

    /** Whether there is a member of this name that is not null. */
    public boolean has(String name) {
        return value(name) != null;
    }

    /** The text under this name; null if there is none, or an empty one. */
    @Nullable
    public String textOrNull(String name) {
        return value(name) instanceof String text && !text.isEmpty() ? text : null;
    }

    /**
     * The text under this name; null if there is none, or an empty one.
     *
     * @throws Malformed if there is another thing
     */
    @Nullable
    public String optionalText(String name) throws Malformed {
        Object value = value(name);
        return value == null || value.equals("") ? null : text(name);
    }

    /**
     * A text that must be there.
     *
     * @throws Malformed if there is none, an empty one, or no text
     */
    public String text(String name) throws Malformed {
        String text = textOrNull(name);
        if (text == null) {
            throw another("a text", name);
        }
        return text;
    }

    /**
     * One of the sender's numbers or names.
     *
     * @throws Malformed if there is none that could be one of the sender's numbers or names
     */
    public String identifier(String name) throws Malformed {
        return Text.identifier(path + name, text(name));
    }

    /** The text or the number under this name, as it is written; null if there is neither, or an empty text. */
    @Nullable
    public String textOrDigitsOrNull(String name) {
        return value(name) instanceof JsonReader.NumberText number ? number.digits() : textOrNull(name);
    }

    /**
     * A whole number, written as one or as a text.
     *
     * @throws Malformed if there is no whole number, written as one or as a text
     */
    public long wholeNumberOrText(String name) throws Malformed {
        Long number = WholeNumber.parseOrNull(textOrDigitsOrNull(name));
        if (number == null) {
            throw another("a whole number", name);
        }
        return number;
    }

    /** The whole number under this name; null if there is none. */
    @Nullable
    public Long wholeNumberOrNull(String name) {
        return value(name) instanceof JsonReader.NumberText number ? WholeNumber.parseOrNull(number.digits()) : null;
    }

    /**
     * A whole number.
     *
     * @throws Malformed if there is none, or another thing
     */
    public long wholeNumber(String name) throws Malformed {
        Long number = wholeNumberOrNull(name);
        if (number == null) {
            throw another("a whole number", name);
        }
        return number;
    }

    /** The object under this name; an empty one if there is none. */
    public Json objectOrEmpty(String name) {
        Json object = object(path + name, value(name));
        return object == null ? new Json(path + name + ".", Map.of()) : object;
    }

    /**
     * The objects in the array under this name; none if there is no array.
     *
     * @throws Malformed if there is another thing, or in the array one that is no object
     */
    public List<Json> objects(String name) throws Malformed {
        Object value = value(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> elements)) {
            throw another("an array", name);
        }
        List<Json> objects = new ArrayList<>();
        for (Object element : elements) {
            String elementPath = path + name + "[" + objects.size() + "]";
            Json object = object(elementPath, element);
            if (object == null) {
                throw new Malformed("expected an object as " + elementPath + ", found something else");
            }
            objects.add(object);
        }
        return objects;
    }

    /** A value as an object; null if it is none. */
    @SuppressWarnings("unchecked")
    private static @Nullable Json object(String path, @Nullable Object value) {
        // JsonReader makes no other maps.
        return value instanceof Map<?, ?> members ? new Json(path + ".", (Map<String, Object>) members) : null;
    }

    private Malformed another(String expected, String name) {
        Object value = value(name);
        String found = value == null ? "none" : "something else";
        if (value instanceof String text) {
            found = Text.quoted(text);
        } else if (value instanceof JsonReader.NumberText number) {
            found = Text.quoted(number.digits());
        }
        return new Malformed("expected " + expected + " as " + path + name + ", found " + found);
    }
}
