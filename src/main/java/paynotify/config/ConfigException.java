package paynotify.config;

import java.util.List;

/** The configuration can't be used: the application must not start. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> faults;

    /** @param faults a line for each, as {@code key: expected …, found …}; no secrets */
    public ConfigException(List<String> faults) {
        super("the configuration has " + faults.size() + " fault(s)");
        this.faults = List.copyOf(faults);
    }

    public List<String> faults() {
        return faults;
    }
}
