package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Answer;
import paynotify.kit.Http;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.RawHttp;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/** Contract, section 2. */
@OnBothTomcats
class UrlsIT {
    private final Shop shop;

    UrlsIT(TomcatVersion version) {
        shop = Shop.shared(version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/notify/pay/unknown",
                "/notify/pay/WECHAT",
                "/notify/pay/wechat/",
                "/notify/pay/wechat/x",
                "/notify/pay//wechat/x",
                "/notify/pay/",
                "/notify/pay",
                "/notify/pay/%20wechat",
                "/notify/pay/wechat;a=b",
                "/notify/pay;a=b/wechat",
                "/notify/payx/wechat",
                "/notify/wechat",
                "/notify/",
                "/notify/index.html",
                "/notify/index.jsp",
                "/notify/pay/x.jsp",
                "/notify/WEB-INF/web.xml",
                "/notify/META-INF/MANIFEST.MF",
                "/notify/health/",
                "/notify/health/x"
            })
    void path_thatIsNoAccounts_is404WithEmptyBody(String path) {
        long before = shop.lastLogId();
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
        assertEmpty(404, Http.post(shop.tomcat().uri(path), callback.body(Shop.KEY)));
        assertEmpty(404, Http.get(shop.tomcat().uri(path)));
        assertEquals(before, shop.lastLogId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND"})
    void method_otherThanPost_is405WithEmptyBody(String method) {
        long before = shop.lastLogId();
        String head = method + " /notify/pay/wechat HTTP/1.1";
        Answer answer = RawHttp.exchange(shop.tomcat().port(), head, new byte[0]);
        assertEmpty(405, answer);
        assertEquals("POST", answer.header("Allow"));
        assertEquals(before, shop.lastLogId());
    }

    @Test
    void put_withASignedPayment_booksNothing() {
        String no = shop.order(Shop.MCH_ID, 101);
        byte[] body = WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY);
        String head = "PUT /notify/pay/wechat HTTP/1.1\nContent-Length: " + body.length;
        assertEmpty(405, RawHttp.exchange(shop.tomcat().port(), head, body));
        assertEquals("PENDING", shop.orderRow(Shop.MCH_ID, no).get("status"));
        assertEquals(0, shop.logOf(no).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void method_onUnknownAccount_is404(String method) {
        String head = method + " /notify/pay/unknown HTTP/1.1";
        assertEmpty(404, RawHttp.exchange(shop.tomcat().port(), head, new byte[0]));
    }

    @Test
    void health_withTheDatabase_isUpAndTellsNothingElse() {
        Answer answer = Http.get(shop.health());
        assertEquals(200, answer.status());
        assertEquals("{\"status\":\"UP\"}", answer.text());
        assertTrue(answer.header("Content-Type").startsWith("application/json"), answer::toString);
    }

    @Test
    void health_otherThanByGet_is405WithEmptyBody() {
        assertEmpty(405, Http.post(shop.health(), new byte[0]));
    }

    private static void assertEmpty(int status, Answer answer) {
        assertEquals(status, answer.status(), answer::toString);
        assertEquals("", answer.text());
    }
}
