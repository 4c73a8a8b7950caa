package paynotify.sender;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import paynotify.message.Fields;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.message.Times;
import paynotify.message.WholeNumber;
import paynotify.message.XmlParser;
import paynotify.signature.BadSignature;
import paynotify.signature.JoinedPairs;
import paynotify.signature.VerifiedFields;
import paynotify.signature.WechatV2Signature;

/**
 * WeChat Pay API v2: the answer about a refund is an order with its refunds in numbered fields, and the one that was asked
 * about is among them (protocol-2.md, section 10.2;
 * <a href="https://pay.weixin.qq.com/doc/v2/merchant/4011987607">查询退款</a>). Unlike a refund's notification it is signed.
 * Thread-safe.
 */
final class WechatV2RefundAnswer extends Verification<Fields, VerifiedFields> {
    /** No refund's number. */
    static final int NONE = -1;
    /** "At most 50 refunds of an order" (section 10.4). */
    private static final int REFUNDS_MAX = 50;

    private static final String STATUS = "refund_status_";
    private static final Set<String> DECIDING = deciding();

    private final JoinedPairs signature;
    private final Inquiry.Question question;

    WechatV2RefundAnswer(Merchant merchant, WechatV2Signature signature, Inquiry.Question question) {
        super(merchant);
        this.signature = new JoinedPairs(signature, DECIDING, null);
        this.question = question;
    }

    /** All that is asked for to decide, to compare or to book. */
    private static Set<String> deciding() {
        Set<String> deciding = new HashSet<>(
                List.of("sign", "sign_type", "return_code", "result_code", "mch_id", "appid", "sub_mch_id"));
        deciding.addAll(List.of("out_trade_no", "transaction_id", "total_fee", "fee_type"));
        for (int i = 0; i < REFUNDS_MAX; i++) {
            deciding.addAll(List.of(
                    "out_refund_no_" + i, "refund_id_" + i, "refund_fee_" + i, STATUS + i, "refund_success_time_" + i));
        }
        return Set.copyOf(deciding);
    }

    /** Which of the refunds is the one that was asked about, or {@link #NONE}. */
    static int index(Function<String, @Nullable String> fields, Inquiry.Question question) {
        for (int i = 0; i < REFUNDS_MAX; i++) {
            if (question.outRefundNo().equals(fields.apply("out_refund_no_" + i))) {
                return i;
            }
        }
        return NONE;
    }

    @Override
    Fields parse(Callback callback) throws Malformed {
        return XmlParser.parse(callback.body(), "xml");
    }

    @Override
    Claims claims(Fields fields) {
        int index = index(fields::get, question);
        return Claims.ofRefund()
                .mchId(fields.get("mch_id"))
                .subMchId(fields.get("sub_mch_id"))
                .outTradeNo(fields.get("out_trade_no"))
                .outRefundNo(fields.get("out_refund_no_" + index))
                .transactionId(fields.get("transaction_id"))
                .refundId(fields.get("refund_id_" + index))
                .totalFee(WholeNumber.parseOrNull(fields.get("refund_fee_" + index)))
                .currency(fields.get("fee_type"))
                .build();
    }

    @Override
    VerifiedFields verify(Callback callback, Fields fields) throws BadSignature, Malformed {
        return signature.verify(fields);
    }

    @Override
    Parties parties(VerifiedFields fields) {
        return Parties.of(fields.get("mch_id"), fields.get("appid"), fields.get("sub_mch_id"));
    }

    @Override
    @Nullable
    OtherKind otherKind(VerifiedFields fields) {
        return null;
    }

    private int index(VerifiedFields fields) throws Malformed {
        int index = index(fields::get, question);
        if (index == NONE) {
            throw new Malformed(
                    "expected refund " + Text.quoted(question.outRefundNo()) + ", found none of that number");
        }
        return index;
    }

    @Override
    @Nullable
    String notPaid(VerifiedFields fields) throws Malformed {
        String state = fields.required(STATUS + index(fields));
        return WechatV2Refund.status(state) == null
                ? "expected refund_status SUCCESS, CHANGE or REFUNDCLOSE, found " + Text.quoted(state)
                : null;
    }

    @Override
    Finding booking(Callback callback, VerifiedFields fields) throws Malformed {
        int index = index(fields);
        Trade trade = new Trade(
                fields.identifier("mch_id"),
                fields.get("sub_mch_id"),
                fields.identifier("out_trade_no"),
                fields.identifier("transaction_id"),
                fields.wholeNumber("total_fee"));
        String refundId = fields.identifier("refund_id_" + index);
        long refundFee = fields.wholeNumber("refund_fee_" + index);
        Refund.Status status = Objects.requireNonNull(WechatV2Refund.status(fields.required(STATUS + index)));
        String timeName = "refund_success_time_" + index;
        String successTime = status == Refund.Status.SUCCESS ? fields.get(timeName) : null;
        Instant refundedAt = successTime == null ? null : Times.dateAndTime(timeName, successTime);
        return new Refund(
                trade, question.outRefundNo(), refundId, refundFee, fields.get("fee_type"), status, refundedAt, false);
    }
}
