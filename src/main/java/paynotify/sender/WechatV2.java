package paynotify.sender;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * WeChat Pay API v2: notifications in XML of payments (protocol.md, section 1;
 * <a href="https://pay.weixin.qq.com/doc/v2/merchant/4011937248">支付结果通知</a>) and, by {@link WechatV2Refund}, of
 * refunds. Thread-safe.
 */
final class WechatV2 implements Sender {
    static final String CHANNEL = "wechat-v2";

    private static final String SUCCESS = "SUCCESS";

    private final Merchant merchant;
    private final Signer signer;
    private final WechatV2Refund refund;

    WechatV2(Merchant merchant, Signer signer, WechatV2Refund refund) {
        this.merchant = merchant;
        this.signer = signer;
        this.refund = refund;
    }

    @Override
    public String channel(Callback callback) {
        return CHANNEL;
    }

    @Override
    public Finding read(Callback callback) {
        try {
            Fields fields = XmlParser.parse(callback.body(), "xml");
            return WechatV2Refund.isRefund(fields) ? refund.read(fields) : payment(fields);
        } catch (Refused refused) {
            return refused.at(Claims.NONE);
        }
    }

    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return reply(outcome);
    }

    /** Section 1.3: these tags and nothing around them, or WeChat takes the answer for none. */
    static Reply reply(Outcome outcome) {
        return new Reply(
                outcome.httpStatus(),
                "text/xml;charset=UTF-8",
                "<xml><return_code><![CDATA[" + outcome.code() + "]]></return_code><return_msg><![CDATA["
                        + outcome.message() + "]]></return_msg></xml>");
    }

    private Finding payment(Fields fields) {
        Claims claims = claims(fields);
        try {
            signer.verify(fields);
            if (saysNotPaid(fields)) {
                merchant.checkWhereGiven(fields.get("mch_id"), fields.get("appid"));
                return new Nothing(Outcome.NOT_PAID, notPaidDetail(fields), claims);
            }
            return paid(fields);
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    /** Section 1.1: paid is what says SUCCESS twice; a code that is not there is no word against it. */
    private static boolean saysNotPaid(Fields fields) {
        return isOtherThanSuccess(fields.get("return_code")) || isOtherThanSuccess(fields.get("result_code"));
    }

    private static boolean isOtherThanSuccess(@Nullable String code) {
        return code != null && !code.equals(SUCCESS);
    }

    private static String notPaidDetail(Fields fields) {
        return "expected return_code and result_code SUCCESS, found " + Text.quoted(fields.get("return_code")) + " and "
                + Text.quoted(fields.get("result_code")) + ", err_code " + Text.quoted(fields.get("err_code"));
    }

    private Payment paid(Fields fields) throws Refused {
        fields.required("return_code");
        fields.required("result_code");
        Trade trade = new Trade(
                fields.identifier("mch_id"),
                fields.get("sub_mch_id"),
                fields.identifier("out_trade_no"),
                fields.identifier("transaction_id"),
                fields.wholeNumber("total_fee"));
        Instant paidAt = Times.compact("time_end", fields.required("time_end"));
        merchant.check(trade.mchId(), fields.get("appid"));
        String feeType = fields.get("fee_type");
        String subOpenid = fields.get("sub_openid");
        return new Payment(
                trade,
                feeType == null ? Claims.CURRENCY_LEFT_OUT : feeType,
                paidAt,
                subOpenid == null ? fields.get("openid") : subOpenid);
    }

    private static Claims claims(Fields fields) {
        return Claims.ofPayment(
                fields.get("mch_id"),
                fields.get("sub_mch_id"),
                fields.get("out_trade_no"),
                fields.get("transaction_id"),
                WholeNumber.parseOrNull(fields.get("total_fee")),
                fields.get("fee_type"));
    }
}
