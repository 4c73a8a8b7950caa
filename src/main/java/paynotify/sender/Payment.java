package paynotify.sender;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A verified payment: signature, fields and merchant have been checked. Only the senders of this package can make one,
 * so whoever holds one holds a fact about the payment (not about the order: that is the store's to compare).
 */
public final class Payment implements Finding {
    private final String mchId;
    private final String outTradeNo;
    private final String transactionId;
    private final long totalFee;
    private final String currency;
    private final Instant paidAt;
    private final @Nullable String payer;

    Payment(
            String mchId,
            String outTradeNo,
            String transactionId,
            long totalFee,
            String currency,
            Instant paidAt,
            @Nullable String payer) {
        this.mchId = mchId;
        this.outTradeNo = outTradeNo;
        this.transactionId = transactionId;
        this.totalFee = totalFee;
        this.currency = currency;
        this.paidAt = paidAt;
        this.payer = payer;
    }

    /** The merchant number at the sender; with {@link #outTradeNo} it names the order. */
    public String mchId() {
        return mchId;
    }

    /** The shop's order number. */
    public String outTradeNo() {
        return outTradeNo;
    }

    /** The sender's number of the payment. */
    public String transactionId() {
        return transactionId;
    }

    /** The order's amount in fen, before coupons: the amount to compare. */
    public long totalFee() {
        return totalFee;
    }

    /** ISO 4217. */
    public String currency() {
        return currency;
    }

    public Instant paidAt() {
        return paidAt;
    }

    /** The payer's openid, or null where the sender gives none. */
    public @Nullable String payer() {
        return payer;
    }

    @Override
    public Claims claims() {
        return new Claims("PAYMENT", mchId, outTradeNo, transactionId, totalFee, currency);
    }
}
