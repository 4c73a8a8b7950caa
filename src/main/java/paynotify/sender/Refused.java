package paynotify.sender;

/**
 * Why a callback is not believed: the sender's doing, never ours. Stays inside this package, whose readers and
 * verifiers throw it; {@link #at} makes of it what the rest of the world sees.
 */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    /** @param detail one plain sentence: what was expected, what was found; no secrets */
    Refused(Outcome outcome, String detail) {
        // No stack trace: anybody may cause one of these, as often as they like.
        super(detail, null, false, false);
        this.outcome = outcome;
    }

    static Refused malformed(String detail) {
        return new Refused(Outcome.MALFORMED, detail);
    }

    static Refused badSignature(String detail) {
        return new Refused(Outcome.BAD_SIGNATURE, detail);
    }

    Nothing at(Claims claims) {
        return new Nothing(outcome, String.valueOf(getMessage()), claims);
    }
}
