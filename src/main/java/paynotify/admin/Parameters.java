package paynotify.admin;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import paynotify.message.WholeNumber;

/** What a link or a form says, within limits. */
final class Parameters {
    /** Of one value: no number of a sender's is longer. */
    static final int CHARS_MAX = 128;

    private final HttpServletRequest request;

    Parameters(HttpServletRequest request) {
        this.request = request;
    }

    /** Without blanks around it, which come with what was copied; empty where it is not there. */
    String text(String name) {
        return text(name, CHARS_MAX).strip();
    }

    /** As it is, for what names a row of a table. */
    String exact(String name) {
        return text(name, CHARS_MAX);
    }

    /**
     * The same of another length.
     *
     * @throws BadRequest if it is longer, or holds what no table can
     */
    String text(String name, int charsMax) {
        String value = request.getParameter(name);
        if (value == null) {
            return "";
        }
        if (value.length() > charsMax || value.indexOf('\0') >= 0) {
            throw new BadRequest();
        }
        return value;
    }

    /**
     * A whole number; null where it is not there.
     *
     * @throws BadRequest if it is none
     */
    @Nullable
    Long number(String name) {
        String value = text(name);
        if (value.isEmpty()) {
            return null;
        }
        Long number = WholeNumber.parseOrNull(value);
        if (number == null) {
            throw new BadRequest();
        }
        return number;
    }

    /** No link and no form of ours has sent that. */
    static final class BadRequest extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
