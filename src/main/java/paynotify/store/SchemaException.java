package paynotify.store;

/** The database is there, but its tables are not as they must be: nothing that waiting would mend. */
public final class SchemaException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param message a line of its own, as {@code key: expected …, found …}
     * @param cause may be logged by Tomcat: see {@link Loggable}
     */
    SchemaException(String message, Throwable cause) {
        super(message, cause);
    }

    SchemaException(String message) {
        super(message);
    }
}
