package paynotify.kit;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/**
 * A payment callback of WeChat Pay API v2, as WeChat would send it or with any fault.
 *
 * <p>Written from the published documents alone; it shares nothing with the code that it tests.
 */
public final class WechatV2Callback {

    /** How a value stands in the XML. */
    public enum Form {
        CDATA,
        PLAIN,
        /** Every character as a character reference, decimal and hexadecimal in turn; the five entities where they exist. */
        ENTITIES,
        /** One CDATA section for each character, so that even "]]>" may be said. */
        SPLIT_CDATA
    }

    /** The signature's algorithm. */
    public enum Sign {
        MD5,
        HMAC_SHA256
    }

    private final Map<String, String> fields = new LinkedHashMap<>();
    private final Map<String, Form> forms = new LinkedHashMap<>();
    private final Map<String, String> tampered = new LinkedHashMap<>();
    private Sign algorithm = Sign.MD5;
    private boolean lowerCaseSign;
    private boolean sorted;
    private boolean watched = true;
    private String prolog = "";
    private String raw = "";

    private WechatV2Callback() {}

    /** Any fields, to be signed. */
    static WechatV2Callback of(Map<String, String> fields) {
        WechatV2Callback callback = new WechatV2Callback();
        callback.fields.putAll(fields);
        return callback;
    }

    /** A payment of an ordinary merchant with all the fields that WeChat always sends. */
    public static WechatV2Callback payment(String mchId, String outTradeNo, long totalFee) {
        return new WechatV2Callback()
                .with("appid", "wx8888888888888888")
                .with("bank_type", "OTHERS")
                .with("cash_fee", Long.toString(totalFee))
                .with("fee_type", "CNY")
                .with("is_subscribe", "N")
                .with("mch_id", mchId)
                .with("nonce_str", "1748750400123")
                .with("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
                .with("out_trade_no", outTradeNo)
                .with("result_code", "SUCCESS")
                .with("return_code", "SUCCESS")
                .with("time_end", "20250601120005")
                .with("total_fee", Long.toString(totalFee))
                .with("trade_type", "JSAPI")
                .with("transaction_id", transactionId(outTradeNo));
    }

    /** The number that WeChat gives the payment of this order here: 28 digits. */
    public static String transactionId(String outTradeNo) {
        return "42000026002025" + String.format(Locale.ROOT, "%014d", outTradeNo.hashCode() & 0xffffffffL);
    }

    public WechatV2Callback with(String name, String value) {
        fields.put(name, value);
        return this;
    }

    public WechatV2Callback with(String name, String value, Form form) {
        forms.put(name, form);
        return with(name, value);
    }

    public WechatV2Callback without(String name) {
        fields.remove(name);
        return this;
    }

    public WechatV2Callback all(Form form) {
        fields.keySet().forEach(name -> forms.put(name, form));
        return this;
    }

    public WechatV2Callback signedWith(Sign sign) {
        algorithm = sign;
        return this;
    }

    public WechatV2Callback lowerCaseSign() {
        lowerCaseSign = true;
        return this;
    }

    /** As WeChat itself sends: by name, with the sign among them. */
    public WechatV2Callback sorted() {
        sorted = true;
        return this;
    }

    /** Another value than the one that was signed; null takes the element out. */
    public WechatV2Callback tamper(String name, String value) {
        tampered.put(name, value);
        return this;
    }

    /** What stands before the root. */
    public WechatV2Callback prolog(String text) {
        prolog = text;
        return this;
    }

    /** What stands, unsigned, before the root's end. */
    public WechatV2Callback raw(String text) {
        raw = text;
        return this;
    }

    /** One of millions: its right signatures are not kept, so nobody looks whether an answer tells them. */
    public WechatV2Callback unwatched() {
        watched = false;
        return this;
    }

    public String value(String name) {
        return fields.get(name);
    }

    /** The documents' text to be signed: sorted, empty values and the sign left out, the key at its end. */
    public String textToSign(String key) {
        return textToSign(fields) + "key=" + key;
    }

    private static String textToSign(Map<String, String> fields) {
        return new TreeMap<>(fields)
                .entrySet().stream()
                        .filter(field ->
                                !field.getValue().isEmpty() && !field.getKey().equals("sign"))
                        .map(field -> field.getKey() + "=" + field.getValue() + "&")
                        .collect(Collectors.joining());
    }

    public String sign(String key) {
        String text = textToSign(key);
        String hex = algorithm == Sign.MD5
                ? DigestUtils.md5Hex(text.getBytes(StandardCharsets.UTF_8))
                : new HmacUtils(HmacAlgorithms.HMAC_SHA_256, key.getBytes(StandardCharsets.UTF_8))
                        .hmacHex(text.getBytes(StandardCharsets.UTF_8));
        return lowerCaseSign ? hex : hex.toUpperCase(Locale.ROOT);
    }

    /** The body as it is sent, signed with this key unless it bears a sign of its own. */
    public String xml(String key) {
        Map<String, String> sent = sorted ? new TreeMap<>(fields) : new LinkedHashMap<>(fields);
        sent.putIfAbsent("sign", sign(key));
        tampered.forEach((name, value) -> {
            if (value == null) {
                sent.remove(name);
            } else {
                sent.put(name, value);
            }
        });
        // Whoever sends it forged may not hear how it would be signed rightly.
        if (watched) {
            LeakDetector.keepSignatures(textToSign(sent), Shop.KEY, Shop.OTHER_KEY, Shop.LIMITED_KEY);
        }
        StringBuilder xml = new StringBuilder(prolog).append("<xml>");
        sent.forEach((name, value) -> xml.append('<')
                .append(name)
                .append('>')
                .append(written(value, forms.getOrDefault(name, Form.CDATA)))
                .append("</")
                .append(name)
                .append(">\n"));
        return xml.append(raw).append("</xml>").toString();
    }

    public byte[] body(String key) {
        return xml(key).getBytes(StandardCharsets.UTF_8);
    }

    private static String written(String value, Form form) {
        return switch (form) {
            case CDATA -> "<![CDATA[" + value + "]]>";
            case PLAIN -> value;
            case SPLIT_CDATA ->
                value.codePoints()
                        .mapToObj(c -> "<![CDATA[" + Character.toString(c) + "]]>")
                        .collect(Collectors.joining());
            case ENTITIES ->
                value.codePoints().mapToObj(WechatV2Callback::entity).collect(Collectors.joining());
        };
    }

    private static String entity(int c) {
        return switch (c) {
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '&' -> "&amp;";
            case '"' -> "&quot;";
            case '\'' -> "&apos;";
            default -> c % 2 == 0 ? "&#" + c + ";" : "&#x" + Integer.toHexString(c) + ";";
        };
    }
}
