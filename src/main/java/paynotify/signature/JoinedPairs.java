package paynotify.signature;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.message.Fields;
import paynotify.message.Malformed;

/**
 * The one verifier of all senders that sign joined pairs, {@code name=value&name=value}. Thread-safe.
 *
 * <p>Such a text can be cut in other places than the sender's, and be another message under the same sign: a payer who
 * is echoed in a field may write {@code &out_trade_no=…} into it. So a value that holds {@code &NAME=} is refused, for
 * every name that decides anything, be it by its value or by its absence (contract, section 3, "Joined pairs").
 */
public final class JoinedPairs {
    /** WeChat Pay's own limit for {@code attach}, in characters (protocol.md, section 1.1). */
    private static final int FREE_TEXT_CHARS_MAX = 128;

    /** A sender's own way to sign the pairs. */
    @FunctionalInterface
    public interface Rule {
        /** Returns only if the fields bear a sign by one of our keys. */
        void verify(Fields fields) throws BadSignature;
    }

    private final Rule rule;
    private final Set<String> deciding;
    private final @Nullable String freeText;

    /**
     * @param deciding the names, in ASCII, that {@link VerifiedFields} may be asked for
     * @param freeText the field into which shops write what they like, query strings too; null where there is none. Of
     *     at most {@value #FREE_TEXT_CHARS_MAX} characters it may hold {@code &NAME=} if the message itself has that name
     */
    public JoinedPairs(Rule rule, Set<String> deciding, @Nullable String freeText) {
        this.rule = rule;
        this.deciding = Set.copyOf(deciding);
        this.freeText = freeText;
    }

    /**
     * Returns only what is proved, and can be read in one way only.
     *
     * @throws BadSignature if the fields are not signed by one of our keys
     * @throws Malformed if they are, and the signed text could be cut into another message
     */
    public VerifiedFields verify(Fields fields) throws BadSignature, Malformed {
        rule.verify(fields);
        for (int i = 0; i < fields.size(); i++) {
            Fields.Field field = fields.at(i);
            if (field.holds('&')) {
                requireOneReading(fields, field);
            }
        }
        return new VerifiedFields(fields, deciding);
    }

    private void requireOneReading(Fields fields, Fields.Field field) throws Malformed {
        String value = field.value();
        boolean free = freeText != null
                && field == fields.find(freeText)
                && value.codePointCount(0, value.length()) <= FREE_TEXT_CHARS_MAX;
        for (String name : deciding) {
            if (value.contains("&" + name + "=") && !(free && fields.get(name) != null)) {
                throw new Malformed(
                        "expected signed pairs that can be read in one way, found a value that holds &" + name + "=");
            }
        }
    }
}
