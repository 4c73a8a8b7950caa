package paynotify.kit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kit's WeChat Pay in API v3: orders, refunds, combined payments, of ordinary merchants and service providers. */
final class WechatQuestionV3 {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json; charset=utf-8");
    private static final String SCHEME = "WECHATPAY2-SHA256-RSA2048 ";
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final long WINDOW_SECONDS = 300;

    private static final String ORDER = "/v3/pay/transactions/out-trade-no/";
    private static final String PARTNERS_ORDER = "/v3/pay/partner/transactions/out-trade-no/";
    private static final String REFUND = "/v3/refund/domestic/refunds/";
    private static final String COMBINED = "/v3/combine-transactions/out-trade-no/";

    private final WechatBooks books;
    private final AtomicInteger signaturesRefused = new AtomicInteger();

    WechatQuestionV3(WechatBooks books) {
        this.books = books;
    }

    int signaturesRefused() {
        return signaturesRefused.get();
    }

    void forget() {
        signaturesRefused.set(0);
    }

    /** The merchant that has signed this request rightly; null if nobody has. */
    String merchant(String method, String path, Map<String, String> headers) {
        Map<String, String> who = parameters(headers.get("Authorization"));
        if (isSigned(method, path, who)) {
            return who.get("mchid");
        }
        signaturesRefused.incrementAndGet();
        return null;
    }

    /** The last part of the path, decoded. */
    static String number(String path) {
        String withoutQuery = path.replaceFirst("\\?.*", "");
        return URLDecoder.decode(withoutQuery.substring(withoutQuery.lastIndexOf('/') + 1), UTF_8);
    }

