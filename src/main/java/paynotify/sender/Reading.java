package paynotify.sender;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A callback and what its sender's rules found in it: what the store books and logs.
 *
 * @param channel the form of the message
 * @param headers the signed headers, as {@code Name: value}, a line each; null where none are
 * @param findings one, or one for each order of a combined payment; never empty
 */
public record Reading(
        Callback callback, String channel, @Nullable String headers, List<Finding> findings) {
    public Reading {
        findings = List.copyOf(findings);
    }

    /** Of a message that tells of one thing. */
    public Reading(Callback callback, String channel, @Nullable String headers, Finding finding) {
        this(callback, channel, headers, List.of(finding));
    }
}
