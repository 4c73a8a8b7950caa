package paynotify.store;

import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;

/**
 * What was decided about a callback, and stored.
 *
 * @param detail one plain sentence: what was expected, what was found; no secrets
 * @param alarming whether somebody should look: Tomcat's log tells of it, too
 */
public record Decision(Outcome outcome, String detail, boolean alarming) {
    Decision(Outcome outcome, String detail) {
        this(outcome, detail, outcome.needsAttention());
    }

    static Decision of(NothingToBook nothing) {
        return new Decision(nothing.outcome(), nothing.detail(), nothing.alarming());
    }
}
