package paynotify.store;

/** The database could not do it in time: our own fault, to be tried again. Nothing is known to be stored. */
public class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    Unavailable(String message) {
        super(message);
    }

    Unavailable(Throwable cause) {
        super(Loggable.line(cause), cause);
    }
}
