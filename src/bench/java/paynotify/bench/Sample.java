package paynotify.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import paynotify.kit.Shop;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV2Callback.Form;

/** The callback that is measured: an API v2 payment of about 1 KB, by MD5, as WeChat sends most. */
final class Sample {
    static final long TOTAL_FEE = 4990;

    private Sample() {}

    static WechatV2Callback payment(String outTradeNo) {
        return WechatV2Callback.payment(Shop.MCH_ID, outTradeNo, TOTAL_FEE)
                .with("attach", "shop=12&till=3&note=微信支付")
                .with("coupon_count", "1", Form.PLAIN)
                .with("coupon_fee", "100", Form.PLAIN)
                .with("coupon_fee_0", "100", Form.PLAIN)
                .with("coupon_id_0", "10000")
                .with("device_info", "013467007045764")
                .with("total_fee", Long.toString(TOTAL_FEE), Form.PLAIN)
                .with("transaction_id", transactionId(outTradeNo))
                .sorted()
                .unwatched();
    }

    /** Of the orders that {@link Orders} places: another for each, and as WeChat's own in no order. */
    private static String transactionId(String outTradeNo) {
        String[] parts = outTradeNo.split("-");
        if (parts.length < 3) {
            return WechatV2Callback.transactionId(outTradeNo);
        }
        long number = Long.parseLong(parts[parts.length - 2]) * 1_000_000 + Long.parseLong(parts[parts.length - 1]);
        // The factor has no divisor in common with the modulus, so no two numbers come to the same.
        return "420000260020261129%010d".formatted(number * 7_919_000_017L % 10_000_000_000L);
    }

    static byte[] body(String outTradeNo) {
        return payment(outTradeNo).body(Shop.KEY);
    }

    /** The whole request, as it goes over a connection that stays open. */
    static byte[] request(String outTradeNo) {
        byte[] body = body(outTradeNo);
        byte[] head = ("POST /notify/pay/wechat HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\n"
                        + "Content-Type: text/xml\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(US_ASCII);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    static String text(String outTradeNo) {
        return new String(body(outTradeNo), UTF_8);
    }
}
