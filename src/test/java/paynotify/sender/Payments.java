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
        return new Payment(mchId, outTradeNo, transactionId, totalFee, currency, paidAt, payer);
    }
}
