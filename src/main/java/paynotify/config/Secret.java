package paynotify.config;

/** A text that must not be seen: only {@link #reveal} shows it, and whoever calls that must not print it. */
public final class Secret {
    private final String text;

    public Secret(String text) {
        this.text = text;
    }

    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
