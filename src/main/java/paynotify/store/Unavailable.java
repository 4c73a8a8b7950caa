package paynotify.store;

/** The database could not do it in time: our own fault, to be tried again. Nothing is known to be stored. */
public class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    private final OwnFault fault;

    /** The database's fault. */
    Unavailable(String message) {
        this(OwnFault.DATABASE, message);
    }

    Unavailable(OwnFault fault, String message) {
        super(message);
        this.fault = fault;
    }

    Unavailable(Throwable cause) {
        super(Loggable.line(cause), cause);
        this.fault = OwnFault.of(cause);
    }

    public OwnFault fault() {
        return fault;
    }
}
