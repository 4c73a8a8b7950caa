package paynotify.sender;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import paynotify.config.Reloadable;
import paynotify.message.Fields;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.message.XmlParser;
import paynotify.message.XmlWriter;
import paynotify.signature.ApiKey;
import paynotify.signature.VerifiedFields;
import paynotify.signature.WechatV2Signature;

/**
 * How WeChat Pay is asked in API v2 about orders and refunds (protocol.md, section 5.1; protocol-2.md, section 10.2).
 * Question and answer are XML, signed as notifications are. Of combined payments v2 knows nothing: a sub order is asked
 * about like any other, and is not found. Thread-safe.
 */
final class WechatV2Inquiry implements Inquiry {
    private static final String SUCCESS = "SUCCESS";
    private static final String FAIL = "FAIL";
    private static final int OK = 200;
    private static final int NONCE_BYTES = 16;

    /** The codes that stand in return_msg or err_code, and nothing else does. */
    private static final Pattern CODE = Pattern.compile("[A-Z0-9_]{1,32}");
    // return_msg is for people ("签名错误", "系统繁忙", "appid不存在"), and all there is where return_code is FAIL.
    private static final Pattern SAYS_SIGNATURE = Pattern.compile("签名|(?i)\\bsign\\b");
    private static final Pattern SAYS_BUSY = Pattern.compile("系统(?:错误|繁忙|异常)|(?i)system ?error");
    private static final Pattern SAYS_ACCOUNT = Pattern.compile("(?<!sub_)(?:appid|mch_id)");

    private final Merchant merchant;
    private final WechatV2Signature signature;
    private final PaymentAnswer paymentAnswer;
    private final String appId;
    private final SecureRandom random = new SecureRandom();

    /** @param accepted how answers may be signed; with HMAC-SHA256 only if that is all that is accepted */
    WechatV2Inquiry(Merchant merchant, Reloadable<List<ApiKey>> apiKeys, WechatV2Signature.SignType accepted) {
        this.merchant = merchant;
        this.signature = new WechatV2Signature(apiKeys, accepted);
        this.paymentAnswer = new PaymentAnswer(merchant, apiKeys, accepted);
        this.appId = merchant.appIds().stream().findFirst().orElse("");
    }

    @Override
    public String channel() {
        return Wechat.CHANNEL_V2;
    }

