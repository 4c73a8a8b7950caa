package paynotify.store;

/** The database was there, and took longer for a page than a page may take: the question was cancelled. */
public final class TooSlow extends Unavailable {
    private static final long serialVersionUID = 1L;

    TooSlow(Throwable cause) {
        super(cause);
    }
}
