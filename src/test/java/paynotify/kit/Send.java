package paynotify.kit;

import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Sends one signed callback, by default to what {@link Run} has started: {@code mvn -q exec:java@send
 * -Dout_trade_no=DEMO-2}. Any field of the callback may be given by -D; further ones are url, api-key and sign.
 */
public final class Send {
    private static final Set<String> FIELDS = Set.of(
            "appid",
            "attach",
            "bank_type",
            "cash_fee",
            "device_info",
            "err_code",
            "fee_type",
            "mch_id",
            "openid",
            "result_code",
            "return_code",
            "sub_appid",
            "sub_mch_id",
            "sub_openid",
            "time_end",
            "total_fee",
            "trade_type",
            "transaction_id");

    private Send() {}

    public static void main(String[] arguments) {
        String outTradeNo = System.getProperty("out_trade_no", "DEMO-2");
        WechatV2Callback callback =
                WechatV2Callback.payment(Demo.MCH_ID, outTradeNo, Demo.ORDERS.getOrDefault(outTradeNo, 101L));
        for (String field : FIELDS) {
            if (System.getProperty(field) != null) {
                callback.with(field, System.getProperty(field));
            }
        }
        if (System.getProperty("total_fee") != null && System.getProperty("cash_fee") == null) {
            callback.with("cash_fee", System.getProperty("total_fee"));
        }
        if (System.getProperty("sign", "MD5").equals("HMAC-SHA256")) {
            callback.signedWith(WechatV2Callback.Sign.HMAC_SHA256);
        }
        String body = callback.xml(System.getProperty("api-key", Demo.API_KEY));
        try {
            String url = System.getProperty("url");
            URI uri = url == null ? Demo.pay(Demo.port("http.port", Demo.HTTP_PORT)) : URI.create(url);
            Demo.show("POST " + uri, body);
            Answer answer = Http.post(uri, body.getBytes(StandardCharsets.UTF_8), "Content-Type", "text/xml");
            Demo.show("The answer", Demo.shown(answer));
        } catch (IllegalArgumentException e) {
            Demo.fail(e.getMessage());
        } catch (UncheckedIOException e) {
            Demo.fail("Nothing answers there: is \"mvn -Prun\" running, with the same -Dhttp.port?");
        }
    }
}
