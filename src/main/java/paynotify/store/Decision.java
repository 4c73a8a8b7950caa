package paynotify.store;

import paynotify.sender.Outcome;

/**
 * What was decided about a callback, and stored.
 *
 * @param detail one plain sentence: what was expected, what was found; no secrets
 */
public record Decision(Outcome outcome, String detail) {}
