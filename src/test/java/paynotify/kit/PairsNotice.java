package paynotify.kit;

/** A {@link Notice} in pairs of name and value. */
public interface PairsNotice extends Notice {
    @Override
    PairsNotice with(String name, String value);

    /** One more pair, signed, and sent in the caller's own writing. */
    PairsNotice written(String name, String value, String sentAs);
}
