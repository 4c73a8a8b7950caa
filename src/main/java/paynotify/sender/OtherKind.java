package paynotify.sender;

/**
 * What a verified message is that is neither a payment nor a refund that could be booked.
 *
 * @param detail one plain sentence: what was expected, what was found
 * @param isRefund whether it is about a refund all the same, in a state that this software doesn't know
 * @param movesMoney whether an order's money may have moved in a form that this software doesn't know: somebody should look
 */
record OtherKind(String detail, boolean isRefund, boolean movesMoney) {
    static OtherKind withoutMoney(String detail) {
        return new OtherKind(detail, false, false);
    }

    static OtherKind ofMoney(String detail) {
        return new OtherKind(detail, false, true);
    }

    static OtherKind refund(String detail) {
        return new OtherKind(detail, true, false);
    }
}
