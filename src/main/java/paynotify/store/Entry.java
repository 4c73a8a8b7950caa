package paynotify.store;

import org.jspecify.annotations.Nullable;
import paynotify.sender.Callback;

/**
 * What {@code payment_log} keeps of a callback as it was received.
 *
 * @param channel the form of the message
 * @param headers the signed headers, a line each; null where none are
 */
public record Entry(
        Callback callback, String channel, @Nullable String headers) {}
