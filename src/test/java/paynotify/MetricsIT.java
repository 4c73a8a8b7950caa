package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Answer;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Postgres;
import paynotify.kit.RawHttp;
import paynotify.kit.Scrape;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;

/** Contract, section 13: who may ask, and that each number moves when its thing happens. */
@OnBothTomcats
class MetricsIT {
    private static final String METRICS = "/notify/metrics";
    private static final String VALVE = "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\"/>";
    private static final String STRANGER = "s3cr3t-stranger";
    private static final Map<TomcatVersion, Shop> SHOPS = new EnumMap<>(TomcatVersion.class);

    private final Shop shop;
    private final TomcatVersion version;

    MetricsIT(TomcatVersion version) {
        this.version = version;
        shop = SHOPS.computeIfAbsent(version, MetricsIT::open);
    }

    private static Shop open(TomcatVersion version) {
        Database database = Postgres.shared().newDatabase();
        Shop opened = Shop.of(
                Shop.tomcat(version, database, "metrics = on\n").manager().start(), "notify", database);
        opened.awaitUp();
        return opened;
    }

    private Scrape scrape() {
        return Scrape.of(shop.tomcat().uri(METRICS));
    }

    private static double callbacks(Scrape scrape, String account, String channel, String outcome) {
        return scrape.value(
                "notify_callbacks_total",
                "account",
                account,
                "channel",
                channel,
                "source",
                "CALLBACK",
                "outcome",
                outcome);
    }