    Wechat.Said answer(
            String method, String path, Map<String, String> headers, Wechat.Manner manner, Instant clockOfAnswer) {
        switch (manner) {
            case UNAUTHORIZED_401 -> {
                return signError(method, path);
            }
            case FORBIDDEN_403 -> {
                return error(403, "NO_AUTH", "商户无权限");
            }
            case BUSY_429 -> {
                return error(429, "FREQUENCY_LIMITED", "频率超限，请稍后再试");
            }
            case BROKEN_500, SYSTEM_ERROR -> {
                return error(500, "SYSTEM_ERROR", "系统异常，请稍后重试");
            }
            case ACCEPTED_202 -> {
                return error(202, "USERPAYING", "用户支付中，需要输入密码");
            }
            default -> {}
        }
        String accept = headers.get("Accept");
        if (accept == null || !accept.contains("json") || headers.get("User-Agent") == null) {
            return error(400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent");
        }
        Map<String, String> who = parameters(headers.get("Authorization"));
        if (!isSigned(method, path, who)) {
            signaturesRefused.incrementAndGet();
            return signError(method, path);
        }
        Map<String, String> query = query(path);
        String body = body(path, query, who.get("mchid"), manner);
        return body == null
                ? error(404, path.startsWith(REFUND) ? "RESOURCE_NOT_EXISTS" : "ORDER_NOT_EXIST", "订单不存在")
                : signed(body, headers.get("Wechatpay-Serial"), manner, clockOfAnswer);
    }

    /** Null where there is no such thing, or the question doesn't name whose it is. */
    private String body(String path, Map<String, String> query, String mchId, Wechat.Manner manner) {
        String number = number(path);
        if (path.startsWith(PARTNERS_ORDER)) {
            WechatBooks.Order order = books.order(mchId, query.getOrDefault("sub_mchid", ""), number);
            return order == null || !mchId.equals(query.get("sp_mchid"))
                    ? null
                    : order(WechatBooks.told(order, manner), true);
        }
        if (path.startsWith(ORDER)) {
            WechatBooks.Order order = books.order(mchId, "", number);
            return order == null || !mchId.equals(query.get("mchid"))
                    ? null
                    : order(WechatBooks.told(order, manner), false);
        }
        if (path.startsWith(REFUND)) {
            WechatBooks.Refund refund = books.refund(mchId, query.getOrDefault("sub_mchid", ""), number);
            return refund == null ? null : refund(WechatBooks.told(refund, manner));
        }
        List<WechatBooks.Order> combined = path.startsWith(COMBINED) ? books.combined(mchId, number) : null;
        return combined == null ? null : combined(mchId, number, combined, manner);
    }

    private static String order(WechatBooks.Order order, boolean ofProvider) {
        String whose = ofProvider
                ? "\"sp_appid\":\"" + Wechat.APP_ID + "\",\"sp_mchid\":\"" + order.mchId() + "\",\"sub_mchid\":\""
                        + order.subMchId() + "\""
                : "\"appid\":\"" + Wechat.APP_ID + "\",\"mchid\":\"" + order.mchId() + "\"";
        String head = "{" + whose + ",\"out_trade_no\":\"" + order.outTradeNo() + "\",\"trade_state\":\""
                + order.state() + "\",\"trade_state_desc\":\"" + WechatBooks.described(order.state())
                + "\",\"attach\":\"\"";
        return order.hasBeenPaid()
                ? head + ",\"bank_type\":\"OTHERS\",\"payer\":{\"" + (ofProvider ? "sub_openid" : "openid")
                        + "\":\"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o\"},\"promotion_detail\":[],"
                        + "\"success_time\":\"2025-06-01T12:00:05+08:00\",\"trade_type\":\"NATIVE\","
                        + "\"transaction_id\":\"" + order.transactionId()
                        + "\",\"amount\":{\"currency\":\"CNY\",\"payer_currency\":\"CNY\",\"payer_total\":"
                        + order.totalFee() + ",\"total\":" + order.totalFee() + "}}"
                : head + ",\"payer\":{},\"amount\":{\"total\":" + order.totalFee() + "}}";
    }

    private static String refund(WechatBooks.Refund refund) {
        String successTime = refund.state().equals("SUCCESS") ? "\"success_time\":\"2025-06-01T14:05:14+08:00\"," : "";
        return "{\"refund_id\":\"5" + refund.outRefundNo() + "\",\"out_refund_no\":\"" + refund.outRefundNo()
                + "\",\"transaction_id\":\"" + WechatV2Callback.transactionId(refund.outTradeNo())
                + "\",\"out_trade_no\":\"" + refund.outTradeNo() + "\",\"channel\":\"ORIGINAL\",\"status\":\""
                + refund.state() + "\"," + successTime + "\"create_time\":\"2025-06-01T14:05:10+08:00\","
                + "\"promotion_detail\":[],\"amount\":{\"currency\":\"CNY\",\"total\":" + refund.totalFee()
                + ",\"refund\":" + refund.refundFee() + "}}";
    }

    private static String combined(String mchId, String number, List<WechatBooks.Order> orders, Wechat.Manner manner) {
        String subOrders = orders.stream()
                .map(order -> WechatBooks.told(order, manner))
                .map(order -> "{\"mchid\":\"" + order.mchId() + "\",\"out_trade_no\":\"" + order.outTradeNo()
                        + "\",\"trade_type\":\"JSAPI\",\"trade_state\":\"" + order.state() + "\""
                        + (order.hasBeenPaid()
                                ? ",\"bank_type\":\"OTHERS\",\"success_time\":\"2025-06-01T12:00:05.120+08:00\","
                                        + "\"transaction_id\":\"" + order.transactionId() + "\""
                                : "")
                        + ",\"amount\":{\"total_amount\":" + order.totalFee() + ",\"payer_amount\":"
                        + order.totalFee() + ",\"currency\":\"CNY\",\"payer_currency\":\"CNY\"}}")
                .collect(Collectors.joining(","));
        return "{\"combine_appid\":\"" + Wechat.APP_ID + "\",\"combine_mchid\":\"" + mchId
                + "\",\"combine_out_trade_no\":\"" + number + "\",\"combine_payer_info\":{\"openid\":\"oUpF8u\"},"
                + "\"sub_orders\":[" + subOrders + "]}";
    }

    /** By the platform's certificate, or by its public key where the question asks for that. */
    static Wechat.Said signed(String body, String askedSerial, Wechat.Manner manner, Instant clock) {
        Map<String, String> headers = new TreeMap<>(JSON);
        headers.put("Request-ID", "08F78BB5AF0610D302189F99DD5C20BA56F89845-0");
        if (manner == Wechat.Manner.UNSIGNED) {
            return new Wechat.Said(200, headers, body);
        }
        boolean byPublicKey = Shop.PUBLIC_KEY_ID.equals(askedSerial);
        // The forger's key is a merchant's, under the platform's serial.
        String key = manner == Wechat.Manner.FORGED
                ? "merchant_private.pem"
                : byPublicKey ? "wechat_pubkey_mode_private.pem" : "wechat_platform_private.pem";
        headers.putAll(WechatV3Callback.signed(
                        body,
                        clock.getEpochSecond(),
                        byPublicKey ? Shop.PUBLIC_KEY_ID : Shop.PLATFORM_SERIAL,
                        Shop.key(key))
                .headers());
        return new Wechat.Said(200, headers, body);
    }

    private static Wechat.Said error(int status, String code, String message) {
        return new Wechat.Said(status, JSON, "{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}");
    }

    private static Wechat.Said signError(String method, String path) {
        String detail =
                "\"detail\":{\"field\":\"signature\",\"issue\":\"sign not match\",\"location\":\"authorization\","
                        + "\"sign_information\":{\"method\":\"" + method + "\",\"url\":\"" + path + "\"}}";
        return new Wechat.Said(401, JSON, "{\"code\":\"SIGN_ERROR\",\"message\":\"错误的签名，验签失败\"," + detail + "}");
    }

    /** "mchid, nonce_str, signature, timestamp, serial_no; order free." */
    private static Map<String, String> parameters(String authorization) {
        Map<String, String> parameters = new TreeMap<>();
        if (authorization != null && authorization.startsWith(SCHEME)) {
            Matcher each = PARAMETER.matcher(authorization.substring(SCHEME.length()));
            while (each.find()) {
                parameters.put(each.group(1), each.group(2));
            }
        }
        return parameters;
    }

    private static boolean isSigned(String method, String path, Map<String, String> who) {
        if (!who.keySet().equals(Set.of("mchid", "nonce_str", "signature", "timestamp", "serial_no"))
                || !who.get("serial_no").equals(Wechat.MERCHANT_SERIAL)
                || who.get("nonce_str").length() < 16
                || who.get("nonce_str").length() > 32) {
            return false;
        }
        long timestamp = Long.parseLong(who.get("timestamp"));
        if (Math.abs(Instant.now().getEpochSecond() - timestamp) > WINDOW_SECONDS) {
            return false;
        }
        String text = method + "\n" + path + "\n" + timestamp + "\n" + who.get("nonce_str") + "\n\n";
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(
                            Shop.key("merchant_cert.pem").getBytes(US_ASCII)));
            Signature rsa = Signature.getInstance("SHA256withRSA");
            rsa.initVerify(certificate);
            rsa.update(text.getBytes(UTF_8));
            return rsa.verify(Base64.getDecoder().decode(who.get("signature")));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    static Map<String, String> query(String path) {
        Map<String, String> query = new TreeMap<>();
        int from = path.indexOf('?');
        for (String pair : from < 0 ? new String[0] : path.substring(from + 1).split("&")) {
            int equals = pair.indexOf('=');
            query.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), UTF_8));
        }
        return query;
    }
}
