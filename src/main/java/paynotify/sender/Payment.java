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

    private final boolean givenBack;

    Payment(Trade trade, String currency, Instant paidAt, @Nullable String payer) {
        this(trade, currency, paidAt, payer, false);
    }

    Payment(Trade trade, String currency, Instant paidAt, @Nullable String payer, boolean givenBack) {
        this.trade = trade;
        this.currency = currency;
        this.paidAt = paidAt;
        this.payer = payer;
        this.givenBack = givenBack;
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

    /**
     * Whether the money has been given back since, all or part of it: then nothing may be shipped for it any more. Only
     * an answer to a question of ours can say so (contract, section 7, REFUNDED).
     */
    public boolean givenBack() {
        return givenBack;
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
