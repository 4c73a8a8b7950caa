package paynotify.message;

/** A message that can't be read, or that has a field that is missing, doubled or not what its type says. */
public final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * A message that can't be read.
     *
     * @param detail one plain sentence: what was expected, what was found; no secrets
     */
    public Malformed(String detail) {
        // No stack trace: anybody may cause one of these, as often as they like.
        super(detail, null, false, false);
    }

    /** What was expected, and what was found. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
