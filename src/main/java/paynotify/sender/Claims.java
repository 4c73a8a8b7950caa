package paynotify.sender;

import org.jspecify.annotations.Nullable;

/**
 * What a callback says of itself, verified or not, for the columns of {@code payment_log} that bear the same names.
 * A record for people to read: nothing may be decided by it.
 *
 * @param event {@code PAYMENT}, {@code REFUND}, or null where the callback can't be read or is about something else
 * @param totalFee in fen, of a refund the refund's amount; null where the callback says none, or no whole number
 * @param currency ISO 4217
 */
public record Claims(
        @Nullable String event,
        @Nullable String mchId,
        @Nullable String subMchId,
        @Nullable String outTradeNo,
        @Nullable String outRefundNo,
        @Nullable String transactionId,
        @Nullable String refundId,
        @Nullable Long totalFee,
        @Nullable String currency) {

    /** Of a callback that can't be read. */
    public static final Claims NONE = new Claims(null, null, null, null, null, null, null, null, null);

    /** {@code payment_log.currency} where the callback leaves it out (contract, section 3, fine print). */
    static final String CURRENCY_LEFT_OUT = "CNY";

    static Claims ofPayment(
            @Nullable String mchId,
            @Nullable String subMchId,
            @Nullable String outTradeNo,
            @Nullable String transactionId,
            @Nullable Long totalFee,
            @Nullable String currency) {
        return new Claims(
                "PAYMENT", mchId, subMchId, outTradeNo, null, transactionId, null, totalFee, orLeftOut(currency));
    }

    static Claims ofRefund(
            @Nullable String mchId,
            @Nullable String subMchId,
            @Nullable String outTradeNo,
            @Nullable String outRefundNo,
            @Nullable String transactionId,
            @Nullable String refundId,
            @Nullable Long refundFee,
            @Nullable String currency) {
        return new Claims(
                "REFUND",
                mchId,
                subMchId,
                outTradeNo,
                outRefundNo,
                transactionId,
                refundId,
                refundFee,
                orLeftOut(currency));
    }

    /** The same of a callback that is about something else than a payment or a refund. */
    Claims withoutEvent() {
        return new Claims(null, mchId, subMchId, outTradeNo, outRefundNo, transactionId, refundId, totalFee, currency);
    }

    private static String orLeftOut(@Nullable String currency) {
        return currency == null ? CURRENCY_LEFT_OUT : currency;
    }
}
