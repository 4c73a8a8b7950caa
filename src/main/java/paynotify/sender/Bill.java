package paynotify.sender;

import java.net.URI;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * How one account's sender is asked for the bill of a day, and what its answers mean (contract, section 14). Knows no HTTP
 * client and no database. Thread-safe.
 */
public interface Bill {
    /** What to do after an answer that is not the bill itself. */
    enum Next {
        /** It lies at {@link Answer#download}. */
        DOWNLOAD,
        /** There is no bill of that day: nothing was paid or refunded, says the sender. */
        NONE,
        /** It is not made yet. */
        LATER,
        /** The sender calls our signature wrong, and there is an older key to sign with: asked once more with that. */
        OLDER_KEY,
        /** The sender is busy or broken, or refuses us. */
        REFUSED,
        /** It can't be believed. */
        UNUSABLE
    }

    /**
     * Where a bill lies.
     *
     * @param sha1 of the uncompressed bill, in hex
     */
    record Download(URI url, String sha1) {}

    /**
     * What an answer means.
     *
     * @param detail one plain sentence; no secrets
     * @param download null unless {@link Next#DOWNLOAD}
     */
    record Answer(Next next, String detail, @Nullable Download download) {}

    /** The signed request for a day's bill of all payments and refunds. {@code olderKey} only after OLDER_KEY. */
    Inquiry.Request request(LocalDate day, boolean olderKey);

    /** Whether the answer is the bill itself, unless it is an error. */
    boolean comesAtOnce();

    /**
     * Reads and verifies an answer that is not the bill itself. Never throws for anything that it may hold.
     *
     * @param status of HTTP
     */
    Answer read(int status, Callback received, boolean olderKey);

    /**
     * The signed request for the file.
     *
     * @param path with its query, exactly as the sender gave it
     */
    Inquiry.Request download(String path);

    /** Whether the account takes payments of this app and this sub merchant; null for what a line doesn't name. */
    boolean takes(@Nullable String appId, @Nullable String subMchId);
}
