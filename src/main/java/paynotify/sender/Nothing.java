package paynotify.sender;

/**
 * A callback that changes no order: it is refused, or it is verified and says nothing that could be booked.
 *
 * @param outcome why, as the contract's word
 * @param detail one plain sentence for the log: what was expected, what was found; no secrets
 */
public record Nothing(Outcome outcome, String detail, Claims claims) implements Finding {}
