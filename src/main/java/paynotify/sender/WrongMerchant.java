package paynotify.sender;

/** The sender's own message, but about another merchant or app than the account's. */
final class WrongMerchant extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param detail one plain sentence: what was expected, what was found; no secrets */
    WrongMerchant(String detail) {
        // No stack trace: where one key signs for many merchants, strangers may cause these as often as they like.
        super(detail, null, false, false);
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
