package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** The kit's WeChat Pay in API v2: {@code /pay/orderquery} and {@code /pay/refundquery}. */
final class WechatQuestionV2 {
    private static final Map<String, String> XML = Map.of("Content-Type", "text/xml; charset=UTF-8");
    private static final String OTHER_KEY = "ffffffffffffffffffffffffffffffff";

    private final WechatBooks books;
    private final AtomicInteger signaturesRefused = new AtomicInteger();
    private volatile String apiKey = Shop.KEY;

    WechatQuestionV2(WechatBooks books) {
        this.books = books;
    }

    void apiKey(String key) {
        apiKey = key;
    }

    int signaturesRefused() {
        return signaturesRefused.get();
    }

    void forget() {
        signaturesRefused.set(0);
    }

    /** Whether the request is signed rightly. */
    boolean isSigned(String body) {
        Map<String, String> asked = fields(body);
        boolean signed = asked.get("sign") != null && asked.get("sign").equals(sign(asked, apiKey));
        if (!signed) {
            signaturesRefused.incrementAndGet();
        }
        return signed;
    }

    /** What the question is about; "" where that can't be read. */
    static String number(String body) {
        Map<String, String> asked = fields(body);
        return asked.getOrDefault("out_refund_no", asked.getOrDefault("out_trade_no", ""));
    }

    Wechat.Said answer(String method, String path, String body, Wechat.Manner manner) {
        switch (manner) {
            case UNAUTHORIZED_401 -> {
                return new Wechat.Said(401, XML, "");
            }
            case FORBIDDEN_403 -> {
                return new Wechat.Said(403, XML, "");
            }
            case BUSY_429 -> {
                return new Wechat.Said(429, XML, "");
            }
            case BROKEN_500 -> {
                return new Wechat.Said(500, XML, "<html>Internal Server Error</html>");
            }
            case ACCEPTED_202 -> {
                return new Wechat.Said(202, XML, "");
            }
            case SYSTEM_ERROR -> {
                return unsigned("return_code", "SUCCESS", "result_code", "FAIL", "err_code", "SYSTEMERROR");
            }
            default -> {}
        }
        Map<String, String> asked = fields(body);
        if (!method.equals("POST") || asked.isEmpty()) {
            return unsigned("return_code", "FAIL", "return_msg", "请使用post方法");
        }
        String sign = asked.get("sign");
        if (sign == null || !sign.equals(sign(asked, apiKey))) {
            signaturesRefused.incrementAndGet();
            return unsigned("return_code", "FAIL", "return_msg", "签名错误");
        }
        if (asked.get("appid") == null || asked.get("mch_id") == null || asked.get("nonce_str") == null) {
            return unsigned("return_code", "FAIL", "return_msg", "缺少参数");
        }
        Map<String, String> told = path.equals("/pay/orderquery")
                ? order(asked, manner)
                : path.equals("/pay/refundquery") ? refund(asked, manner) : null;
        if (told == null) {
            return new Wechat.Said(404, XML, "");
        }
        return said(asked, told, manner);
    }

