package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A refund callback of WeChat Pay API v2, as WeChat would send it or with any fault.
 *
 * <p>Written from the published documents alone; it shares nothing with the code that it tests.
 */
public final class WechatV2RefundCallback {
    private final Map<String, String> outer = new LinkedHashMap<>();
    private final Map<String, String> inner = new LinkedHashMap<>();

    private String prolog = "";

    private WechatV2RefundCallback() {}

    public static WechatV2RefundCallback refund(
            String mchId, String outTradeNo, long totalFee, String outRefundNo, long refundFee) {
        return new WechatV2RefundCallback()
                .outer("return_code", "SUCCESS")
                .outer("appid", "wx8888888888888888")
                .outer("mch_id", mchId)
                .outer("nonce_str", "TeqClE3i0mvn3DrK")
                .with("out_refund_no", outRefundNo)
                .with("out_trade_no", outTradeNo)
                .with("refund_fee", Long.toString(refundFee))
                .with("refund_id", "5" + outRefundNo)
                .with("refund_recv_accout", "支付用户零钱")
                .with("refund_status", "SUCCESS")
                .with("success_time", "2025-06-01 13:00:05")
                .with("total_fee", Long.toString(totalFee))
                .with("transaction_id", WechatV2Callback.transactionId(outTradeNo));
    }

    /** A field beside {@code req_info}. */
    public WechatV2RefundCallback outer(String name, String value) {
        outer.put(name, value);
        return this;
    }

    /** A field in {@code req_info}. */
    public WechatV2RefundCallback with(String name, String value) {
        inner.put(name, value);
        return this;
    }

    /** What stands before the root of the XML in {@code req_info}. */
    public WechatV2RefundCallback prolog(String text) {
        prolog = text;
        return this;
    }

    public byte[] body(String apiKey) {
        Map<String, String> all = new LinkedHashMap<>(outer);
        all.put("req_info", encrypted(prolog + xml("root", inner), apiKey));
        return xml("xml", all).getBytes(UTF_8);
    }

    /** As {@code req_info} bears it. */
    public static String encrypted(String text, String apiKey) {
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(DigestUtils.md5Hex(apiKey).getBytes(UTF_8), "AES"));
            return Base64.getEncoder().encodeToString(cipher.doFinal(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String xml(String root, Map<String, String> fields) {
        StringBuilder xml = new StringBuilder("<" + root + ">\n");
        fields.forEach((name, value) -> xml.append("<" + name + "><![CDATA[" + value + "]]></" + name + ">\n"));
        return xml.append("</" + root + ">").toString();
    }
}