    @Override
    public Request request(Question question, boolean olderKey) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        boolean aboutRefund = WechatAnswers.isAboutRefund(question);
        Fields fields = new Fields();
        fields.add(XmlWriter.field("appid", appId));
        fields.add(XmlWriter.field("mch_id", merchant.mchId()));
        fields.add(XmlWriter.field("nonce_str", HexFormat.of().formatHex(nonce)));
        if (aboutRefund) {
            fields.add(XmlWriter.field("out_refund_no", question.outRefundNo()));
        } else {
            fields.add(XmlWriter.field("out_trade_no", question.outTradeNo()));
        }
        if (question.subMchId() != null) {
            fields.add(XmlWriter.field("sub_mch_id", question.subMchId()));
        }
        if (signature.ours() == WechatV2Signature.SignType.HMAC_SHA256) {
            fields.add(XmlWriter.field("sign_type", "HMAC-SHA256"));
        }
        fields.add(XmlWriter.field("sign", signature.sign(fields, olderKey)));
        return new Request(
                "POST",
                aboutRefund ? "/pay/refundquery" : "/pay/orderquery",
                Map.of("Content-Type", "text/xml; charset=UTF-8"),
                XmlWriter.write("xml", fields));
    }

    @Override
    public Answer read(Question question, int status, Callback received, boolean olderKey) {
        if (status != OK) {
            return WechatAnswers.ofStatus(question, status, null, "expected HTTP 200, found " + status);
        }
        try {
            Fields fields = XmlParser.parse(received.body(), "xml");
            return isSuccess(fields, "return_code") && isSuccess(fields, "result_code")
                    ? answer(question, received, fields)
                    : error(question, fields, olderKey);
        } catch (Malformed e) {
            return WechatAnswers.again(Outcome.MALFORMED.name(), e.detail());
        }
    }

    private static boolean isSuccess(Fields fields, String code) {
        return SUCCESS.equals(fields.get(code));
    }

    private Answer answer(Question question, Callback received, Fields fields) {
        boolean aboutRefund = WechatAnswers.isAboutRefund(question);
        Verification<Fields, VerifiedFields> form =
                aboutRefund ? new WechatV2RefundAnswer(merchant, signature, question) : paymentAnswer;
        List<Finding> findings = form.find(received);
        Answer unproved = WechatAnswers.ofUnproved(findings);
        Reading reading = new Reading(received, Wechat.CHANNEL_V2, null, findings);
        return unproved == null ? WechatAnswers.of(question, reading, told(question, fields)) : unproved;
    }

    /** What fields tell that are verified by now. */
    private static WechatAnswers.Told told(Question question, Fields fields) {
        boolean aboutRefund = WechatAnswers.isAboutRefund(question);
        int index = aboutRefund ? WechatV2RefundAnswer.index(fields::get, question) : WechatV2RefundAnswer.NONE;
        String state = aboutRefund ? fields.get("refund_status_" + index) : fields.get("trade_state");
        Refund.Status known = aboutRefund && state != null ? WechatV2Refund.status(state) : null;
        return new WechatAnswers.Told(
                fields.get("mch_id"),
                fields.get("sub_mch_id"),
                fields.get("out_trade_no"),
                index < 0 ? null : question.outRefundNo(),
                known == null ? state : known.name());
    }

    /** Section 10.2: some errors are signed and some are not; none is a fact. */
    private Answer error(Question question, Fields fields, boolean olderKey) throws Malformed {
        String returnMsg = fields.get("return_msg");
        String code = fields.get("err_code");
        if (code == null) {
            boolean failed = !fields.required("return_code").equals(SUCCESS);
            code = failed ? code(returnMsg) : fields.required("result_code");
        }
        String detail = "expected return_code and result_code SUCCESS, found " + Text.quoted(fields.get("return_code"))
                + " and " + Text.quoted(fields.get("result_code")) + ", return_msg " + Text.quoted(returnMsg)
                + ", err_code " + Text.quoted(fields.get("err_code")) + ", "
                + Text.quoted(fields.get("err_code_des"));
        String word = WechatAnswers.word(question, code);
        if (word != null && word.equals(WechatAnswers.SIGN_ERROR) && !olderKey && signature.hasOlderKey()) {
            return new Answer(Next.OLDER_KEY, word, detail, null);
        }
        return WechatAnswers.ofError(word, code != null && CODE.matcher(code).matches() ? code : FAIL, detail);
    }

    /** The code that these words for people stand for; as they are where they stand for none. */
    private static @Nullable String code(@Nullable String returnMsg) {
        if (returnMsg == null || CODE.matcher(returnMsg).matches()) {
            return returnMsg;
        }
        return SAYS_SIGNATURE.matcher(returnMsg).find()
                ? "SIGNERROR"
                : SAYS_BUSY.matcher(returnMsg).find()
                        ? "SYSTEMERROR"
                        : SAYS_ACCOUNT.matcher(returnMsg).find() ? "APPID_MCHID_NOT_MATCH" : returnMsg;
    }

    /** Section 5.1: a payment's notification with a trade_state, which decides. */
    private static final class PaymentAnswer extends WechatV2 {
        PaymentAnswer(Merchant merchant, Reloadable<List<ApiKey>> apiKeys, WechatV2Signature.SignType accepted) {
            super(merchant, apiKeys, accepted);
        }

        /** No answer is a refund's notification, which bears no sign. */
        @Override
        Verification<Fields, ?> formOf(Fields fields) {
            return this;
        }

        @Override
        @Nullable
        OtherKind otherKind(VerifiedFields fields) {
            return null;
        }

        @Override
        @Nullable
        String notPaid(VerifiedFields fields) throws Malformed {
            String state = fields.required("trade_state");
            return WechatAnswers.isPaid(state) ? null : "expected trade_state SUCCESS, found " + Text.quoted(state);
        }

        @Override
        Finding booking(Callback callback, VerifiedFields fields) throws Malformed {
            return payment(fields, fields.required("trade_state").equals("REFUND"));
        }
    }
}