    private Map<String, String> order(Map<String, String> asked, Wechat.Manner manner) {
        WechatBooks.Order known = books.order(
                asked.get("mch_id"), asked.getOrDefault("sub_mch_id", ""), asked.getOrDefault("out_trade_no", ""));
        if (known == null) {
            return fault(asked, "ORDERNOTEXIST", "order not exist");
        }
        WechatBooks.Order order = WechatBooks.told(known, manner);
        Map<String, String> told = head(asked, order.mchId());
        told.put("out_trade_no", order.outTradeNo());
        told.put("trade_state", order.state());
        told.put("trade_state_desc", WechatBooks.described(order.state()));
        told.put("device_info", "");
        told.put("attach", "");
        if (order.hasBeenPaid()) {
            told.put("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
            told.put("is_subscribe", "N");
            told.put("trade_type", "NATIVE");
            told.put("bank_type", "OTHERS");
            told.put("total_fee", Long.toString(order.totalFee()));
            told.put("fee_type", "CNY");
            told.put("cash_fee", Long.toString(order.totalFee()));
            told.put("transaction_id", order.transactionId());
            told.put("time_end", "20250601120005");
        }
        return told;
    }

    private Map<String, String> refund(Map<String, String> asked, Wechat.Manner manner) {
        WechatBooks.Refund known = books.refund(
                asked.get("mch_id"), asked.getOrDefault("sub_mch_id", ""), asked.getOrDefault("out_refund_no", ""));
        if (known == null) {
            return fault(asked, "REFUNDNOTEXIST", "refund not exist");
        }
        WechatBooks.Refund refund = WechatBooks.told(known, manner);
        Map<String, String> told = head(asked, manner == Wechat.Manner.OTHER_MERCHANT ? "1999999999" : refund.mchId());
        told.put("transaction_id", WechatV2Callback.transactionId(refund.outTradeNo()));
        told.put("out_trade_no", refund.outTradeNo());
        told.put("total_fee", Long.toString(refund.totalFee()));
        told.put("fee_type", "CNY");
        told.put("refund_count", "1");
        told.put("out_refund_no_0", refund.outRefundNo());
        told.put("refund_id_0", "5" + refund.outRefundNo());
        told.put("refund_channel_0", "ORIGINAL");
        told.put("refund_fee_0", Long.toString(refund.refundFee()));
        told.put(
                "refund_status_0",
                Map.of("CLOSED", "REFUNDCLOSE", "ABNORMAL", "CHANGE").getOrDefault(refund.state(), refund.state()));
        told.put("refund_recv_accout_0", "支付用户零钱");
        if (refund.state().equals("SUCCESS")) {
            told.put("refund_success_time_0", "2025-06-01 14:05:14");
        }
        return told;
    }

    private static Map<String, String> head(Map<String, String> asked, String mchId) {
        Map<String, String> told = new LinkedHashMap<>();
        told.put("return_code", "SUCCESS");
        told.put("return_msg", "OK");
        told.put("appid", asked.get("appid"));
        told.put("mch_id", mchId);
        if (asked.containsKey("sub_mch_id")) {
            told.put("sub_mch_id", asked.get("sub_mch_id"));
        }
        told.put("nonce_str", "Ahfh4HXz3vPyfyD5");
        told.put("result_code", "SUCCESS");
        return told;
    }

    private static Map<String, String> fault(Map<String, String> asked, String code, String description) {
        Map<String, String> told = head(asked, asked.get("mch_id"));
        told.put("result_code", "FAIL");
        told.put("err_code", code);
        told.put("err_code_des", description);
        return told;
    }

    /** Signed by the algorithm of the question. */
    private Wechat.Said said(Map<String, String> asked, Map<String, String> told, Wechat.Manner manner) {
        if (manner != Wechat.Manner.UNSIGNED) {
            Map<String, String> signed = new LinkedHashMap<>(told);
            if (asked.containsKey("sign_type")) {
                signed.put("sign_type", asked.get("sign_type"));
            }
            told.put("sign", sign(signed, manner == Wechat.Manner.FORGED ? OTHER_KEY : apiKey));
            if (asked.containsKey("sign_type")) {
                told.put("sign_type", asked.get("sign_type"));
            }
        }
        return new Wechat.Said(200, XML, xml(told));
    }

    private static Wechat.Said unsigned(String... namesAndValues) {
        Map<String, String> told = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            told.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Wechat.Said(200, XML, xml(told));
    }

    private static String xml(Map<String, String> told) {
        return told.entrySet().stream()
                .map(each -> "<" + each.getKey() + "><![CDATA[" + each.getValue() + "]]></" + each.getKey() + ">\n")
                .collect(Collectors.joining("", "<xml>", "</xml>"));
    }

    /** "All that is not empty, sorted, the key at its end": MD5 unless sign_type says otherwise. */
    private static String sign(Map<String, String> fields, String key) {
        WechatV2Callback signer = WechatV2Callback.of(fields);
        boolean hmac = "HMAC-SHA256".equals(fields.get("sign_type"));
        return signer.signedWith(hmac ? WechatV2Callback.Sign.HMAC_SHA256 : WechatV2Callback.Sign.MD5)
                .sign(key);
    }

    /** Read by the JDK's own parser; empty where that is no XML. */
    static Map<String, String> fields(String body) {
        Map<String, String> fields = new TreeMap<>();
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            Node child = builder.parse(new ByteArrayInputStream(body.getBytes(UTF_8)))
                    .getDocumentElement()
                    .getFirstChild();
            for (; child != null; child = child.getNextSibling()) {
                if (child instanceof Element element) {
                    fields.put(element.getTagName(), element.getTextContent());
                }
            }
        } catch (SAXException e) {
            return Map.of();
        } catch (IOException | ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
        return fields;
    }
}
