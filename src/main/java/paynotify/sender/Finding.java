package paynotify.sender;

/** What a callback tells: a verified {@link Payment} or {@link Refund}, or {@link NothingToBook}. */
public sealed interface Finding permits Payment, Refund, NothingToBook {
    /** What the callback says of itself, for the log. */
    Claims claims();
}
