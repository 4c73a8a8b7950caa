package paynotify.sender;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * WeChat Pay API v2: payment result notifications in XML (protocol.md, section 1;
 * <a href="https://pay.weixin.qq.com/doc/v2/merchant/4011937248">支付结果通知</a>). Thread-safe.
 */
final class WechatV2 implements Sender {
    static final String CHANNEL = "wechat-v2";

    /** "All times are standard Beijing time, UTC+8" (参数规定, wiki chapter 4_2). */
    private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

    private static final String SUCCESS = "SUCCESS";
    private static final String CURRENCY_WHERE_LEFT_OUT = "CNY";
    private static final int TIME_END_LENGTH = 14;

    private final Merchant merchant;
    private final Signer signer;

    WechatV2(Merchant merchant, Signer signer) {
        this.merchant = merchant;
        this.signer = signer;
    }

    @Override
    public String channel(Callback callback) {
        return CHANNEL;
    }

    @Override
    public Finding read(Callback callback) {
        Claims claims = Claims.NONE;
        try {
            Fields fields = XmlParser.parse(callback.body());
            claims = claims(fields);
            signer.verify(fields);
            if (saysNotPaid(fields)) {
                merchant.checkWhereGiven(fields.get("mch_id"), fields.get("appid"));
                return new Nothing(Outcome.NOT_PAID, notPaidDetail(fields), claims);
            }
            return payment(fields);
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return reply(outcome);
    }

    /** Section 1.3: these tags and nothing around them, or WeChat takes the answer for none. */
    static Reply reply(Outcome outcome) {
        String code = outcome.success() ? SUCCESS : "FAIL";
        String message = outcome.success() ? "OK" : outcome.name();
        return new Reply(
                outcome.httpStatus(),
                "text/xml;charset=UTF-8",
                "<xml><return_code><![CDATA[" + code + "]]></return_code><return_msg><![CDATA[" + message
                        + "]]></return_msg></xml>");
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

    private Payment payment(Fields fields) throws Refused {
        required(fields, "return_code");
        required(fields, "result_code");
        String mchId = required(fields, "mch_id");
        String outTradeNo = required(fields, "out_trade_no");
        String transactionId = required(fields, "transaction_id");
        long totalFee = WholeNumber.parse("total_fee", required(fields, "total_fee"));
        Instant paidAt = timeEnd(required(fields, "time_end"));
        merchant.check(mchId, fields.get("appid"));
        String subOpenid = fields.get("sub_openid");
        String payer = subOpenid != null ? subOpenid : fields.get("openid");
        return new Payment(mchId, outTradeNo, transactionId, totalFee, currency(fields), paidAt, payer);
    }

    private static String required(Fields fields, String name) throws Refused {
        String value = fields.get(name);
        if (value == null) {
            throw Refused.malformed("expected a " + name + ", found none");
        }
        return value;
    }

    /** {@code yyyyMMddHHmmss}, a time that there is. */
    private static Instant timeEnd(String timeEnd) throws Refused {
        boolean digits = timeEnd.length() == TIME_END_LENGTH && timeEnd.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            if (digits && !timeEnd.startsWith("0000")) {
                return LocalDateTime.of(
                                Integer.parseInt(timeEnd, 0, 4, 10),
                                Integer.parseInt(timeEnd, 4, 6, 10),
                                Integer.parseInt(timeEnd, 6, 8, 10),
                                Integer.parseInt(timeEnd, 8, 10, 10),
                                Integer.parseInt(timeEnd, 10, 12, 10),
                                Integer.parseInt(timeEnd, 12, 14, 10))
                        .toInstant(BEIJING);
            }
        } catch (DateTimeException e) {
            // Of the form, but no time: said below.
        }
        throw Refused.malformed("expected a time_end as yyyyMMddHHmmss, found " + Text.quoted(timeEnd));
    }

    private static String currency(Fields fields) {
        String feeType = fields.get("fee_type");
        return feeType == null ? CURRENCY_WHERE_LEFT_OUT : feeType;
    }

    private static Claims claims(Fields fields) {
        return new Claims(
                "PAYMENT",
                fields.get("mch_id"),
                fields.get("out_trade_no"),
                fields.get("transaction_id"),
                WholeNumber.parseOrNull(fields.get("total_fee")),
                currency(fields));
    }
}
