package paynotify.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import paynotify.message.Text;

/**
 * What Tomcat's log may tell of a failure. The server's own error has more lines than its message: they quote rows
 * ("Failing row contains …") and parameters, and these hold the callback. Our own driver is told to leave them out, a pool
 * of the shop's is not, and its driver's classes are not ours: so nothing here asks for more than {@link SQLException}.
 */
public final class Loggable {
    /** So many causes of causes are copied; a chain may be a circle. */
    private static final int DEPTH_MAX = 10;

    private Loggable() {}

    /** One line: the message of the database where there is one, else the failure's own. */
    public static String line(Throwable failure) {
        SQLException sql = sql(failure);
        return own(sql == null ? failure : sql);
    }

    /** Of the database's failures, and of those that may repeat what it said, only the first line is a message. */
    private static String own(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return Text.inOneLine(
                sql(failure) == null ? message : message.lines().findFirst().orElse(""));
    }

    /** The database's own failure among the causes, or null. */
    static @Nullable SQLException sql(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH_MAX; depth++) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** A copy to be logged with its stack trace: the same classes, places and causes, each with one line. */
    public static Throwable copy(Throwable failure) {
        return copy(failure, DEPTH_MAX);
    }

    private static Throwable copy(Throwable failure, int depth) {
        Throwable cause = failure.getCause();
        Copy copy = new Copy(
                failure.getClass().getName() + ": " + own(failure),
                cause == null || depth == 0 ? null : copy(cause, depth - 1));
        copy.setStackTrace(failure.getStackTrace());
        for (Throwable suppressed : failure.getSuppressed()) {
            if (depth > 0) {
                copy.addSuppressed(copy(suppressed, depth - 1));
            }
        }
        return copy;
    }

    private static final class Copy extends Exception {
        private static final long serialVersionUID = 1L;

        Copy(String classAndLine, @Nullable Throwable cause) {
            super(classAndLine, cause);
        }
    }
}
