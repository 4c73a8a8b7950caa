package paynotify.sender;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.message.Json;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.signature.BadSignature;
import paynotify.signature.WechatV3Signature;

/**
 * WeChat Pay API v3: an answer to a question of ours. Its headers sign its raw body like a notification's, and the body is
 * what the resource of one would be, not encrypted. Thread-safe.
 */
abstract class WechatV3Answer extends Verification<Callback, Json> {
    private final WechatV3Signature signature;

    WechatV3Answer(Merchant merchant, WechatV3Signature signature) {
        super(merchant);
        this.signature = signature;
    }

    @Override
    final Callback parse(Callback callback) {
        return callback;
    }

    @Override
    final boolean proveBytes(Callback callback) throws BadSignature {
        signature.verify(callback.headers(), callback.body(), callback.receivedAt());
        return true;
    }

    @Override
    final Claims claims(Callback unread) {
        return Claims.NONE;
    }

    @Override
    final Json verify(Callback callback, Callback proved) throws Malformed {
        return Json.parseProved(callback.body());
    }

    @Override
    final @Nullable OtherKind otherKind(Json content) {
        return null;
    }

    /** What it says it is about, once it is verified. */
    abstract WechatAnswers.Told told(Json content) throws Malformed;

    /** Section 5.2: the object of section 3.4. */
    static final class OfPayment extends WechatV3Answer {
        OfPayment(Merchant merchant, WechatV3Signature signature) {
            super(merchant, signature);
        }

        @Override
        WechatAnswers.Told told(Json content) {
            return new WechatAnswers.Told(
                    WechatV3.mchId(content),
                    content.textOrNull("sub_mchid"),
                    content.textOrNull("out_trade_no"),
                    null,
                    content.textOrNull("trade_state"));
        }

        @Override
        Claims claimsOfVerified(Json content, Claims before) {
            return WechatV3.paymentClaims(content);
        }

        @Override
        Parties parties(Json content) {
            return WechatV3.paymentParties(content);
        }

        @Override
        @Nullable
        String notPaid(Json content) throws Malformed {
            String state = content.text("trade_state");
            return WechatAnswers.isPaid(state) ? null : "expected trade_state SUCCESS, found " + Text.quoted(state);
        }

        @Override
        Finding booking(Callback callback, Json content) throws Malformed {
            return WechatV3.payment(content, content.text("trade_state").equals("REFUND"));
        }
    }

    /** protocol-2.md, section 12.1: the object of a combined payment's notice, about all its orders. */
    static final class OfCombined extends WechatV3Answer {
        private final Inquiry.Question question;

        OfCombined(Merchant merchant, WechatV3Signature signature, Inquiry.Question question) {
            super(merchant, signature);
            this.question = question;
        }

        /** What it says of the order that was asked about; of another whole, or without that order, its own number. */
        @Override
        WechatAnswers.Told told(Json content) throws Malformed {
            String number = content.textOrNull("combine_out_trade_no");
            for (Json order : content.objects("sub_orders")) {
                boolean asked = question.mchId().equals(order.textOrNull("mchid"))
                        && question.outTradeNo().equals(order.textOrNull("out_trade_no"))
                        && Objects.equals(number, question.combineOutTradeNo());
                if (asked) {
                    return new WechatAnswers.Told(
                            question.mchId(),
                            order.textOrNull("sub_mchid"),
                            question.outTradeNo(),
                            null,
                            order.textOrNull("trade_state"));
                }
            }
            return new WechatAnswers.Told(null, null, "combined payment " + number, null, null);
        }

        @Override
        Claims claimsOfVerified(Json content, Claims before) {
            return WechatV3Combined.claims(content);
        }

        @Override
        Parties parties(Json content) {
            return Parties.withoutApp(content.textOrNull("combine_mchid"), null);
        }

        @Override
        List<Parties> allParties(Json content) throws Malformed {
            return WechatV3Combined.parties(content);
        }

        @Override
        @Nullable
        String notPaid(Json content) {
            return null;
        }

        @Override
        Finding booking(Callback callback, Json content) throws Malformed {
            return bookings(callback, content).get(0);
        }

        @Override
        List<Finding> bookings(Callback callback, Json content) throws Malformed {
            return WechatV3Combined.findings(content, true);
        }
    }

    /**
     * protocol-2.md, section 10.4: a refund as in a notice, but its state has another name, and it doesn't say whose it is.
     * That it is about the merchant's own refund, only our question says.
     */
    static final class OfRefund extends WechatV3Answer {
        private final Inquiry.Question question;

        OfRefund(Merchant merchant, WechatV3Signature signature, Inquiry.Question question) {
            super(merchant, signature);
            this.question = question;
        }

        @Override
        WechatAnswers.Told told(Json content) {
            String state = content.textOrNull("status");
            Refund.Status known = state == null ? null : WechatV3.status(state);
            return new WechatAnswers.Told(
                    WechatV3.mchId(content),
                    content.textOrNull("sub_mchid"),
                    content.textOrNull("out_trade_no"),
                    content.textOrNull("out_refund_no"),
                    known == null ? state : known.name());
        }

        @Override
        Claims claimsOfVerified(Json content, Claims before) {
            return WechatV3.refundClaims(content);
        }

        @Override
        Parties parties(Json content) {
            String mchId = WechatV3.mchId(content);
            String subMchId = content.textOrNull("sub_mchid");
            return Parties.withoutApp(
                    mchId == null ? merchant().mchId() : mchId, subMchId == null ? question.subMchId() : subMchId);
        }

        @Override
        @Nullable
        String notPaid(Json content) throws Malformed {
            String state = content.text("status");
            return WechatV3.status(state) == null
                    ? "expected status SUCCESS, ABNORMAL or CLOSED, found " + Text.quoted(state)
                    : null;
        }

        @Override
        Finding booking(Callback callback, Json content) throws Malformed {
            String subMchId = content.optionalText("sub_mchid");
            Trade trade = new Trade(
                    question.mchId(),
                    subMchId == null ? question.subMchId() : subMchId,
                    content.identifier("out_trade_no"),
                    content.identifier("transaction_id"),
                    content.objectOrEmpty("amount").wholeNumber("total"));
            return WechatV3.refund(content, trade, content.text("status"), false);
        }
    }
}
