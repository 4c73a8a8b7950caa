package paynotify.sender;

/** How we know what a message says: {@code payment_log.source} (contract, section 4). */
public enum Source {
    /** The sender called us. */
    CALLBACK,
    /** We asked, and this is the answer (section 7). */
    INQUIRY,
    /** A row of the log, read once more (section 8). */
    REPLAY
}
