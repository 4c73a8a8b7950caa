package paynotify.sender;

/** What a sender's rules make of one callback: a verified {@link Payment} or {@link Refund}, or {@link Nothing} that could be booked. */
public sealed interface Finding permits Payment, Refund, Nothing {
    /** What the callback says of itself, for the log. */
    Claims claims();
}