    private static void assertNotThere(Answer answer) {
        assertEquals(404, answer.status(), answer::toString);
        assertEquals("", answer.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "OPTIONS", "PUT"})
    void off_isNotThere(String method) {
        assertNotThere(RawHttp.exchange(
                Shop.shared(version).tomcat().port(), method + " " + METRICS + " HTTP/1.1", new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "OPTIONS", "PUT", "DELETE"})
    void on_otherMethods_are405WithEmptyBody(String method) {
        Answer answer = RawHttp.exchange(shop.tomcat().port(), method + " " + METRICS + " HTTP/1.1", new byte[0]);
        assertEquals(405, answer.status(), answer::toString);
        assertEquals("GET, HEAD", answer.header("Allow"));
        assertEquals("", answer.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/notify/metrics/", "/notify/metrics/x", "/notify/metrics;a=b", "/notify/metricsx"})
    void on_paths_besideIt_areNotThere(String path) {
        assertNotThere(Http.get(shop.tomcat().uri(path)));
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-For, 127.0.0.1",
        "x-forwarded-for, ''",
        "Forwarded, for=127.0.0.1",
        "X-Real-IP, 127.0.0.1",
        "X-Client-IP, 127.0.0.1",
        "X-Forwarded-Proto, https",
        "X-Forwarded-Host, shop.example",
        "True-Client-IP, 127.0.0.1",
        "CF-Connecting-IP, 127.0.0.1",
        "Via, 1.1 proxy"
    })
    void on_aForwardingHeader_isNotThere(String name, String value) {
        assertNotThere(Http.get(shop.tomcat().uri(METRICS), name, value));
    }

    @Test
    void allow_isOnlyForThoseAddresses() {
        String name = deploy("metrics = on\nmetrics.allow = 10.0.0.0/8, ::1\n", "");
        assertNotThere(Http.get(shop.tomcat().uri("/" + name + "/metrics")));
        name = deploy("metrics = on\nmetrics.allow = 127.0.0.0/8\n", "");
        assertEquals(200, Http.get(shop.tomcat().uri("/" + name + "/metrics")).status());
    }

    @Test
    void behindRemoteIpValve_theCallersOwnAddressCounts() {
        String name = deploy("metrics = on\nmetrics.allow = 203.0.113.0/24\n", VALVE);
        URI metrics = shop.tomcat().uri("/" + name + "/metrics");
        String[] allowed = {"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https"};
        assertEquals(200, Http.get(metrics, allowed).status());
        assertNotThere(Http.get(metrics, "X-Forwarded-For", "198.51.100.1"));
        assertNotThere(Http.get(metrics));
        assertNotThere(Http.get(metrics, "X-Forwarded-For", "203.0.113.9", "X-Real-IP", "203.0.113.9"));
        // One proxy that the valve does not trust is left in the header.
        assertNotThere(Http.get(metrics, "X-Forwarded-For", "198.51.100.1, 203.0.113.9", "Forwarded", "for=_x"));
    }

    /** One more application in the same Tomcat; its name. */
    private String deploy(String properties, String context) {
        String name = "m" + Long.toString(System.nanoTime(), 36);
        shop.tomcat().deploy(name, Shop.databaseProperties(shop.database()) + Shop.account() + properties, context);
        URI health = shop.tomcat().uri("/" + name + "/health");
        Wait.until(Duration.ofSeconds(30), () -> Http.get(health).status() == 200, () -> "not UP");
        return name;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|text/plain;version=0.0.4",
                "*/*|text/plain;version=0.0.4",
                "text/plain;version=0.0.4|text/plain;version=0.0.4",
                "text/html|text/plain;version=0.0.4",
                "application/openmetrics-text;version=1.0.0|application/openmetrics-text;version=1.0.0",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2"
                        + "|application/openmetrics-text;version=1.0.0",
            })
    void accept_decidesTheForm(String accept, String contentType) {
        Answer answer = accept.isEmpty()
                ? Http.get(shop.tomcat().uri(METRICS))
                : Http.get(shop.tomcat().uri(METRICS), "Accept", accept);
        assertEquals(200, answer.status());
        assertTrue(answer.header("Content-Type").startsWith(contentType), answer.header("Content-Type"));
        assertEquals("no-store", answer.header("Cache-Control"));
        assertEquals(contentType.startsWith("application"), answer.text().endsWith("# EOF\n"));
        assertTrue(Scrape.of(answer.text()).has("notify_waiting"), answer::text);
    }

    @Test
    void head_saysWhatGetWouldSay() throws IOException {
        HttpURLConnection head =
                (HttpURLConnection) shop.tomcat().uri(METRICS).toURL().openConnection();
        head.setRequestMethod("HEAD");
        assertEquals(200, head.getResponseCode());
        assertTrue(head.getContentLength() > 1_000, head.getHeaderFields()::toString);
        assertTrue(head.getContentType().startsWith("text/plain"), head.getContentType());
    }

    /** A wrong password in a query or a body is no label, and neither is any other of a stranger's words. */
    @Test
    void strangersWords_areNoLabels() {
        Http.post(shop.pay(STRANGER), STRANGER.getBytes(StandardCharsets.UTF_8));
        Http.post(shop.pay("wechat"), ("<xml><sign>" + STRANGER + "</sign></xml>").getBytes(StandardCharsets.UTF_8));
        Http.post(
                shop.pay("both"),
                ("{\"event_type\":\"" + STRANGER + "\"}").getBytes(StandardCharsets.UTF_8),
                "Wechatpay-Serial",
                STRANGER,
                "Wechatpay-Signature",
                STRANGER);
        Http.get(shop.tomcat().uri("/notify/metrics?x=" + STRANGER), "User-Agent", STRANGER);
        Set<String> ours = Set.of("account", "channel", "source", "outcome", "cause", "le", "pool", "key_id");
        Scrape scrape = scrape();
        assertFalse(scrape.toString().contains(STRANGER), scrape::toString);
        for (String name : scrape.names()) {
            if (name.startsWith("notify_callback") || name.startsWith("notify_unlogged")) {
                assertTrue(ours.containsAll(scrape.labelNames(name)), name + scrape.labelNames(name));
            }
        }
    }

    @Test
    void typesAndLabels_areTheContracts() {
        pay("wechat");
        Scrape scrape = scrape();
        assertEquals("counter", scrape.type("notify_callbacks_total"));
        assertEquals(Set.of("account", "channel", "source", "outcome"), scrape.labelNames("notify_callbacks_total"));
        assertEquals("histogram", scrape.type("notify_callback_seconds"));
        assertEquals(Set.of("account", "le"), scrape.labelNames("notify_callback_seconds_bucket"));
        assertEquals("counter", scrape.type("notify_own_faults_total"));
        assertEquals(Set.of("cause"), scrape.labelNames("notify_own_faults_total"));
        assertEquals("histogram", scrape.type("notify_group_size"));
        assertEquals("gauge", scrape.type("notify_waiting"));
        assertEquals("gauge", scrape.type("notify_key_expires_seconds"));
        assertEquals(Set.of("account", "key_id"), scrape.labelNames("notify_key_expires_seconds"));
        assertEquals("gauge", scrape.type("hikaricp_active_connections"));
        assertEquals(11, scrape.value("hikaricp_max_connections", "pool", "notify"));
        assertTrue(scrape.names().contains("jvm_memory_used_bytes"), scrape::toString);
        assertTrue(scrape.names().contains("jvm_threads_current"), scrape::toString);
        assertTrue(scrape.names().contains("jvm_gc_collection_seconds_count"), scrape::toString);
        assertTrue(scrape.names().contains("process_start_time_seconds"), scrape::toString);
    }

    private byte[] pay(String account) {
        byte[] body = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101)
                .body(Shop.KEY);
        assertEquals(200, Http.post(shop.pay(account), body).status());
        return body;
    }

