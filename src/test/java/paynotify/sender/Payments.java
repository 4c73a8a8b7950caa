package paynotify.sender;

import java.time.Instant;

/** Makes, for the store's tests, what only a sender can make. */
public final class Payments {
    private Payments() {}

    public static Payment of(
            String mchId,
            String outTradeNo,
            String transactionId,
            long totalFee,
            String currency,
            Instant paidAt,
            String payer) {
        return new Payment(new Trade(mchId, null, outTradeNo, transactionId, totalFee), currency, paidAt, payer);
    }

    /** The same, given back since. */
    public static Payment givenBack(
            String mchId, String outTradeNo, String transactionId, long totalFee, String currency, Instant paidAt) {
        return new Payment(new Trade(mchId, null, outTradeNo, transactionId, totalFee), currency, paidAt, null, true);
    }

    public static Refund refund(
            Trade trade, String outRefundNo, String refundId, long refundFee, String currency, Refund.Status status) {
        Instant refundedAt = status == Refund.Status.SUCCESS ? Instant.parse("2025-06-01T05:00:05Z") : null;
        return new Refund(trade, outRefundNo, refundId, refundFee, currency, status, refundedAt, false);
    }
}
