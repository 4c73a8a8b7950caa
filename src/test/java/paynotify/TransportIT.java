package paynotify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Answer;
import paynotify.kit.Http;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.RawHttp;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/** How a body arrives: its form, its size, its headers, its pace. */
@OnBothTomcats
class TransportIT {
    private static final int MAX_BYTES = 65_536;
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);

    private final Shop shop;

    TransportIT(TomcatVersion version) {
        shop = Shop.shared(version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/xml",
                "text/xml; charset=GBK",
                "application/xml",
                "application/json",
                "application/x-www-form-urlencoded",
                "application/x-www-form-urlencoded; charset=ISO-8859-1",
                "multipart/form-data; boundary=xml",
                "application/octet-stream",
                "not a type;;;="
            })
    void contentType_whateverItSays_theBytesAreTheCallback(String contentType) {
        WechatV2Callback callback = payment().with("attach", "深圳&a=b+c%20d");
        String body = callback.xml(Shop.KEY);
        Exchange.post(shop, "wechat", body, "Content-Type", contentType)
                .answers("APPLIED")
                .logs(callback, body);
        WechatV2Callback chunked = payment().with("attach", "深圳&a=b+c%20d");
        String chunkedBody = chunked.xml(Shop.KEY);
        Exchange.of(
                        shop,
                        "wechat",
                        () -> Http.postChunked(
                                shop.pay("wechat"), chunkedBody.getBytes(UTF_8), "Content-Type", contentType))
                .answers("APPLIED")
                .logs(chunked, chunkedBody);
    }

    @Test
    void contentType_absent_isTaken() {
        byte[] body = payment().body(Shop.KEY);
        Exchange.of(shop, "wechat", () -> RawHttp.exchange(port(), head(body.length), body))
                .answers("APPLIED");
    }

    @Test
    void http10_isAnswered() {
        byte[] body = payment().body(Shop.KEY);
        String head = "POST /notify/pay/wechat HTTP/1.0\nContent-Length: " + body.length;
        Exchange.of(shop, "wechat", () -> RawHttp.exchange(port(), head, body)).answers("APPLIED");
    }

    @Test
    void queryString_isNoPartOfACallback() {
        byte[] body = payment().body(Shop.KEY);
        Exchange.of(shop, "wechat", () -> Http.post(shop.pay("wechat?total_fee=1&sign=x"), body))
                .answers("APPLIED");
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, -1, 0, 1, 2})
    void body_aroundTheLimit_isTakenUpToItAndNotOverIt(int over) {
        for (boolean chunked : new boolean[] {false, true}) {
            String body = padded(MAX_BYTES + over);
            if (over <= 0) {
                send(body, chunked).answers("APPLIED").column("body", body);
            } else {
                send(body, chunked)
                        .answers("TOO_LARGE")
                        .logsUnreadable("wechat-v2", body.substring(0, MAX_BYTES))
                        .detail(Integer.toString(MAX_BYTES));
            }
        }
    }

    @Test
    void body_cutWithinACharacter_isLoggedAsFarAsItGoes() {
        String body = "<xml>" + "圳".repeat(MAX_BYTES / 3) + "</xml>";
        byte[] cut = Arrays.copyOf(body.getBytes(UTF_8), MAX_BYTES);
        Exchange.post(shop, "wechat", body).answers("TOO_LARGE").column("body", new String(cut, UTF_8));
    }

    @Test
    void bodyOverTheLimit_isAnsweredWithoutReadingTheRest() {
        byte[] start = padded(MAX_BYTES + 1).getBytes(UTF_8);
        // The rest never comes: who waited for it would not answer.
        Exchange.of(shop, "wechat", () -> RawHttp.exchange(port(), head(100_000_000), start))
                .answers("TOO_LARGE");
        Exchange.of(shop, "wechat", () -> {
                    try (RawHttp client = new RawHttp(port())) {
                        return client.send("POST /notify/pay/wechat HTTP/1.1\nTransfer-Encoding: chunked")
                                .chunk(start)
                                .answer();
                    }
                })
                .answers("TOO_LARGE");
    }

    @Test
    void emptyBody_isMalformed() {
        Exchange.post(shop, "wechat", "").answers("MALFORMED").logsUnreadable("wechat", "");
        Exchange.of(shop, "wechat", () -> RawHttp.exchange(port(), "POST /notify/pay/wechat HTTP/1.1", new byte[0]))
                .answers("MALFORMED")
                .logsUnreadable("wechat", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok", "return_code=SUCCESS&result_code=SUCCESS", " ", "\n", "42", "null", "深圳"})
    void body_thatIsNeitherXmlNorJson_isMalformed(String body) {
        Exchange.post(shop, "wechat", body).answers("MALFORMED").logsUnreadable("wechat", body);
    }

    @Test
    void json_whereTheAccountHasNoKeyForIt_isBadSignatureInJson() {
        String body =
                "{\"id\":\"EV-1\",\"event_type\":\"TRANSACTION.SUCCESS\",\"resource_type\":\"encrypt-resource\",\"resource\":{}}";
        Exchange.post(shop, "wechat", body)
                .answersJson("BAD_SIGNATURE")
                .column("channel", "wechat-v3")
                .column("body", body);
        Exchange.post(
                        shop,
                        "wechat",
                        body,
                        "Wechatpay-Signature",
                        "c2ln",
                        "Wechatpay-Serial",
                        "PUB_KEY_ID_0",
                        "Wechatpay-Timestamp",
                        "1748750406",
                        "Wechatpay-Nonce",
                        "abc")
                .answersJson("BAD_SIGNATURE")
                .column("channel", "wechat-v3");
    }

    @Test
    void garbage_withTheHeadersOfV3_isMalformedInJson() {
        Exchange.post(
                        shop,
                        "wechat",
                        "garbage",
                        "Wechatpay-Signature",
                        "c2ln",
                        "Wechatpay-Serial",
                        "PUB_KEY_ID_0",
                        "Wechatpay-Timestamp",
                        "1748750406",
                        "Wechatpay-Nonce",
                        "abc")
                .answersJson("MALFORMED");
    }

    @Test
    void expectContinue_isInvitedAndAnswered() {
        byte[] body = payment().body(Shop.KEY);
        Exchange.of(shop, "wechat", () -> {
                    try (RawHttp client = new RawHttp(port())) {
                        Answer interim = client.send(head(body.length) + "\nExpect: 100-continue")
                                .answer();
                        assertEquals(100, interim.status());
                        return client.send(body).answer();
                    }
                })
                .answers("APPLIED");
    }

    @Test
    void body_thatComesInDrops_isTaken() throws InterruptedException {
        byte[] body = payment().body(Shop.KEY);
        CountDownLatch never = new CountDownLatch(1);
        Exchange.of(shop, "wechat", () -> {
                    try (RawHttp client = new RawHttp(port())) {
                        client.send(head(body.length));
                        for (int i = 0; i < body.length; i += 50) {
                            client.send(Arrays.copyOfRange(body, i, Math.min(i + 50, body.length)));
                            // The pace is the test: there is nothing to wait for.
                            never.await(20, TimeUnit.MILLISECONDS);
                        }
                        return client.answer();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .answers("APPLIED");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void client_thatLeavesInMidBody_changesNothing(boolean reset) {
        WechatV2Callback callback = payment();
        byte[] body = callback.body(Shop.KEY);
        String no = callback.value("out_trade_no");
        RawHttp client = new RawHttp(port());
        client.send(head(body.length)).send(Arrays.copyOf(body, body.length - 7));
        if (reset) {
            client.reset();
        } else {
            client.close();
        }
        // Whatever the server makes of it, the order is untouched, and the callback comes again.
        Exchange.post(shop, "wechat", payment().xml(Shop.KEY)).answers("APPLIED");
        assertEquals("PENDING", shop.orderRow(Shop.MCH_ID, no).get("status"));
        Http.post(shop.pay("wechat"), body);
        assertEquals("PAID", shop.orderRow(Shop.MCH_ID, no).get("status"));
    }

    @Test
    void connection_isKeptForTheNextCallback() {
        try (RawHttp client = new RawHttp(port())) {
            for (int i = 0; i < 3; i++) {
                byte[] body = payment().body(Shop.KEY);
                Exchange.of(shop, "wechat", () -> client.send(head(body.length))
                                .send(body)
                                .answer())
                        .answers("APPLIED");
            }
        }
    }

    @Test
    void unansweredClient_getsItsOrderPaidAllTheSame() {
        WechatV2Callback callback = payment();
        byte[] body = callback.body(Shop.KEY);
        String no = callback.value("out_trade_no");
        RawHttp client = new RawHttp(port());
        client.send(head(body.length)).send(body);
        Wait.until(
                ANSWERED_WITHIN,
                () -> shop.orderRow(Shop.MCH_ID, no).get("status").equals("PAID"),
                () -> "not paid " + no);
        client.close();
        Exchange.post(shop, "wechat", body).answers("DUPLICATE");
        assertTrue(shop.logOf(no).size() == 2);
    }

    private Exchange send(String body, boolean chunked) {
        byte[] bytes = body.getBytes(UTF_8);
        return Exchange.of(
                shop,
                "wechat",
                () -> chunked ? Http.postChunked(shop.pay("wechat"), bytes) : Http.post(shop.pay("wechat"), bytes));
    }

    private WechatV2Callback payment() {
        return WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
    }

    /** A rightly signed payment of so many bytes. */
    private String padded(int bytes) {
        WechatV2Callback callback = payment().with("attach", "x");
        int rest = bytes - callback.body(Shop.KEY).length;
        return callback.with("attach", "x".repeat(rest + 1)).xml(Shop.KEY);
    }

    private int port() {
        return shop.tomcat().port();
    }

    private static String head(int length) {
        return "POST /notify/pay/wechat HTTP/1.1\nContent-Length: " + length;
    }
}
