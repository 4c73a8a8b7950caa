package paynotify.sender;

import org.jspecify.annotations.Nullable;

/**
 * What a callback says of itself, verified or not, for the columns of {@code payment_log} that bear the same names.
 * A record for people to read: nothing may be decided by it.
 *
 * @param event {@code PAYMENT}, {@code REFUND}, or null where the callback can't be read or is about something else
 * @param combineOutTradeNo of a combined payment, the number of the whole
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
        @Nullable String combineOutTradeNo,
        @Nullable Long totalFee,
        @Nullable String currency) {

    /** Of a callback that can't be read. */
    public static final Claims NONE = new Claims(null, null, null, null, null, null, null, null, null, null);

    /** {@code payment_log.currency} where the callback leaves it out (contract, section 3, fine print). */
    static final String CURRENCY_LEFT_OUT = "CNY";

    /** What a payment's message says. */
    public static Builder ofPayment() {
        return new Builder("PAYMENT");
    }

    /** What a refund's message says. */
    public static Builder ofRefund() {
        return new Builder("REFUND");
    }

    /** Names each claim where it is made. For one thread. */
    public static final class Builder {
        private final String event;
        private @Nullable String mchId;
        private @Nullable String subMchId;
        private @Nullable String outTradeNo;
        private @Nullable String outRefundNo;
        private @Nullable String transactionId;
        private @Nullable String refundId;
        private @Nullable String combineOutTradeNo;
        private @Nullable Long totalFee;
        private @Nullable String currency;

        private Builder(String event) {
            this.event = event;
        }

        public Builder mchId(@Nullable String value) {
            mchId = value;
            return this;
        }

        public Builder subMchId(@Nullable String value) {
            subMchId = value;
            return this;
        }

        public Builder outTradeNo(@Nullable String value) {
            outTradeNo = value;
            return this;
        }

        public Builder outRefundNo(@Nullable String value) {
            outRefundNo = value;
            return this;
        }

        public Builder transactionId(@Nullable String value) {
            transactionId = value;
            return this;
        }

        public Builder refundId(@Nullable String value) {
            refundId = value;
            return this;
        }

        public Builder combineOutTradeNo(@Nullable String value) {
            combineOutTradeNo = value;
            return this;
        }

        /** In fen; of a refund the refund's amount. */
        public Builder totalFee(@Nullable Long value) {
            totalFee = value;
            return this;
        }

        public Builder currency(@Nullable String value) {
            currency = value;
            return this;
        }

        /** A currency that is left out is {@value #CURRENCY_LEFT_OUT}. */
        public Claims build() {
            return new Claims(
                    event,
                    mchId,
                    subMchId,
                    outTradeNo,
                    outRefundNo,
                    transactionId,
                    refundId,
                    combineOutTradeNo,
                    totalFee,
                    currency == null ? CURRENCY_LEFT_OUT : currency);
        }
    }

    /** The same of a callback that is about something else than a payment or a refund. */
    Claims withoutEvent() {
        return new Claims(
                null,
                mchId,
                subMchId,
                outTradeNo,
                outRefundNo,
                transactionId,
                refundId,
                combineOutTradeNo,
                totalFee,
                currency);
    }
}
