package paynotify.sender;

import org.jspecify.annotations.Nullable;

/**
 * What a callback says of itself, verified or not, for the columns of {@code payment_log} that bear the same names.
 * A record for people to read: nothing may be decided by it.
 *
 * @param event {@code PAYMENT}, {@code REFUND}, or null where the callback can't be read
 * @param totalFee in fen; null where the callback says none, or no whole number
 * @param currency ISO 4217
 */
public record Claims(
        @Nullable String event,
        @Nullable String mchId,
        @Nullable String outTradeNo,
        @Nullable String transactionId,
        @Nullable Long totalFee,
        @Nullable String currency) {

    /** Of a callback that can't be read. */
    public static final Claims NONE = new Claims(null, null, null, null, null, null);
}
