package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Answer;
import paynotify.kit.Database;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.RawHttp;
import paynotify.kit.Shop;
import paynotify.kit.TomcatConf;
import paynotify.kit.TomcatVersion;

/** The operator's page behind a proxy that speaks HTTPS, with RemoteIpValve as in notify.xml, and on two Tomcats. */
@ExtendWith(NoSecretInLogs.class)
class AdminProxyIT {
    private static Shop first;
    private static Shop second;
    private static AdminClient admin;

    @BeforeAll
    static void start() {
        Database database = Postgres.shared().newDatabase();
        first = behindProxy(TomcatVersion.TOMCAT_10, database);
        second = behindProxy(TomcatVersion.TOMCAT_11, database);
        admin = new AdminClient(first);
    }

    private static Shop behindProxy(TomcatVersion version, Database database) {
        Shop shop = Shop.of(
                AdminClient.tomcat(version, database)
                        .context(TomcatConf.contextBehindProxy())
                        .start(),
                "notify",
                database);
        shop.awaitUp();
        return shop;
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
    }

    @Test
    void page_byHttpsThroughTheProxy_isShown() {
        Answer answer = admin.get("/?lang=zh", "X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https");
        assertEquals(200, answer.status());
        assertTrue(answer.header("Set-Cookie").contains("Secure"), answer.header("Set-Cookie"));
    }

    @Test
    void page_byPlainHttpThroughTheProxy_isRefused() {
        assertEquals(
                403,
                admin.get("/", "X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "http")
                        .status());
        assertEquals(403, admin.get("/", "X-Forwarded-For", "203.0.113.7").status());
        // Loopback as the caller's own word, before the proxy's.
        assertEquals(
                403, admin.get("/", "X-Forwarded-For", "127.0.0.1, 203.0.113.7").status());
        Answer local = admin.get("/?lang=en");
        assertEquals(200, local.status());
        assertFalse(local.header("Set-Cookie").contains("Secure"), local.header("Set-Cookie"));
    }

    /** A balancer sends the page to one, and the form that is on it to the other. */
    @Test
    void form_ofOneTomcat_isKnownToTheOther() {
        String outTradeNo = "TWO-" + System.nanoTime();
        String body = "token=" + URLEncoder.encode(admin.token(), StandardCharsets.UTF_8)
                + "&act=ask&mch_id=1&out_trade_no=" + outTradeNo;
        String head = "POST /notify/admin/act HTTP/1.1\nX-Forwarded-For: 203.0.113.7\nX-Forwarded-Proto: https"
                + "\nContent-Type: application/x-www-form-urlencoded\nContent-Length: " + body.length()
                + "\nAuthorization: " + AdminClient.basic(AdminClient.OPERATOR, AdminClient.PASSWORD) + "\nOrigin: ";
        assertEquals(403, post(head + "https://other.example", body).status());
        Answer answer = post(head + "http://127.0.0.1", body);

        assertEquals(303, answer.status());
        assertEquals(1, first.database().count("payment_inquiry where out_trade_no = ?", outTradeNo));
    }

    private static Answer post(String head, String body) {
        return RawHttp.exchange(second.tomcat().port(), head, body.getBytes(StandardCharsets.UTF_8));
    }
}
