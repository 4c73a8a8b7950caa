package paynotify.sender;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A verified payment: signature, fields and merchant have been checked. Only the senders of this package can make one,
 * so whoever holds one holds a fact about the payment (not about the order: that is the store's to compare).
 */
public final class Payment implements Finding {
    private final Trade trade;
    private final String currency;
    private final Instant paidAt;
    private final @Nullable String payer;

    Payment(Trade trade, String currency, Instant paidAt, @Nullable String payer) {
        this.trade = trade;
        this.currency = currency;
        this.paidAt = paidAt;
        this.payer = payer;
    }

    public Trade trade() {
        return trade;
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
        return Claims.ofPayment()
                .mchId(trade.mchId())
                .subMchId(trade.subMchId())
                .outTradeNo(trade.outTradeNo())
                .transactionId(trade.transactionId())
                .combineOutTradeNo(trade.combineOutTradeNo())
                .totalFee(trade.totalFee())
                .currency(currency)
                .build();
    }
}