    @Test
    void callbacks_ofEachOutcome_areCounted() {
        Scrape before = scrape();
        byte[] body = pay("wechat");
        Http.post(shop.pay("wechat"), body);
        Http.post(shop.pay("wechat"), body);
        Http.post(
                shop.pay("wechat"),
                WechatV2Callback.payment(Shop.MCH_ID, Shop.newOrderNo(), 101).body(Shop.KEY));
        Http.post(
                shop.pay("wechat"),
                WechatV2Callback.payment(Shop.MCH_ID, Shop.newOrderNo(), 101).body(Shop.OTHER_KEY));
        Http.post(shop.pay("wechat"), "<xml>".getBytes(StandardCharsets.UTF_8));
        Http.post(shop.pay("wechat"), new byte[65_537]);
        Scrape after = scrape();
        Map.of("APPLIED", 1, "DUPLICATE", 2, "UNKNOWN_ORDER", 1, "BAD_SIGNATURE", 1, "MALFORMED", 1)
                .forEach((outcome, number) -> assertEquals(
                        (double) number,
                        callbacks(after, "wechat", "wechat-v2", outcome)
                                - callbacks(before, "wechat", "wechat-v2", outcome),
                        outcome));
        assertEquals(
                1,
                callbacks(after, "wechat", "wechat", "TOO_LARGE") - callbacks(before, "wechat", "wechat", "TOO_LARGE"));
        String count = "notify_callback_seconds_count";
        assertEquals(7, after.value(count, "account", "wechat") - before.value(count, "account", "wechat"));
        double sum = after.value("notify_callback_seconds_sum", "account", "wechat")
                - before.value("notify_callback_seconds_sum", "account", "wechat");
        assertTrue(sum > 0 && sum < 30, "seconds: " + sum);
        assertTrue(after.value("notify_group_size_sum") - before.value("notify_group_size_sum") >= 5, after::toString);
    }

