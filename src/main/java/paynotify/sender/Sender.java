package paynotify.sender;

import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.signature.SenderKey;

/**
 * One account's sender: how its callbacks are read, and in which words they are answered. All methods may be called by
 * many threads at once. A sender that speaks in several forms tells them apart by the callback.
 */
public interface Sender {
    /** Where a sender puts what it says. */
    enum DataIn {
        /** In a POST's body. */
        BODY,
        /** In the URL's query string, of a GET or of a POST. */
        QUERY,
        /** In a POST's body, or, where there is none, in the query string. */
        BODY_OR_QUERY;

        public boolean inBody() {
            return this != QUERY;
        }

        public boolean inQuery() {
            return this != BODY;
        }
    }

    /** The account's merchant number at the sender: whose orders are its. */
    String mchId();

    /** How the sender is asked; null where it can't be, or the account doesn't want it. */
    default @Nullable Inquiry inquiry() {
        return null;
    }

    /** The keys by which its messages are verified, where they are public ones. */
    default List<SenderKey> keys() {
        return List.of();
    }

    /** How the sender is asked for its bills; null where it can't be, or the account doesn't want it. */
    default @Nullable Bill bill() {
        return null;
    }

    default DataIn dataIn() {
        return DataIn.BODY;
    }

    /**
     * Reads and verifies. Never throws for anything that a stranger's callback may hold.
     *
     * @throws IllegalStateException if a genuine callback can't be read because a key of ours is wrong
     */
    default Reading read(Callback callback) {
        List<Finding> findings =
                callback.tooLarge() ? List.of(NothingToBook.tooLarge(callback.body().length)) : find(callback);
        return new Reading(callback, channel(callback), signedHeaders(callback), findings);
    }

    /** What a body tells that is there whole: one thing, or the orders of a combined payment. Never empty. */
    List<Finding> find(Callback callback);

    /** The form of this callback, for {@code payment_log.channel}; the configured channel where it can't be told. */
    String channel(Callback callback);

    /** The headers that are signed, as {@code Name: value}, a line each, for the log; null where none are. */
    default @Nullable String signedHeaders(Callback callback) {
        return null;
    }

    /** Words the answer in the callback's own form. A failure says no more than the outcome's name. */
    Reply reply(Callback callback, Outcome outcome);
}
