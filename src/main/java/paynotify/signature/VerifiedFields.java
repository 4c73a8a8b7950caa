package paynotify.signature;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.message.Fields;
import paynotify.message.Malformed;

/** The fields of a message whose sign is right and that can be read in one way. Immutable. */
public final class VerifiedFields {
    private final Fields fields;
    private final Set<String> deciding;

    VerifiedFields(Fields fields, Set<String> deciding) {
        this.fields = fields;
        this.deciding = deciding;
    }

    /**
     * The value of a name that decides; null if there is none or an empty one.
     *
     * @throws IllegalStateException if {@link JoinedPairs} was not told that this name decides: then its value may have
     *     been cut out of another
     */
    public @Nullable String get(String name) {
        return fields.get(checked(name));
    }

    /** The value of any name, for people: nothing may be decided by it. */
    public @Nullable String shown(String name) {
        return fields.get(name);
    }

    /**
     * The value that must be there.
     *
     * @throws Malformed if there is no value of this name, or an empty one
     */
    public String required(String name) throws Malformed {
        return fields.required(checked(name));
    }

    /**
     * One of the sender's numbers or names.
     *
     * @throws Malformed if there is no number or name of this name that could be one of the sender's
     */
    public String identifier(String name) throws Malformed {
        return fields.identifier(checked(name));
    }

    /**
     * A whole number.
     *
     * @throws Malformed if there is no whole number of this name
     */
    public long wholeNumber(String name) throws Malformed {
        return fields.wholeNumber(checked(name));
    }

    /**
     * An amount in yuan, in fen.
     *
     * @throws Malformed if there is no amount in yuan, with two decimals at most, of this name
     */
    public long yuanInFen(String name) throws Malformed {
        return fields.yuanInFen(checked(name));
    }

    private String checked(String name) {
        if (!deciding.contains(name)) {
            throw new IllegalStateException("a field decides that JoinedPairs was not told of: " + name);
        }
        return name;
    }
}
