package paynotify.sender;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.config.Reloadable;
import paynotify.message.Fields;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.message.Times;
import paynotify.message.WholeNumber;
import paynotify.message.XmlParser;
import paynotify.signature.ApiKey;
import paynotify.signature.BadSignature;
import paynotify.signature.RefundCipher;

/**
 * WeChat Pay API v2: refund result notifications (protocol.md, section 2;
 * <a href="https://pay.weixin.qq.com/doc/v2/partner/4011989265">退款结果通知</a>). They bear no signature: that
 * {@code req_info} decrypts to a message by the account's key is all there is, so the store compares order, payment and
 * amounts before it books anything. Thread-safe.
 */
final class WechatV2Refund extends Verification<Fields, WechatV2Refund.Decrypted> {
    private static final String REQ_INFO = "req_info";
    private static final String SUCCESS = "SUCCESS";

    private final RefundCipher cipher;

    /** What stands around {@code req_info}, and what is in it. */
    record Decrypted(Fields outer, Fields inner) {}

    WechatV2Refund(Merchant merchant, Reloadable<List<ApiKey>> apiKeys) {
        super(merchant);
        this.cipher = new RefundCipher(apiKeys);
    }

    /**
     * Whether these fields are a refund's. What bears a sign is a payment's message and is verified as one: a
     * {@code req_info} beside it opens no other way (peers.md, pay-java-parent).
     */
    static boolean isRefund(Fields fields) {
        return fields.get(REQ_INFO) != null && fields.get("sign") == null;
    }

    @Override
    Fields parse(Callback callback) throws Malformed {
        return XmlParser.parse(callback.body(), "xml");
    }

    @Override
    Claims claims(Fields outer) {
        return Claims.ofRefund()
                .mchId(outer.get("mch_id"))
                .subMchId(outer.get("sub_mch_id"))
                .build();
    }

    /** "A v2 message with return_code FAIL bears no signature" (contract, section 3): no more does this one. */
    @Override
    Decrypted verify(Callback callback, Fields outer) throws BadSignature, Malformed {
        byte[] plain = cipher.decrypt(String.valueOf(outer.get(REQ_INFO)));
        if (!outer.required("return_code").equals(SUCCESS)) {
            throw new BadSignature("expected return_code SUCCESS beside req_info, found another");
        }
        return new Decrypted(outer, XmlParser.parse(plain, "root"));
    }

    @Override
    Claims claimsOfVerified(Decrypted message, Claims before) {
        Fields inner = message.inner;
        return Claims.ofRefund()
                .mchId(before.mchId())
                .subMchId(before.subMchId())
                .outTradeNo(inner.get("out_trade_no"))
                .outRefundNo(inner.get("out_refund_no"))
                .transactionId(inner.get("transaction_id"))
                .refundId(inner.get("refund_id"))
                .totalFee(WholeNumber.parseOrNull(inner.get("refund_fee")))
                .build();
    }

    @Override
    Parties parties(Decrypted message) {
        return Parties.of(message.outer.get("mch_id"), message.outer.get("appid"), message.outer.get("sub_mch_id"));
    }

    @Override
    @Nullable
    OtherKind otherKind(Decrypted message) throws Malformed {
        String word = message.inner.required("refund_status");
        return status(word) == null
                ? OtherKind.refund("expected refund_status SUCCESS, CHANGE or REFUNDCLOSE, found " + Text.quoted(word))
                : null;
    }

    @Override
    @Nullable
    String notPaid(Decrypted message) {
        return null;
    }

    @Override
    Finding booking(Callback callback, Decrypted message) throws Malformed {
        Fields outer = message.outer;
        Fields inner = message.inner;
        Trade trade = new Trade(
                outer.identifier("mch_id"),
                outer.get("sub_mch_id"),
                inner.identifier("out_trade_no"),
                inner.identifier("transaction_id"),
                inner.wholeNumber("total_fee"));
        String outRefundNo = inner.identifier("out_refund_no");
        String refundId = inner.identifier("refund_id");
        long refundFee = inner.wholeNumber("refund_fee");
        Refund.Status status = Objects.requireNonNull(status(inner.required("refund_status")));
        String successTime = status == Refund.Status.SUCCESS ? inner.get("success_time") : null;
        Instant refundedAt = successTime == null ? null : Times.dateAndTime("success_time", successTime);
        return new Refund(trade, outRefundNo, refundId, refundFee, null, status, refundedAt, false);
    }

    static Refund.@Nullable Status status(String word) {
        return switch (word) {
            case SUCCESS -> Refund.Status.SUCCESS;
            case "CHANGE" -> Refund.Status.ABNORMAL;
            case "REFUNDCLOSE" -> Refund.Status.CLOSED;
            default -> null;
        };
    }
}
