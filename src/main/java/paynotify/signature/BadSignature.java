package paynotify.signature;

/** A message that is not proved to be the sender's: no signature, a wrong one, or one by an unknown key. */
public final class BadSignature extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean probe;

    private BadSignature(String detail, boolean probe) {
        // No stack trace: anybody may cause one of these, as often as they like.
        super(detail, null, false, false);
        this.probe = probe;
    }

    /** @param detail one plain sentence: what was expected, what was found; no secrets */
    public BadSignature(String detail) {
        this(detail, false);
    }

    /** WeChat Pay's own test that wrong signatures are refused (protocol.md, section 3.1). */
    static BadSignature probe(String detail) {
        return new BadSignature(detail, true);
    }

    public boolean isProbe() {
        return probe;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
