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
    private final long firstRow;

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
        this(Source.CALLBACK, account, body, tooLarge, headers, remoteAddr, receivedAt, startNanos, bodyReadNanos, 0);
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
            long bodyReadNanos,
            long firstRow) {
        this.source = source;
        this.account = account;
        this.body = body;
        this.tooLarge = tooLarge;
        this.headers = headers;
        this.remoteAddr = remoteAddr;
        this.receivedAt = receivedAt;
        this.startNanos = startNanos;
        this.bodyReadNanos = bodyReadNanos;
        this.firstRow = firstRow;
    }

    /**
     * What came in another way than by a call: an answer to a question of ours.
     *
     * @param receivedAt when it came
     */
    public static Callback of(
            Source source,
            String account,
            byte[] body,
            Function<String, @Nullable String> headers,
            Instant receivedAt) {
        long now = System.nanoTime();
        return new Callback(source, account, body, false, headers, null, receivedAt, now, now, 0);
    }

    /**
     * A row of the log, read once more.
     *
     * @param firstRow its number; not that of a row that is itself one read once more
     * @param receivedAt when it came first
     */
    public static Callback again(
            long firstRow,
            String account,
            byte[] body,
            Function<String, @Nullable String> headers,
            Instant receivedAt) {
        long now = System.nanoTime();
        return new Callback(Source.REPLAY, account, body, false, headers, null, receivedAt, now, now, firstRow);
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

    /** The number of the row of the log that this is once more; 0 for what has just come. */
    public long firstRow() {
        return firstRow;
    }
}
