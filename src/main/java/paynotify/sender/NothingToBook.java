package paynotify.sender;

/**
 * A callback that books nothing: it is refused, or it is verified and tells of no payment and no refund.
 *
 * @param outcome why, as the contract's word
 * @param detail one plain sentence for the log: what was expected, what was found; no secrets
 * @param verified whether only the sender can have caused it. False for what bears no proof, and for another merchant's
 *     callback where one key signs for many merchants: strangers may cause these as often as they like
 * @param alarming whether somebody should look: the sender's own message that could not be used, or money in a form that
 *     this software doesn't know
 */
public record NothingToBook(Outcome outcome, String detail, Claims claims, boolean verified, boolean alarming)
        implements Finding {
    /** What nobody has signed. */
    public static NothingToBook unverified(Outcome outcome, String detail) {
        return new NothingToBook(outcome, detail, Claims.NONE, false, false);
    }

    /** A body of which only the start was read. */
    public static NothingToBook tooLarge(int bytesMax) {
        return unverified(Outcome.TOO_LARGE, "expected at most " + bytesMax + " bytes (body.max-bytes), found more");
    }
}
