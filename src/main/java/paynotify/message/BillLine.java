package paynotify.message;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of a bill. A hint and no fact: nobody has signed it.
 *
 * @param line where it begins in the file; the header is line 1
 * @param tradedAt when it was paid, or the refund was accepted
 * @param state {@value #SUCCESS}, {@value #REFUND}, {@value #REVOKED}, or a word that we don't know
 * @param appId null where it names none
 * @param mchId whose bill it is; null where it doesn't say
 * @param subMchId in service-provider mode, the merchant for whom the provider sold
 * @param outTradeNo of the order; of a refund, of the order that it belongs to
 * @param totalFee of the order, in fen; 0 for a refund
 * @param refundFee what was asked to be given back, in fen; 0 for a payment
 */
public record BillLine(
        int line,
        Instant tradedAt,
        String state,
        @Nullable String appId,
        @Nullable String mchId,
        @Nullable String subMchId,
        String outTradeNo,
        String transactionId,
        @Nullable String outRefundNo,
        @Nullable String refundId,
        long totalFee,
        long refundFee,
        String currency) {
    public static final String SUCCESS = "SUCCESS";
    public static final String REFUND = "REFUND";
    /** A payment by a scanned code that was taken back. */
    public static final String REVOKED = "REVOKED";
}
