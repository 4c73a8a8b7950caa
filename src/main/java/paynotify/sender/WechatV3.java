package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.message.Json;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.message.Times;
import paynotify.signature.BadSignature;
import paynotify.signature.ResourceCipher;
import paynotify.signature.WechatV3Signature;

/**
 * WeChat Pay API v3: notifications in JSON, signed in headers, with an encrypted resource (protocol.md, section 3;
 * <a href="https://pay.weixin.qq.com/doc/v3/merchant/4012791861">支付成功回调通知</a>). Nothing of the body is read
 * before its signature has been checked. Thread-safe.
 */
final class WechatV3 extends Verification<Callback, WechatV3.Notification> {
    private static final String ALGORITHM = "AEAD_AES_256_GCM";
    private static final String SUCCESS = "SUCCESS";
    private static final String TRANSACTION = "TRANSACTION.SUCCESS";
    private static final Set<String> REFUNDS = Set.of("REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED");

    private final WechatV3Signature signature;
    private final ResourceCipher cipher;

    /**
     * @param originalType what the resource was before it was encrypted; null where WeChat doesn't say
     * @param content the resource, decrypted; an empty object for an event that this software has no use for
     */
    record Notification(String eventType, @Nullable String originalType, Json content) {
        boolean isRefund() {
            return REFUNDS.contains(eventType);
        }

        boolean isCombined() {
            return eventType.equals(TRANSACTION) && WechatV3Combined.isCombined(content);
        }
    }

    WechatV3(Merchant merchant, WechatV3Signature signature, ResourceCipher cipher) {
        super(merchant);
        this.signature = signature;
        this.cipher = cipher;
    }

    @Override
    Callback parse(Callback callback) {
        return callback;
    }

    @Override
    boolean proveBytes(Callback callback) throws BadSignature {
        signature.verify(callback.headers(), callback.body(), callback.receivedAt());
        return true;
    }

    @Override
    Claims claims(Callback unread) {
        return Claims.NONE;
    }

    @Override
    Notification verify(Callback callback, Callback proved) throws Malformed {
        Json notification = Json.parse(callback.body());
        String eventType = notification.text("event_type");
        Json resource = notification.objectOrEmpty("resource");
        boolean ofUse = eventType.equals(TRANSACTION) || REFUNDS.contains(eventType);
        return new Notification(
                eventType, resource.textOrNull("original_type"), ofUse ? decrypted(resource) : Json.EMPTY);
    }

    /**
     * Section 3.2: the resource, decrypted.
     *
     * @throws Malformed if it is none, or what comes out is no JSON
     * @throws IllegalStateException if it can't be decrypted: WeChat signed it, so our key is the wrong one
     */
    private Json decrypted(Json resource) throws Malformed {
        String algorithm = resource.text("algorithm");
        if (!algorithm.equals(ALGORITHM)) {
            throw new Malformed("expected resource.algorithm " + ALGORITHM + ", found " + Text.quoted(algorithm));
        }
        String associatedData = resource.optionalText("associated_data");
        byte[] plaintext = cipher.decrypt(
                resource.text("nonce").getBytes(UTF_8),
                associatedData == null ? new byte[0] : associatedData.getBytes(UTF_8),
                ciphertext(resource));
        if (plaintext == null) {
            throw new IllegalStateException(
                    "the signature is good, but the api-v3-key does not decrypt the resource: is it the account's?");
        }
        return Json.parseProved(plaintext);
    }

    private static byte[] ciphertext(Json resource) throws Malformed {
        try {
            return Base64.getDecoder().decode(resource.text("ciphertext"));
        } catch (IllegalArgumentException e) {
            throw new Malformed("expected resource.ciphertext in base64, found something else");
        }
    }

    @Override
    Claims claimsOfVerified(Notification message, Claims before) {
        Json content = message.content;
        if (message.isCombined()) {
            return WechatV3Combined.claims(content);
        }
        return message.isRefund()
                ? refundClaims(content)
                : message.eventType.equals(TRANSACTION) ? paymentClaims(content) : Claims.NONE;
    }

    static Claims paymentClaims(Json content) {
        Json amount = content.objectOrEmpty("amount");
        return Claims.ofPayment()
                .mchId(mchId(content))
                .subMchId(content.textOrNull("sub_mchid"))
                .outTradeNo(content.textOrNull("out_trade_no"))
                .transactionId(content.textOrNull("transaction_id"))
                .totalFee(amount.wholeNumberOrNull("total"))
                .currency(amount.textOrNull("currency"))
                .build();
    }

    static Claims refundClaims(Json content) {
        Json amount = content.objectOrEmpty("amount");
        return Claims.ofRefund()
                .mchId(mchId(content))
                .subMchId(content.textOrNull("sub_mchid"))
                .outTradeNo(content.textOrNull("out_trade_no"))
                .outRefundNo(content.textOrNull("out_refund_no"))
                .transactionId(content.textOrNull("transaction_id"))
                .refundId(content.textOrNull("refund_id"))
                .totalFee(amount.wholeNumberOrNull("refund"))
                .currency(amount.textOrNull("currency"))
                .build();
    }

    /**
     * In service-provider mode the provider's: the order is his. A refund names no app, and its merchant may be that of a
     * sub order, which the store finds out.
     */
    @Override
    Parties parties(Notification message) {
        Json content = message.content;
        return message.isRefund()
                ? Parties.withoutApp(merchant().mchId(), content.textOrNull("sub_mchid"))
                : paymentParties(content);
    }

