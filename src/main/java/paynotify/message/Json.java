package paynotify.message;

import org.jspecify.annotations.Nullable;

/** A JSON object as received: its members, of which texts, whole numbers and objects can be asked for. */
public final class Json {
    /** What a value is. */
    enum Kind {
        TEXT,
        NUMBER,
        OBJECT,
        NULL,
        /** An array, true or false. */
        OTHER
    }

    /** A name and a value: a text without its quotes and escapes, anything else as it is written. */
    static final class Member extends Fields.Field {
        private final Kind kind;
        private final @Nullable Fields members;

        /** @param members of an object; else null */
        Member(
                byte[] nameIn,
                int nameFrom,
                int nameTo,
                Kind kind,
                byte[] valueIn,
                int valueFrom,
                int valueTo,
                @Nullable Fields members) {
            super(nameIn, nameFrom, nameTo, valueIn, valueFrom, valueTo);
            this.kind = kind;
            this.members = members;
        }

        Kind kind() {
            return kind;
        }

        /** Of an object; else null. */
        @Nullable
        Fields members() {
            return members;
        }
    }

    /** Nobody adds to it. */
    private static final Fields NOTHING = new Fields();

    /** An object without members. */
    public static final Json EMPTY = new Json("", NOTHING);

    /** What stands before a member's name, for people. */
    private final String path;

    private final Fields members;

    private Json(String path, Fields members) {
        this.path = path;
        this.members = members;
    }

    /**
     * Reads a message.
     *
     * @throws Malformed if it is not what {@link JsonParser} takes
     */
    public static Json parse(byte[] message) throws Malformed {
        return new Json("", JsonParser.parse(message));
    }

    /** The member of this name, in ASCII; null if there is none, or null, which says as little. */
    private @Nullable Member member(String name) {
        return members.find(name) instanceof Member member && member.kind != Kind.NULL ? member : null;
    }

    /** Whether there is a member of this name, in ASCII, that is not null. */
    public boolean has(String name) {
        return member(name) != null;
    }

    private @Nullable String valueOrNull(String name, Kind kind) {
        Member member = member(name);
        return member == null || member.kind != kind || member.isEmpty() ? null : member.value();
    }

    /** The text under this name; null if there is none, or an empty one. */
    @Nullable
    public String textOrNull(String name) {
        return valueOrNull(name, Kind.TEXT);
    }

    /**
     * The text under this name; null if there is none, or an empty one.
     *
     * @throws Malformed if there is another thing
     */
    @Nullable
    public String optionalText(String name) throws Malformed {
        Member member = member(name);
        return member == null || member.isEmpty() ? null : text(name);
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
        String digits = valueOrNull(name, Kind.NUMBER);
        return digits == null ? textOrNull(name) : digits;
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
        return WholeNumber.parseOrNull(valueOrNull(name, Kind.NUMBER));
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
        Member member = member(name);
        return new Json(path + name + ".", member == null || member.members == null ? NOTHING : member.members);
    }

    private Malformed another(String expected, String name) {
        Member member = member(name);
        String found = member == null
                ? "none"
                : member.kind == Kind.TEXT || member.kind == Kind.NUMBER
                        ? Text.quoted(member.value())
                        : "something else";
        return new Malformed("expected " + expected + " as " + path + name + ", found " + found);
    }
}
