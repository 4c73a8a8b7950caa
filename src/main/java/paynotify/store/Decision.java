package paynotify.store;

import java.util.List;
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

    /** Of all orders of one message: success if all are answered with success, else the first failure (contract, section 10). */
    public static Outcome answer(List<Decision> decisions) {
        return decisions.stream()
                .map(Decision::outcome)
                .filter(outcome -> !outcome.success())
                .findFirst()
                .orElse(decisions.get(0).outcome());
    }

    static Decision of(NothingToBook nothing) {
        return new Decision(nothing.outcome(), nothing.detail(), nothing.alarming());
    }
}
