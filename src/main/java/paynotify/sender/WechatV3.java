package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import paynotify.config.Live;

/**
 * WeChat Pay API v3: notifications in JSON, signed in headers, with an encrypted resource (protocol.md, section 3;
 * <a href="https://pay.weixin.qq.com/doc/v3/merchant/4012791861">支付成功回调通知</a>). Thread-safe.
 */
final class WechatV3 implements Sender {
    static final String CHANNEL = "wechat-v3";

    private static final String ALGORITHM = "AEAD_AES_256_GCM";
    private static final int TAG_BITS = 128;
    private static final String SUCCESS = "SUCCESS";

    private final Merchant merchant;
    private final WechatV3Signature signature;
    private final Live<SecretKeySpec> apiV3Key;
    private final Engines<Cipher> ciphers = new Engines<>(() -> Cipher.getInstance("AES/GCM/NoPadding"));

    WechatV3(Merchant merchant, WechatV3Signature signature, Live<SecretKeySpec> apiV3Key) {
        this.merchant = merchant;
        this.signature = signature;
        this.apiV3Key = apiV3Key;
    }

    @Override
    public String channel(Callback callback) {
        return CHANNEL;
    }

    @Override
    public @Nullable String signedHeaders(Callback callback) {
        return WechatV3Signature.headers(callback);
    }

    /** Section 3.6: the status counts, the body is for people. */
    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return Reply.ofJson(outcome);
    }

    @Override
    public Finding read(Callback callback) {
        try {
            signature.verify(callback);
            Json notification = Json.parse(callback.body());
            String eventType = notification.text("event_type");
            return switch (eventType) {
                case "TRANSACTION.SUCCESS" -> transaction(resource(notification));
                case "REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED" -> refund(resource(notification));
                default ->
                    new Nothing(
                            Outcome.IGNORED,
                            "expected an event_type of a payment or a refund, found " + Text.quoted(eventType),
                            Claims.NONE);
            };
        } catch (Refused refused) {
            return refused.at(Claims.NONE);
        }
    }

    /**
     * Section 3.2: the resource, decrypted.
     *
     * @throws Refused as MALFORMED, if it is none, or what comes out is no JSON
     * @throws IllegalStateException if it can't be decrypted: WeChat signed it, so our key is the wrong one
     */
    Json resource(Json notification) throws Refused {
        Json resource = notification.objectOrEmpty("resource");
        String algorithm = resource.text("algorithm");
        if (!algorithm.equals(ALGORITHM)) {
            throw Refused.malformed("expected resource.algorithm " + ALGORITHM + ", found " + Text.quoted(algorithm));
        }
        String associatedData = resource.optionalText("associated_data");
        byte[] nonce = resource.text("nonce").getBytes(UTF_8);
        byte[] ciphertext = ciphertext(resource);
        byte[] plaintext;
        try {
            plaintext = ciphers.use(cipher -> {
                cipher.init(Cipher.DECRYPT_MODE, apiV3Key.get(), new GCMParameterSpec(TAG_BITS, nonce));
                cipher.updateAAD(associatedData == null ? new byte[0] : associatedData.getBytes(UTF_8));
                return cipher.doFinal(ciphertext);
            });
        } catch (GeneralSecurityException | ProviderException e) {
            // The second where there is less than a tag.
            throw new IllegalStateException(
                    "the signature is good, but the api-v3-key does not decrypt the resource: is it the account's?", e);
        }
        return Json.parse(plaintext);
    }

    private static byte[] ciphertext(Json resource) throws Refused {
        try {
            return Base64.getDecoder().decode(resource.text("ciphertext"));
        } catch (IllegalArgumentException e) {
            throw Refused.malformed("expected resource.ciphertext in base64, found something else");
        }
    }

    /** Section 3.4. */
    private Finding transaction(Json json) {
        Json amount = json.objectOrEmpty("amount");
        Claims claims = Claims.ofPayment(
                mchIdOrNull(json),
                json.textOrNull("sub_mchid"),
                json.textOrNull("out_trade_no"),
                json.textOrNull("transaction_id"),
                amount.wholeNumberOrNull("total"),
                amount.textOrNull("currency"));
        try {
            String state = json.text("trade_state");
            if (!state.equals(SUCCESS)) {
                merchant.checkWhereGiven(mchIdOrNull(json), appIdOrNull(json));
                return new Nothing(
                        Outcome.NOT_PAID, "expected trade_state SUCCESS, found " + Text.quoted(state), claims);
            }
            Trade trade = trade(json, amount);
            String currency = amount.optionalText("currency");
            Instant paidAt = Times.rfc3339("success_time", json.text("success_time"));
            merchant.check(trade.mchId(), appIdOrNull(json));
            return new Payment(trade, currency == null ? Claims.CURRENCY_LEFT_OUT : currency, paidAt, payer(json));
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    /** Section 3.5. */
    private Finding refund(Json json) {
        Json amount = json.objectOrEmpty("amount");
        Claims claims = Claims.ofRefund(
                mchIdOrNull(json),
                json.textOrNull("sub_mchid"),
                json.textOrNull("out_trade_no"),
                json.textOrNull("out_refund_no"),
                json.textOrNull("transaction_id"),
                json.textOrNull("refund_id"),
                amount.wholeNumberOrNull("refund"),
                amount.textOrNull("currency"));
        try {
            Trade trade = trade(json, amount);
            String outRefundNo = json.identifier("out_refund_no");
            String refundId = json.identifier("refund_id");
            long refundFee = amount.wholeNumber("refund");
            String currency = amount.optionalText("currency");
            String word = json.text("refund_status");
            String successTime = word.equals(SUCCESS) ? json.optionalText("success_time") : null;
            Instant refundedAt = successTime == null ? null : Times.rfc3339("success_time", successTime);
            // No app is named in a refund.
            merchant.checkWhereGiven(trade.mchId(), null);
            Refund.Status status = status(word);
            return status == null
                    ? new Nothing(
                            Outcome.IGNORED,
                            "expected refund_status SUCCESS, ABNORMAL or CLOSED, found " + Text.quoted(word),
                            claims)
                    : new Refund(trade, outRefundNo, refundId, refundFee, currency, status, refundedAt);
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    private static Refund.@Nullable Status status(String word) {
        return switch (word) {
            case SUCCESS -> Refund.Status.SUCCESS;
            case "ABNORMAL" -> Refund.Status.ABNORMAL;
            // "CLOSE" is the older text (section 3.5).
            case "CLOSED", "CLOSE" -> Refund.Status.CLOSED;
            default -> null;
        };
    }

    private static Trade trade(Json json, Json amount) throws Refused {
        String mchId = mchIdOrNull(json);
        return new Trade(
                mchId == null ? json.text("mchid") : mchId,
                json.optionalText("sub_mchid"),
                json.identifier("out_trade_no"),
                json.identifier("transaction_id"),
                amount.wholeNumber("total"));
    }

    /** In service-provider mode the provider's: the order is his. */
    private static @Nullable String mchIdOrNull(Json json) {
        String provider = json.textOrNull("sp_mchid");
        return provider == null ? json.textOrNull("mchid") : provider;
    }

    private static @Nullable String appIdOrNull(Json json) {
        String provider = json.textOrNull("sp_appid");
        return provider == null ? json.textOrNull("appid") : provider;
    }

    private static @Nullable String payer(Json json) {
        Json payer = json.objectOrEmpty("payer");
        for (String name : new String[] {"sub_openid", "openid", "sp_openid"}) {
            String openid = payer.textOrNull(name);
            if (openid != null) {
                return openid;
            }
        }
        return null;
    }
}