    @Test
    void replay_isCountedAsSuch() {
        String no = Shop.newOrderNo();
        Http.post(
                shop.pay("wechat"),
                WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY));
        shop.database()
                .execute(
                        "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)",
                        Shop.MCH_ID,
                        no);
        String[] applied = {"account", "wechat", "channel", "wechat-v2", "source", "REPLAY", "outcome", "APPLIED"};
        double before = scrape().value("notify_callbacks_total", applied);
        shop.database()
                .execute("insert into payment_replay (log_id) select id from payment_log where out_trade_no = ?", no);
        Wait.until(
                Duration.ofSeconds(20),
                () -> scrape().value("notify_callbacks_total", applied) == before + 1,
                () -> scrape().toString());
    }

    @Test
    void skew_isThatOfTheLastVerifiedMessageOfV3() {
        Answer answer = v3(Instant.now().minusSeconds(100), "wechat_platform_private.pem");
        assertEquals(200, answer.status(), answer::toString);
        String[] key = {"account", "both", "key_id", Shop.PLATFORM_SERIAL};
        double skew = scrape().value("notify_clock_skew_seconds", key);
        assertTrue(skew >= 99.9 && skew < 110, "skew: " + skew);
        // A forged one and one out of the window tell nothing.
        assertEquals(401, v3(Instant.now(), "wechat_pubkey_mode_private.pem").status());
        assertEquals(
                401,
                v3(Instant.now().minusSeconds(900), "wechat_platform_private.pem")
                        .status());
        assertEquals(skew, scrape().value("notify_clock_skew_seconds", key));
        assertEquals(
                200,
                v3(Instant.now().plusSeconds(50), "wechat_platform_private.pem").status());
        skew = scrape().value("notify_clock_skew_seconds", key);
        assertTrue(skew > -51 && skew < -40, "skew: " + skew);
    }

    private Answer v3(Instant at, String privateKey) {
        String resource = WechatV3Callback.transaction(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification("TRANSACTION.SUCCESS", resource, Shop.V3_KEY),
                at.getEpochSecond(),
                Shop.PLATFORM_SERIAL,
                Shop.key(privateKey));
        return Http.post(
                shop.pay("both"),
                callback.body(),
                callback.headers().entrySet().stream()
                        .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                        .toArray(String[]::new));
    }

    @Test
    void keys_thatAreCertificates_tellWhenTheyExpire() throws CertificateException {
        Scrape scrape = scrape();
        double seconds = scrape.value("notify_key_expires_seconds", "account", "both", "key_id", Shop.PLATFORM_SERIAL);
        byte[] pem = Shop.key("wechat_platform_cert.pem").getBytes(StandardCharsets.US_ASCII);
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        Instant notAfter = certificate.getNotAfter().toInstant();
        double expected = Instant.now().until(notAfter, ChronoUnit.SECONDS);
        assertEquals(expected, seconds, 10);
        assertFalse(scrape.has("notify_key_expires_seconds", "account", "both", "key_id", Shop.PUBLIC_KEY_ID));
        // Lakala's key is a certificate, too; nobody has given it an id, so it is known by its number.
        List<String> lakala = scrape.labelValues().stream()
                .filter(label -> label.startsWith("key_id=") && !label.contains(Shop.PLATFORM_SERIAL))
                .toList();
        assertEquals(1, lakala.size(), lakala::toString);
    }

    @Test
    void flood_countsWhatIsNotLogged() {
        String name = deploy("metrics = on\nlog.unverified-per-second = 1\n", "");
        URI metrics = shop.tomcat().uri("/" + name + "/metrics");
        byte[] forged =
                WechatV2Callback.payment(Shop.MCH_ID, Shop.newOrderNo(), 101).body(Shop.OTHER_KEY);
        for (int i = 0; i < 50; i++) {
            assertEquals(
                    401,
                    Http.post(shop.tomcat().uri("/" + name + "/pay/wechat"), forged)
                            .status());
        }
        Scrape scrape = Scrape.of(metrics);
        double unlogged = scrape.value("notify_unlogged_total", "outcome", "BAD_SIGNATURE");
        assertTrue(unlogged >= 20 && unlogged <= 49, "unlogged: " + unlogged);
        assertEquals(50, callbacks(scrape, "wechat", "wechat-v2", "BAD_SIGNATURE"));
    }
}
