package paynotify.sender;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One callback as it was received: unverified bytes that anybody may have sent.
 *
 * <p>The body is not copied; nobody may change it. Its headers are the request's, and can be asked for only
 * while that lasts; the rest may be shared by threads.
 */
public final class Callback {
    private final String account;
    private final byte[] body;
    private final boolean tooLarge;
    private final Function<String, @Nullable String> headers;
    private final @Nullable String remoteAddr;
    private final Instant receivedAt;
    private final long startNanos;
    private final long bodyReadNanos;

    /**
     * @param account the account that the URL names
     * @param body the body, or the query string of a sender that calls so; its start where {@code tooLarge}
     * @param headers a header's value by its name in any case, null where there is none
     * @param remoteAddr the caller as Tomcat names it, an address or not
     * @param startNanos {@link System#nanoTime} at {@code receivedAt}
     * @param bodyReadNanos {@link System#nanoTime} at the body's last byte
     */
    public Callback(
            String account,
            byte[] body,
            boolean tooLarge,
            Function<String, @Nullable String> headers,
            @Nullable String remoteAddr,
            Instant receivedAt,
            long startNanos,
            long bodyReadNanos) {
        this.account = account;
        this.body = body;
        this.tooLarge = tooLarge;
        this.headers = headers;
        this.remoteAddr = remoteAddr;
        this.receivedAt = receivedAt;
        this.startNanos = startNanos;
        this.bodyReadNanos = bodyReadNanos;
    }

    public String account() {
        return account;
    }

    public byte[] body() {
        return body;
    }

    /** Whether the body went on after {@link #body}. */
    public boolean tooLarge() {
        return tooLarge;
    }

    /** A header's value by its name in any case, null where there is none. */
    public Function<String, @Nullable String> headers() {
        return headers;
    }

    public @Nullable String remoteAddr() {
        return remoteAddr;
    }

    public Instant receivedAt() {
        return receivedAt;
    }

    public long startNanos() {
        return startNanos;
    }

    public long bodyReadNanos() {
        return bodyReadNanos;
    }
}
