package paynotify.sender;

import java.util.List;
import paynotify.message.Json;
import paynotify.message.Malformed;
import paynotify.signature.WechatV3Signature;

/**
 * How WeChat Pay is asked in API v3 about orders, sub orders of combined payments and refunds (protocol.md, section 5.2;
 * protocol-2.md, sections 10.3 to 10.5 and 12). A question is signed by the merchant's key; an answer is verified as a
 * notification is, and read as the resource of one, which it resembles, though it is not encrypted. Thread-safe.
 */
final class WechatV3Inquiry implements Inquiry {
    private static final int OK = 200;

    private final Merchant merchant;
    private final WechatV3Signature signature;
    private final WechatV3Request requests;

    /** @param signature by which answers are verified */
    WechatV3Inquiry(Merchant merchant, WechatV3Signature signature, WechatV3Request requests) {
        this.merchant = merchant;
        this.signature = signature;
        this.requests = requests;
    }

    @Override
    public String channel() {
        return Wechat.CHANNEL_V3;
    }

    /** There is one merchant's key only, so it doesn't matter which one is wanted. */
    @Override
    public Request request(Question question, boolean olderKey) {
        return requests.get(path(question));
    }

    private String path(Question question) {
        String subMchId = question.subMchId();
        String combined = question.combineOutTradeNo();
        if (WechatAnswers.isAboutRefund(question)) {
            return "/v3/refund/domestic/refunds/" + WechatV3Request.encoded(question.outRefundNo())
                    + (subMchId == null ? "" : "?sub_mchid=" + WechatV3Request.encoded(subMchId));
        }
        if (combined != null) {
            return "/v3/combine-transactions/out-trade-no/" + WechatV3Request.encoded(combined);
        }
        String number = "out-trade-no/" + WechatV3Request.encoded(question.outTradeNo());
        return subMchId == null
                ? "/v3/pay/transactions/" + number + "?mchid=" + WechatV3Request.encoded(merchant.mchId())
                : "/v3/pay/partner/transactions/" + number + "?sp_mchid=" + WechatV3Request.encoded(merchant.mchId())
                        + "&sub_mchid=" + WechatV3Request.encoded(subMchId);
    }

    @Override
    public Answer read(Question question, int status, Callback received, boolean olderKey) {
        if (status != OK) {
            WechatV3Request.Fault fault = WechatV3Request.Fault.of(status, received);
            return WechatAnswers.ofStatus(question, status, fault.code(), fault.detail());
        }
        WechatV3Answer form = form(question);
        List<Finding> findings = form.find(received);
        Answer unproved = WechatAnswers.ofUnproved(findings);
        if (unproved != null) {
            return unproved;
        }
        try {
            Reading reading =
                    new Reading(received, Wechat.CHANNEL_V3, WechatV3Signature.headers(received.headers()), findings);
            return WechatAnswers.of(question, reading, form.told(Json.parseProved(received.body())));
        } catch (Malformed e) {
            return WechatAnswers.again(Outcome.MALFORMED.name(), e.detail());
        }
    }

    private WechatV3Answer form(Question question) {
        if (WechatAnswers.isAboutRefund(question)) {
            return new WechatV3Answer.OfRefund(merchant, signature, question);
        }
        return question.combineOutTradeNo() == null
                ? new WechatV3Answer.OfPayment(merchant, signature)
                : new WechatV3Answer.OfCombined(merchant, signature, question);
    }
}
