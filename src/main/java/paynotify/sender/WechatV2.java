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
            String returnCode = fields.get("return_code");
            String resultCode = fields.get("result_code");
            // Section 1.1: paid is what says SUCCESS twice; a code that is not there is no word against it.
            if (isOtherThanSuccess(returnCode) || isOtherThanSuccess(resultCode)) {
                merchant.checkWhereGiven(claims.mchId(), fields.get("appid"));
                return new Nothing(
                        Outcome.NOT_PAID,
                        "expected return_code and result_code SUCCESS, found " + Text.quoted(returnCode) + " and "
                                + Text.quoted(resultCode) + ", err_code " + Text.quoted(fields.get("err_code")),
                        claims);
            }
            Text.required("return_code", returnCode);
            Text.required("result_code", resultCode);
            return paid(fields, claims);
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    private static boolean isOtherThanSuccess(@Nullable String code) {
        return code != null && !code.equals(SUCCESS);
    }

    /** What the claims say is what the fields say. */
    private Payment paid(Fields fields, Claims claims) throws Refused {
        Long totalFee = claims.totalFee();
        Trade trade = new Trade(
                Text.identifier("mch_id", claims.mchId()),
                claims.subMchId(),
                Text.identifier("out_trade_no", claims.outTradeNo()),
                Text.identifier("transaction_id", claims.transactionId()),
                totalFee == null ? fields.wholeNumber("total_fee") : totalFee);
        Instant paidAt = Times.compact("time_end", fields.required("time_end"));
        merchant.check(trade.mchId(), fields.get("appid"));
        String subOpenid = fields.get("sub_openid");
        return new Payment(
                trade, String.valueOf(claims.currency()), paidAt, subOpenid == null ? fields.get("openid") : subOpenid);
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
