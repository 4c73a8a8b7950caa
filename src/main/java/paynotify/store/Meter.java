package paynotify.store;

import java.util.List;
import paynotify.sender.Outcome;
import paynotify.sender.Source;

/**
 * Is told of what happens, by the threads in which it does, and must be quick: they wait for it. Thread-safe. Tells nobody
 * anything that a stranger has chosen: accounts are configured ones, and all else are words of ours.
 */
public interface Meter {
    /** Nobody wants to know. */
    Meter NONE = new Meter() {};

    /** What was decided about one message, and stored or only counted: a decision for each of its orders. */
    default void decided(String account, String channel, Source source, List<Decision> decisions) {}

    /**
     * A callback has been answered, well or not.
     *
     * @param startNanos the {@link System#nanoTime} of its arrival
     */
    default void answered(String account, long startNanos) {}

    /** A callback that is not verified has no row of its own. */
    default void unlogged(Outcome outcome) {}

    /** A callback was answered 503. */
    default void failed(OwnFault fault) {}

    /** So many callbacks have been settled in one transaction. */
    default void settledTogether(int callbacks) {}

    /**
     * A question was answered, or given up.
     *
     * @param answer the word of {@code payment_inquiry.answer}
     */
    default void asked(String account, String answer) {}

    /** The shop's software was told of an event, or was to be told. */
    default void told(String account, boolean delivered) {}
}
