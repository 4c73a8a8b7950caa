package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A notification of WeChat Pay API v3, as WeChat would send it or with any fault.
 *
 * <p>Written from the published documents alone; it shares nothing with the code that it tests.
 */
public final class WechatV3Callback {
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final String body;

    private WechatV3Callback(String body) {
        this.body = body;
    }

    /** The resource of a payment of an ordinary merchant. */
    public static String transaction(String mchId, String outTradeNo, long total) {
        return """
                {"mchid":"%s","appid":"wx8888888888888888","out_trade_no":"%s","transaction_id":"%s","trade_type":"JSAPI",\
                "trade_state":"SUCCESS","trade_state_desc":"支付成功","bank_type":"OTHERS","attach":"",\
                "success_time":"2025-06-01T12:00:05+08:00","payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},\
                "amount":{"total":%d,"payer_total":%d,"currency":"CNY","payer_currency":"CNY"}}""".formatted(mchId, outTradeNo, WechatV2Callback.transactionId(outTradeNo), total, total);
    }

    /**
     * The resource of a combined payment, one of these sub orders after another.
     *
     * @param subOrders each as {@link #subOrder} makes it
     */
    public static String combined(String combineMchId, String combineOutTradeNo, String... subOrders) {
        return """
                {"combine_appid":"wx8888888888888888","combine_mchid":"%s","combine_out_trade_no":"%s",\
                "sub_orders":[%s],"combine_payer_info":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}""".formatted(combineMchId, combineOutTradeNo, String.join(",", subOrders));
    }

    /** A sub order that was paid. */
    public static String subOrder(String mchId, String outTradeNo, long total) {
        return """
                {"mchid":"%s","out_trade_no":"%s","trade_state":"SUCCESS","attach":"a","trade_type":"JSAPI",\
                "amount":{"total_amount":%d,"currency":"CNY","payer_amount":%d,"payer_currency":"CNY"},\
                "bank_type":"CMC_DEBIT","success_time":"2025-06-01T12:00:05.120+08:00",\
                "transaction_id":"%s"}""".formatted(mchId, outTradeNo, total, total, WechatV2Callback.transactionId(outTradeNo));
    }

    /** The resource of a refund of that payment. */
    public static String refund(
            String mchId, String outTradeNo, long total, String outRefundNo, long refund, String status) {
        String successTime = status.equals("SUCCESS") ? "\"success_time\":\"2025-06-01T13:00:05+08:00\"," : "";
        return """
                {"mchid":"%s","transaction_id":"%s","out_trade_no":"%s","refund_id":"5%s","out_refund_no":"%s",\
                "refund_status":"%s",%s"user_received_account":"支付用户零钱",\
                "amount":{"total":%d,"refund":%d,"payer_total":%d,"payer_refund":%d}}""".formatted(
                        mchId,
                        WechatV2Callback.transactionId(outTradeNo),
                        outTradeNo,
                        outRefundNo,
                        outRefundNo,
                        status,
                        successTime,
                        total,
                        refund,
                        total,
                        refund);
    }

    /** The notification around a resource, encrypted and not signed yet. */
    public static String notification(String eventType, String resource, String apiV3Key) {
        return notification(eventType, eventType.startsWith("REFUND") ? "refund" : "transaction", resource, apiV3Key);
    }

    /** The same, of a resource of any other type. */
    public static String notification(String eventType, String originalType, String resource, String apiV3Key) {
        String nonce = "fzbeSKRVUnqn";
        return """
                {"id":"6a1fbbd1-8a59-5b6e-9d62-2f1c9c4b0001","create_time":"2025-06-01T12:00:06+08:00",\
                "resource_type":"encrypt-resource","event_type":"%s","summary":"支付成功","resource":{"original_type":"%s",\
                "algorithm":"AEAD_AES_256_GCM","ciphertext":"%s","associated_data":"transaction","nonce":"%s"}}""".formatted(eventType, originalType, encrypted(resource, apiV3Key, nonce, "transaction"), nonce);
    }

    public static String encrypted(String text, String apiV3Key, String nonce, String associatedData) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(apiV3Key.getBytes(UTF_8), "AES"),
                    new GCMParameterSpec(128, nonce.getBytes(UTF_8)));
            cipher.updateAAD(associatedData.getBytes(UTF_8));
            return Base64.getEncoder().encodeToString(cipher.doFinal(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Any body, signed at that time (seconds since 1970) by that key (PKCS#8 in PEM) under that serial. */
    public static WechatV3Callback signed(String body, long timestamp, String serial, String privateKeyPem) {
        String nonce = "TnNlmQSmKhJdC3VVJVGxOyHxKIWBmLJV";
        String text = timestamp + "\n" + nonce + "\n" + body + "\n";
        return new WechatV3Callback(body)
                .header("Content-Type", "application/json")
                .header("Wechatpay-Timestamp", Long.toString(timestamp))
                .header("Wechatpay-Nonce", nonce)
                .header("Wechatpay-Signature", Rsa.base64("SHA256withRSA", text, privateKeyPem))
                .header("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048")
                .header("Wechatpay-Serial", serial)
                .header("Request-ID", "08F78BB5AF0610D302189F99DD5C20BA56F89845-0");
    }

    /** Sets a header, or takes it out if the value is null. */
    public WechatV3Callback header(String name, String value) {
        if (value == null) {
            headers.remove(name);
        } else {
            headers.put(name, value);
        }
        return this;
    }

    /** The same headers over another body. */
    public WechatV3Callback tampered(String otherBody) {
        WechatV3Callback tampered = new WechatV3Callback(otherBody);
        tampered.headers.putAll(headers);
        return tampered;
    }

    /** By names of any case. */
    public Map<String, String> headers() {
        return headers;
    }

    public byte[] body() {
        return body.getBytes(UTF_8);
    }
}
