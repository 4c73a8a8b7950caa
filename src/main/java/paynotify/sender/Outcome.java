package paynotify.sender;

/**
 * What became of one callback: the words of {@code payment_log.outcome}, each with the HTTP status of its answer
 * (contract, section 3).
 */
public enum Outcome {
    /** Verified, the order was PENDING, amount and currency agree: it is PAID now. */
    APPLIED(200, false),
    /** Verified, and the order is PAID already by the same transaction. */
    DUPLICATE(200, false),
    /** Verified, and it says that the payment did not succeed. */
    NOT_PAID(200, false),
    /** Verified, but of a kind that this software has no use for. */
    IGNORED(200, false),
    /** Verified, but there is no such order. */
    UNKNOWN_ORDER(404, true),
    /** Verified, but its amount or currency is not the order's. */
    AMOUNT_MISMATCH(409, true),
    /** Verified, but the order is CLOSED. */
    ORDER_CLOSED(409, true),
    /** Verified, but the order is PAID by another transaction. */
    CONFLICT(409, true),
    /** Verified, and it was paid, but the money has been given back since: nothing may be shipped. Only asking tells. */
    REFUNDED(200, true),
    /** Verified, but its merchant or app is not the account's. */
    WRONG_MERCHANT(403, true),
    /** No signature, a wrong one, or one by an unknown key. */
    BAD_SIGNATURE(401, false),
    /** WeChat's own test that wrong signatures are refused. */
    SIGNATURE_PROBE(401, false),
    /** Can't be read, or a field is missing, doubled or not what its type says. */
    MALFORMED(400, false),
    /** The body is over {@code body.max-bytes}. */
    TOO_LARGE(413, false),
    /** Our own fault, to be sent again: the only outcome that has no row in {@code payment_log}. */
    ERROR(503, false);

    private final int httpStatus;
    private final boolean needsAttention;

    Outcome(int httpStatus, boolean needsAttention) {
        this.httpStatus = httpStatus;
        this.needsAttention = needsAttention;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the sender hears "success" and stops repeating. The status says so too: for v3 it alone counts. */
    public boolean success() {
        return httpStatus == 200;
    }

    /** {@code SUCCESS} or {@code FAIL}: what the answer says in every form of WeChat Pay's. */
    String code() {
        return success() ? "SUCCESS" : "FAIL";
    }

    /** What the answer says for people: no more about a failure than its word. */
    String message() {
        return success() ? "OK" : name();
    }

    /** Whether a genuine callback could not be applied, so that somebody must look: money was paid. */
    public boolean needsAttention() {
        return needsAttention;
    }
}
