package paynotify.sender;

import java.time.Instant;
import java.util.List;
import java.util.Set;
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
import paynotify.signature.JoinedPairs;
import paynotify.signature.VerifiedFields;
import paynotify.signature.WechatV2Signature;

/**
 * WeChat Pay API v2: signed notifications in XML (protocol.md, section 1;
 * <a href="https://pay.weixin.qq.com/doc/v2/merchant/4011937248">支付结果通知</a>). An answer to a question is of the same
 * form but for a few fields: {@link WechatV2Inquiry}. Thread-safe.
 */
class WechatV2 extends Verification<Fields, VerifiedFields> {
    private static final String SUCCESS = "SUCCESS";

    /** All that is asked for to decide, to compare or to book. */
    private static final Set<String> DECIDING = Set.of(
            "sign",
            "sign_type",
            "return_code",
            "result_code",
            "trade_state",
            "change_type",
            "sub_order_list",
            "req_info",
            "mch_id",
            "appid",
            "sub_mch_id",
            "out_trade_no",
            "transaction_id",
            "total_fee",
            "fee_type",
            "time_end",
            "openid",
            "sub_openid");

    private final JoinedPairs signature;
    private final WechatV2Refund refund;

    WechatV2(Merchant merchant, Reloadable<List<ApiKey>> apiKeys, WechatV2Signature.SignType accepted) {
        super(merchant);
        this.signature = new JoinedPairs(new WechatV2Signature(apiKeys, accepted), DECIDING, "attach");
        this.refund = new WechatV2Refund(merchant, apiKeys);
    }

    @Override
    Verification<Fields, ?> formOf(Fields fields) {
        return WechatV2Refund.isRefund(fields) ? refund : this;
    }

    @Override
    Fields parse(Callback callback) throws Malformed {
        return XmlParser.parse(callback.body(), "xml");
    }

    @Override
    Claims claims(Fields fields) {
        return Claims.ofPayment()
                .mchId(fields.get("mch_id"))
                .subMchId(fields.get("sub_mch_id"))
                .outTradeNo(fields.get("out_trade_no"))
                .transactionId(fields.get("transaction_id"))
                .totalFee(WholeNumber.parseOrNull(fields.get("total_fee")))
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

    /** protocol-2.md, section 13.1: a papay contract signed or ended; section 12.2: the old form of combined payments. */
    @Override
    @Nullable
    OtherKind otherKind(VerifiedFields fields) {
        if (fields.get("total_fee") != null || fields.get("transaction_id") != null) {
            return null;
        }
        String changeType = fields.get("change_type");
        if (changeType != null) {
            return OtherKind.withoutMoney(
                    "expected a payment, found a contract of papay, change_type " + Text.quoted(changeType));
        }
        return fields.get("sub_order_list") != null && fields.get("out_trade_no") == null
                ? OtherKind.ofMoney("expected a payment of one order, found a combined payment of API v2")
                : null;
    }

    /**
     * Section 1.1: paid is what says SUCCESS twice; a code that is not there is no word against it. A deduction that
     * failed says so in trade_state only (protocol-2.md, section 13.1).
     */
    @Override
    @Nullable
    String notPaid(VerifiedFields fields) throws Malformed {
        String returnCode = fields.get("return_code");
        String resultCode = fields.get("result_code");
        if (isOtherThanSuccess(returnCode) || isOtherThanSuccess(resultCode)) {
            return "expected return_code and result_code SUCCESS, found " + Text.quoted(returnCode) + " and "
                    + Text.quoted(resultCode) + ", err_code " + Text.quoted(fields.shown("err_code"));
        }
        String tradeState = fields.get("trade_state");
        return isOtherThanSuccess(tradeState) ? "expected trade_state SUCCESS, found " + Text.quoted(tradeState) : null;
    }

    private static boolean isOtherThanSuccess(@Nullable String code) {
        return code != null && !code.equals(SUCCESS);
    }

    @Override
    Finding booking(Callback callback, VerifiedFields fields) throws Malformed {
        return payment(fields, false);
    }

    /** Section 1.1. */
    static Payment payment(VerifiedFields fields, boolean givenBack) throws Malformed {
        fields.required("return_code");
        fields.required("result_code");
        Trade trade = new Trade(
                fields.identifier("mch_id"),
                fields.get("sub_mch_id"),
                fields.identifier("out_trade_no"),
                fields.identifier("transaction_id"),
                fields.wholeNumber("total_fee"));
        Instant paidAt = Times.compact("time_end", fields.required("time_end"));
        String currency = fields.get("fee_type");
        String subOpenid = fields.get("sub_openid");
        return new Payment(
                trade,
                currency == null ? Claims.CURRENCY_LEFT_OUT : currency,
                paidAt,
                subOpenid == null ? fields.get("openid") : subOpenid,
                givenBack);
    }
}
