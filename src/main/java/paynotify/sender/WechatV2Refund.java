package paynotify.sender;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import org.jspecify.annotations.Nullable;
import paynotify.config.Live;

/**
 * WeChat Pay API v2: refund result notifications (protocol.md, section 2;
 * <a href="https://pay.weixin.qq.com/doc/v2/partner/4011989265">退款结果通知</a>). They bear no signature: that
 * {@code req_info} decrypts to a message by the account's key is all there is, so the store compares order, payment and
 * amounts before it books anything. Thread-safe.
 */
final class WechatV2Refund {
    private static final String REQ_INFO = "req_info";
    private static final String SUCCESS = "SUCCESS";

    private final Merchant merchant;
    private final Live<ApiKey> apiKey;

    WechatV2Refund(Merchant merchant, Live<ApiKey> apiKey) {
        this.merchant = merchant;
        this.apiKey = apiKey;
    }

    /**
     * Whether these fields are a refund's. What bears a sign is a payment's message and is verified as one: a
     * {@code req_info} beside it opens no other way (peers.md, pay-java-parent).
     */
    static boolean isRefund(Fields fields) {
        return fields.get(REQ_INFO) != null && fields.get("sign") == null;
    }

    Finding read(Fields outer) {
        Claims claims =
                Claims.ofRefund(outer.get("mch_id"), outer.get("sub_mch_id"), null, null, null, null, null, null);
        try {
            // "A v2 message with return_code FAIL bears no signature" (contract, section 3): no more does this one.
            if (!outer.required("return_code").equals(SUCCESS)) {
                throw new Refused(Outcome.BAD_SIGNATURE, "expected return_code SUCCESS beside req_info, found another");
            }
            Fields inner = decrypted(outer.required(REQ_INFO));
            claims = claims(outer, inner);
            return refund(outer, inner, claims);
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    /**
     * What {@code req_info} holds, its base64 in one line or in several.
     *
     * @throws Refused as BAD_SIGNATURE, if it was not encrypted with the account's key; as MALFORMED, if it was, and the
     *     XML in it can't be read
     */
    private Fields decrypted(String reqInfo) throws Refused {
        byte[] decrypted;
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, apiKey.get().refundKey());
            decrypted = cipher.doFinal(Base64.getDecoder().decode(reqInfo.replaceAll("[ \\t\\n]", "")));
        } catch (BadPaddingException | IllegalBlockSizeException | IllegalArgumentException e) {
            throw notByOurKey();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES with 256 bits", e);
        }
        // One wrong key in 256 leaves something that passes for padding, and garbage before it.
        if (!new String(decrypted, ISO_8859_1).stripLeading().startsWith("<root")) {
            throw notByOurKey();
        }
        return XmlParser.parse(decrypted, "root");
    }

    private static Refused notByOurKey() {
        return new Refused(
                Outcome.BAD_SIGNATURE, "expected a req_info encrypted with the account's api-key, found another");
    }

    private Finding refund(Fields outer, Fields inner, Claims claims) throws Refused {
        Trade trade = new Trade(
                outer.identifier("mch_id"),
                outer.get("sub_mch_id"),
                inner.identifier("out_trade_no"),
                inner.identifier("transaction_id"),
                inner.wholeNumber("total_fee"));
        String outRefundNo = inner.identifier("out_refund_no");
        String refundId = inner.identifier("refund_id");
        long refundFee = inner.wholeNumber("refund_fee");
        String word = inner.required("refund_status");
        String successTime = word.equals(SUCCESS) ? inner.get("success_time") : null;
        Instant refundedAt = successTime == null ? null : Times.dateAndTime("success_time", successTime);
        merchant.check(trade.mchId(), outer.get("appid"));
        Refund.Status status = status(word);
        return status == null
                ? new Nothing(
                        Outcome.IGNORED,
                        "expected refund_status SUCCESS, CHANGE or REFUNDCLOSE, found " + Text.quoted(word),
                        claims)
                : new Refund(trade, outRefundNo, refundId, refundFee, null, status, refundedAt);
    }

    private static Refund.@Nullable Status status(String word) {
        return switch (word) {
            case SUCCESS -> Refund.Status.SUCCESS;
            case "CHANGE" -> Refund.Status.ABNORMAL;
            case "REFUNDCLOSE" -> Refund.Status.CLOSED;
            default -> null;
        };
    }

    private static Claims claims(Fields outer, Fields inner) {
        return Claims.ofRefund(
                outer.get("mch_id"),
                outer.get("sub_mch_id"),
                inner.get("out_trade_no"),
                inner.get("out_refund_no"),
                inner.get("transaction_id"),
                inner.get("refund_id"),
                WholeNumber.parseOrNull(inner.get("refund_fee")),
                null);
    }
}