    static Parties paymentParties(Json content) {
        String providersApp = content.textOrNull("sp_appid");
        return Parties.of(
                mchId(content),
                providersApp == null ? content.textOrNull("appid") : providersApp,
                content.textOrNull("sub_mchid"));
    }

    static @Nullable String mchId(Json content) {
        String provider = content.textOrNull("sp_mchid");
        return provider == null ? content.textOrNull("mchid") : provider;
    }

    /** Event, original type and content must agree (protocol-2.md, section 13.2). */
    @Override
    @Nullable
    OtherKind otherKind(Notification message) throws Malformed {
        if (message.isRefund()) {
            return isAbout(message, "refund", "refund_status") ? unknownRefund(message.content) : otherContent(message);
        }
        if (!message.eventType.equals(TRANSACTION)) {
            return WechatV3Event.ofNoUse(message.eventType, message.originalType);
        }
        return isAbout(message, "transaction", "trade_state") ? null : otherContent(message);
    }

    private static OtherKind otherContent(Notification message) {
        return WechatV3Event.ofOtherContent(message.eventType, message.originalType);
    }

    /** Where one lacks its state, but has an order's number, only a field is missing: that is MALFORMED. */
    private static boolean isAbout(Notification message, String originalType, String state) {
        Json content = message.content;
        boolean namesOrder = content.has("out_trade_no") || message.isCombined();
        return (message.originalType == null || message.originalType.equals(originalType))
                && (content.has(state) || (namesOrder && !content.has(otherState(state))));
    }

    private static String otherState(String state) {
        return state.equals("trade_state") ? "refund_status" : "trade_state";
    }

    private static @Nullable OtherKind unknownRefund(Json content) throws Malformed {
        String word = content.text("refund_status");
        return status(word) == null
                ? OtherKind.refund("expected refund_status SUCCESS, ABNORMAL or CLOSED, found " + Text.quoted(word))
                : null;
    }

    @Override
    @Nullable
    String notPaid(Notification message) throws Malformed {
        if (message.isRefund() || message.isCombined()) {
            return null;
        }
        String state = message.content.text("trade_state");
        return state.equals(SUCCESS) ? null : "expected trade_state SUCCESS, found " + Text.quoted(state);
    }

    @Override
    Finding booking(Callback callback, Notification message) throws Malformed {
        Json content = message.content;
        if (!message.isRefund()) {
            return payment(content, false);
        }
        Trade trade = trade(content, content.objectOrEmpty("amount"));
        boolean ofAnotherMerchant = !trade.mchId().equals(merchant().mchId());
        return refund(content, trade, content.text("refund_status"), ofAnotherMerchant);
    }

    @Override
    List<Finding> bookings(Callback callback, Notification message) throws Malformed {
        return message.isCombined()
                ? WechatV3Combined.findings(message.content, false)
                : List.of(booking(callback, message));
    }

    @Override
    List<Parties> allParties(Notification message) throws Malformed {
        return message.isCombined() ? WechatV3Combined.parties(message.content) : List.of(parties(message));
    }

    /** Section 3.4. */
    static Payment payment(Json content, boolean givenBack) throws Malformed {
        Json amount = content.objectOrEmpty("amount");
        Trade trade = trade(content, amount);
        String currency = amount.optionalText("currency");
        Instant paidAt = Times.rfc3339("success_time", content.text("success_time"));
        return new Payment(
                trade, currency == null ? Claims.CURRENCY_LEFT_OUT : currency, paidAt, payer(content), givenBack);
    }

    /**
     * Section 3.5.
     *
     * @param state one of those that {@link #status} knows; a notice has it under another name than an answer
     */
    static Refund refund(Json content, Trade trade, String state, boolean ofAnotherMerchant) throws Malformed {
        Json amount = content.objectOrEmpty("amount");
        String outRefundNo = content.identifier("out_refund_no");
        String refundId = content.identifier("refund_id");
        long refundFee = amount.wholeNumber("refund");
        String currency = amount.optionalText("currency");
        Refund.Status status = Objects.requireNonNull(status(state));
        String successTime = status == Refund.Status.SUCCESS ? content.optionalText("success_time") : null;
        Instant refundedAt = successTime == null ? null : Times.rfc3339("success_time", successTime);
        return new Refund(trade, outRefundNo, refundId, refundFee, currency, status, refundedAt, ofAnotherMerchant);
    }

    static Refund.@Nullable Status status(String word) {
        return switch (word) {
            case SUCCESS -> Refund.Status.SUCCESS;
            case "ABNORMAL" -> Refund.Status.ABNORMAL;
            // "CLOSE" is the older text (section 3.5).
            case "CLOSED", "CLOSE" -> Refund.Status.CLOSED;
            default -> null;
        };
    }

    private static Trade trade(Json content, Json amount) throws Malformed {
        String mchId = mchId(content);
        return new Trade(
                mchId == null ? content.text("mchid") : mchId,
                content.optionalText("sub_mchid"),
                content.identifier("out_trade_no"),
                content.identifier("transaction_id"),
                amount.wholeNumber("total"));
    }

    private static @Nullable String payer(Json content) {
        Json payer = content.objectOrEmpty("payer");
        for (String name : new String[] {"sub_openid", "openid", "sp_openid"}) {
            String openid = payer.textOrNull(name);
            if (openid != null) {
                return openid;
            }
        }
        return null;
    }
}
