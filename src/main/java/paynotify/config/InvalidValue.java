package paynotify.config;

/** A value that is not what its key wants; no secret is in what this says. */
public final class InvalidValue extends Exception {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String found;

    public InvalidValue(String expected, String found) {
        super("expected " + expected + ", found " + found);
        this.expected = expected;
        this.found = found;
    }

    String expected() {
        return expected;
    }

    String found() {
        return found;
    }
}
