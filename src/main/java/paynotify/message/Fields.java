package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The names and values of one message as received, unverified, sorted by the bytes of their names (for names in UTF-8
 * that is the order of their characters; for WeChat's it is the "ASCII order" of the documents).
 *
 * <p>Names and values are parts of the byte arrays that they were read from, or put together in, if they stood there in
 * pieces; nothing becomes a {@link String} before somebody asks for it. One thread adds to it, any may read then.
 */
public final class Fields {
    /** No message of pairs or of flat XML has more, the sign included. */
    public static final int FIELDS_MAX = 256;
    /** No name is longer, in bytes. */
    public static final int NAME_BYTES_MAX = 128;

    private static final Field[] NONE = {};
    private static final int SIZE_AT_FIRST = 32;

    private Field[] fields = NONE;
    private int size;

    /** A name and a value, each a part of an array: from the first byte up to, not including, the last. */
    public static final class Field {
        private final byte[] nameIn;
        private final int nameFrom;
        private final int nameTo;
        private final byte[] valueIn;
        private final int valueFrom;
        private final int valueTo;
        private final Charset charset;

        /** A name and a value in UTF-8; nobody may change the arrays any more. */
        public Field(byte[] nameIn, int nameFrom, int nameTo, byte[] valueIn, int valueFrom, int valueTo) {
            this(nameIn, nameFrom, nameTo, valueIn, valueFrom, valueTo, UTF_8);
        }

        Field(byte[] nameIn, int nameFrom, int nameTo, byte[] valueIn, int valueFrom, int valueTo, Charset charset) {
            this.charset = charset;
            this.nameIn = nameIn;
            this.nameFrom = nameFrom;
            this.nameTo = nameTo;
            this.valueIn = valueIn;
            this.valueFrom = valueFrom;
            this.valueTo = valueTo;
        }

        /** Whether there is no value. */
        public boolean isEmpty() {
            return valueFrom == valueTo;
        }

        /** Whether this character of ASCII stands in the value. */
        public boolean holds(char ascii) {
            for (int i = valueFrom; i < valueTo; i++) {
                if (valueIn[i] == ascii) {
                    return true;
                }
            }
            return false;
        }

        public String name() {
            return new String(nameIn, nameFrom, nameTo - nameFrom, charset);
        }

        /** The value as text; what is not of its charset is replaced. */
        public String value() {
            return new String(valueIn, valueFrom, valueTo - valueFrom, charset);
        }

        /** The bytes of {@code name=value}. */
        public int pairLength() {
            return nameTo - nameFrom + 1 + valueTo - valueFrom;
        }

        /** Writes {@code name=value} and returns the place after it. */
        public int writePair(byte[] out, int at) {
            int equals = at + nameTo - nameFrom;
            System.arraycopy(nameIn, nameFrom, out, at, nameTo - nameFrom);
            out[equals] = '=';
            System.arraycopy(valueIn, valueFrom, out, equals + 1, valueTo - valueFrom);
            return at + pairLength();
        }

        private int compareNames(Field other) {
            return Arrays.compareUnsigned(nameIn, nameFrom, nameTo, other.nameIn, other.nameFrom, other.nameTo);
        }

        private boolean isNamed(String ascii) {
            if (ascii.length() != nameTo - nameFrom) {
                return false;
            }
            for (int i = 0; i < ascii.length(); i++) {
                if (nameIn[nameFrom + i] != ascii.charAt(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** How many there are, empty ones included. */
    public int size() {
        return size;
    }

    /** The field at this place in the order of names, from 0. */
    public Field at(int index) {
        return fields[index];
    }

    /** Behind all fields of lesser names, or of this one. */
    private int place(Field field) {
        // Senders mostly sort, so the place is mostly the last one.
        if (size == 0 || fields[size - 1].compareNames(field) <= 0) {
            return size;
        }
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (fields[middle].compareNames(field) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Puts a field in its place, and returns false, changing nothing, if one of that name is there already. */
    public boolean add(Field field) {
        int place = place(field);
        if (place > 0 && fields[place - 1].compareNames(field) == 0) {
            return false;
        }
        if (size == fields.length) {
            fields = Arrays.copyOf(fields, Math.max(SIZE_AT_FIRST, 2 * size));
        }
        System.arraycopy(fields, place, fields, place + 1, size - place);
        fields[place] = field;
        size++;
        return true;
    }

    /** These and one more, in its place; null if one of that name is there already. */
    @Nullable
    public Fields with(Field field) {
        Fields more = new Fields();
        more.fields = fields.clone();
        more.size = size;
        return more.add(field) ? more : null;
    }

    /**
     * The value of this name, or null if there is none or an empty one: what is empty is not signed, so it says as
     * little as what is not there.
     *
     * @param name in ASCII
     */
    @Nullable
    public String get(String name) {
        Field field = find(name);
        return field == null || field.isEmpty() ? null : field.value();
    }

    /**
     * The field of this name, be it empty or not; null if there is none.
     *
     * @param name in ASCII
     */
    @Nullable
    public Field find(String name) {
        for (int i = 0; i < size; i++) {
            if (fields[i].isNamed(name)) {
                return fields[i];
            }
        }
        return null;
    }

    /**
     * The value that must be there.
     *
     * @throws Malformed if there is no value of this name, or an empty one
     */
    public String required(String name) throws Malformed {
        return Text.required(name, get(name));
    }

    /**
     * One of the sender's numbers or names.
     *
     * @throws Malformed if there is no number or name of this name that could be one of the sender's
     */
    public String identifier(String name) throws Malformed {
        return Text.identifier(name, get(name));
    }

    /**
     * A whole number.
     *
     * @throws Malformed if there is no whole number of this name
     */
    public long wholeNumber(String name) throws Malformed {
        String value = required(name);
        Long number = WholeNumber.parseOrNull(value);
        if (number == null) {
            throw new Malformed("expected a whole number as " + name + ", found " + Text.quoted(value));
        }
        return number;
    }

    /**
     * An amount in yuan, in fen.
     *
     * @throws Malformed if there is no amount in yuan, with two decimals at most, of this name
     */
    public long yuanInFen(String name) throws Malformed {
        String value = required(name);
        Long fen = Yuan.parseFenOrNull(value);
        if (fen == null) {
            throw new Malformed("expected yuan with at most 2 decimals as " + name + ", found " + Text.quoted(value));
        }
        return fen;
    }
}
