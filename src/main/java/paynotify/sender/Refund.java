package paynotify.sender;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A verified refund; of API v2's it is known only that it was encrypted with the account's key. The store compares it with
 * the order, and with what the shop has recorded of it, before it books anything. Only the senders of this package can make one.
 */
public final class Refund implements Finding {
    /** What a callback can make of a refund: words of {@code payment_refund.status}. */
    public enum Status {
        SUCCESS,
        /** The money could not be given back: it must be handled on the merchant platform, and may succeed then. */
        ABNORMAL,
        CLOSED
    }

    private final Trade trade;
    private final String outRefundNo;
    private final String refundId;
    private final long refundFee;
    private final @Nullable String currency;
    private final Status status;
    private final @Nullable Instant refundedAt;
    private final boolean ofAnotherMerchant;

    Refund(
            Trade trade,
            String outRefundNo,
            String refundId,
            long refundFee,
            @Nullable String currency,
            Status status,
            @Nullable Instant refundedAt,
            boolean ofAnotherMerchant) {
        this.trade = trade;
        this.outRefundNo = outRefundNo;
        this.refundId = refundId;
        this.refundFee = refundFee;
        this.currency = currency;
        this.status = status;
        this.refundedAt = refundedAt;
        this.ofAnotherMerchant = ofAnotherMerchant;
    }

    /** What was paid, and is to be given back in part or whole. */
    public Trade trade() {
        return trade;
    }

    /** The shop's refund number, unique for the merchant number. */
    public String outRefundNo() {
        return outRefundNo;
    }

    /** The sender's number of the refund. */
    public String refundId() {
        return refundId;
    }

    /** What is to be given back, in fen. */
    public long refundFee() {
        return refundFee;
    }

    /** ISO 4217; null where the sender leaves it out, as WeChat does: then it is the order's. */
    public @Nullable String currency() {
        return currency;
    }

    public Status status() {
        return status;
    }

    /** Null unless the status is SUCCESS. */
    public @Nullable Instant refundedAt() {
        return refundedAt;
    }

    /**
     * Whether the order is another merchant's than the account's: then it must be a sub order that a combined payment of
     * this account has paid (contract, section 10), which only the log can tell.
     */
    public boolean ofAnotherMerchant() {
        return ofAnotherMerchant;
    }

    @Override
    public Claims claims() {
        return Claims.ofRefund()
                .mchId(trade.mchId())
                .subMchId(trade.subMchId())
                .outTradeNo(trade.outTradeNo())
                .outRefundNo(outRefundNo)
                .transactionId(trade.transactionId())
                .refundId(refundId)
                .totalFee(refundFee)
                .currency(currency)
                .build();
    }
}
