package paynotify.sender;

import org.jspecify.annotations.Nullable;

/**
 * The order and the payment that a callback is about.
 *
 * @param mchId the merchant number at the sender; with {@code outTradeNo} it names the order
 * @param subMchId in service-provider mode, the merchant for whom the provider {@code mchId} sells; else null
 * @param outTradeNo the shop's order number
 * @param transactionId the sender's number of the payment; null where the sender gives none, as CCB does
 * @param totalFee the order's amount in fen, before coupons: the amount to compare
 * @param combineOutTradeNo of a sub order of a combined payment, the number of the whole; else null
 */
public record Trade(
        String mchId,
        @Nullable String subMchId,
        String outTradeNo,
        @Nullable String transactionId,
        long totalFee,
        @Nullable String combineOutTradeNo) {

    /** Of an order that was paid by itself. */
    public Trade(
            String mchId, @Nullable String subMchId, String outTradeNo, @Nullable String transactionId, long totalFee) {
        this(mchId, subMchId, outTradeNo, transactionId, totalFee, null);
    }
}
