package paynotify.signature;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.config.Reloadable;

/**
 * A key by which a sender's messages are verified, as it is configured, and what the last of them told of the clocks.
 * Thread-safe.
 */
public final class SenderKey {
    private final String id;
    private final Reloadable<VerificationKey> key;
    /** Of the newest message: only one thing is read by others, so it may be written without a lock. */
    private volatile @Nullable Signed last;

    private record Signed(Instant receivedAt, Duration late) {}

    /** @param id under which it is configured; empty where there is but one key, and a certificate's number is its id */
    public SenderKey(String id, Reloadable<VerificationKey> key) {
        this.id = id;
        this.key = key;
    }

    Reloadable<VerificationKey> key() {
        return key;
    }

    public String id() {
        return id.isEmpty() ? Objects.requireNonNullElse(key.get().serial(), "") : id;
    }

    /** When the certificate does; null for a bare key, which doesn't. */
    public @Nullable Instant expires() {
        return key.get().expires();
    }

    /** What came before others is one read once more, and tells nothing of today's clocks. */
    void signed(Instant receivedAt, Duration late) {
        Signed before = last;
        if (before == null || !receivedAt.isBefore(before.receivedAt)) {
            last = new Signed(receivedAt, late);
        }
    }

    /** How far our clock was ahead of the sender's at the last verified message; null if there was none, or it says no time. */
    public @Nullable Duration skew() {
        Signed newest = last;
        return newest == null ? null : newest.late;
    }
}
