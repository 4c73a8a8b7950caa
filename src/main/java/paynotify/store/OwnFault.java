package paynotify.store;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;

/** Why a callback could not be settled, for which nobody but us is to blame: one word of few, for those who count. */
public enum OwnFault {
    /** The database is away, refuses, or takes too long. */
    DATABASE,
    /** Somebody else holds a lock, of an order or a table, for too long. */
    LOCK,
    /** More callbacks than writers and connections: no turn in time. */
    QUEUE,
    /** A genuine callback that no key of ours opens. */
    KEY,
    /** A fault of the software, or the application is being stopped. */
    OTHER;

    /** The word as it is shown. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By the SQLSTATE (PostgreSQL's documentation, appendix A). */
    static OwnFault of(Throwable failure) {
        SQLException sql = Loggable.sql(failure);
        if (sql == null) {
            return OTHER;
        }
        if (sql instanceof SQLTransientConnectionException && sql.getCause() == null) {
            // The pool's own words for: all connections are in use, and the last one was opened without trouble.
            return QUEUE;
        }
        String state = sql.getSQLState();
        // Not had in time; a deadlock.
        return state != null && (state.equals("55P03") || state.equals("40P01")) ? LOCK : DATABASE;
    }
}
