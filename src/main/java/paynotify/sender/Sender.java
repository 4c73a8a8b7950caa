package paynotify.sender;

/**
 * One account's sender: how its callbacks are read, and in which words they are answered. All methods may be called by
 * many threads at once. A sender that speaks in several forms tells them apart by the callback.
 */
public interface Sender {
    /** The form of this callback, for {@code payment_log.channel}; the configured channel where it can't be told. */
    String channel(Callback callback);

    /** Reads and verifies. Never throws for anything that a callback may hold. */
    Finding read(Callback callback);

    /** Words the answer in the callback's own form. A failure says no more than the outcome's name. */
    Reply reply(Callback callback, Outcome outcome);
}
