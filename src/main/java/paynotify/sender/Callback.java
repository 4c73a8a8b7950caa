package paynotify.sender;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One message as it was received: unverified bytes that anybody may have sent.
 *
 * <p>The body is not copied; nobody may change it. Its headers are the request's, and can be asked for only
 * while that lasts; the rest may be shared by threads.
 */
public final class Callback {
    private final Source source;
    private final String account;
    private final byte[] body;
    private final boolean tooLarge;
    private final Function<String, @Nullable String> headers;
    private final @Nullable String remoteAddr;
    private final Instant receivedAt;
    private final long startNanos;
    private final long bodyReadNanos;

    /**
     * What a sender called us with.
     *
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
        this(Source.CALLBACK, account, body, tooLarge, headers, remoteAddr, receivedAt, startNanos, bodyReadNanos);
    }

    private Callback(
            Source source,
            String account,
            byte[] body,
            boolean tooLarge,
            Function<String, @Nullable String> headers,
            @Nullable String remoteAddr,
            Instant receivedAt,
            long startNanos,
            long bodyReadNanos) {
        this.source = source;
        this.account = account;
        this.body = body;
        this.tooLarge = tooLarge;
        this.headers = headers;
        this.remoteAddr = remoteAddr;
        this.receivedAt = receivedAt;
        this.startNanos = startNanos;
        this.bodyReadNanos = bodyReadNanos;
    }

    /**
     * What came in another way than by a call: an answer to a question of ours, or a row of the log.
     *
     * @param receivedAt when it came; of a row of the log, when it came first
     */
    public static Callback of(
            Source source,
            String account,
            byte[] body,
            Function<String, @Nullable String> headers,
            Instant receivedAt) {
        long now = System.nanoTime();
        return new Callback(source, account, body, false, headers, null, receivedAt, now, now);
    }

    /** How we know of it. */
    public Source source() {
        return source;
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
