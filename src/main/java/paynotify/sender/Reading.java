package paynotify.sender;

import org.jspecify.annotations.Nullable;

/**
 * A callback and what its sender's rules found in it: what the store books and logs.
 *
 * @param channel the form of the message
 * @param headers the signed headers, as {@code Name: value}, a line each; null where none are
 */
public record Reading(
        Callback callback, String channel, @Nullable String headers, Finding finding) {}
