package paynotify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import paynotify.kit.Aggregators;
import paynotify.kit.Answer;
import paynotify.kit.CcbCallback;
import paynotify.kit.Http;
import paynotify.kit.Https;
import paynotify.kit.Nginx;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Postgres;
import paynotify.kit.Program;
import paynotify.kit.RawHttp;
import paynotify.kit.Relay;
import paynotify.kit.Request;
import paynotify.kit.Shop;
import paynotify.kit.TomcatConf;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/**
 * nginx speaks HTTPS, and plain HTTP to Tomcat: the very server of tomcat-conf/nginx.conf.part, the plain connector of
 * server.xml.part, and RemoteIpValve as notify.xml has it.
 */
@OnBothTomcats
class NginxIT {
    /** Another address of this machine than the proxy's. */
    private static final String CALLER = "127.0.0.9";

    private static final int MAX_BYTES = 65_536;
    private static final int NGINX_MAX_BYTES = 1 << 20;
    /** Longer than notify.war waits for a body: 10 s. */
    private static final int SLOW_SECONDS = 12;

    /** What was started so far, the last first: less than all of it if a start fails. */
    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();

    private static Shop shop;
    private static Relay relay;

    private final TomcatVersion tomcat;

    NginxIT(TomcatVersion version) {
        tomcat = version;
    }

    @BeforeParameterizedClassInvocation
    static void start(TomcatVersion version) {
        Program.NGINX.required();
        var database = Postgres.shared().newDatabase();
        shop = Shop.of(
                Shop.tomcat(version, database, "")
                        .connectors(TomcatConf.plainConnectorForCcb())
                        .host(TomcatConf.errorReportValve())
                        .context(TomcatConf.contextBehindProxy())
                        .start(),
                "notify",
                database);
        STARTED.push(shop);
        // An OpenSSL that would speak the old versions, too: it is the server's own line that refuses them.
        Nginx nginx = Nginx.start(port -> "ssl_ciphers DEFAULT:@SECLEVEL=0;\n"
                + TomcatConf.nginxServer(port, shop.tomcat().port()));
        STARTED.push(nginx);
        relay = new Relay(CALLER, nginx.port());
        STARTED.push(relay);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, HTTP_1_1", "TLSv1.3, HTTP_1_1", "TLSv1.2, HTTP_2", "TLSv1.3, HTTP_2"})
    void vectors_overEachTlsAndHttp_getTheirOutcome(String tls, Version version) {
        Https https = new Https(relay.port(), tls, version);
        for (SignedVector vector : SignedVector.all(shop)) {
            vector.assertOutcome(shop, https::send).column("remote_host", CALLER);
        }
    }

    @Test
    void tls_olderThan12_isRefused() {
        assertEquals("ServerHello 0303", Https.hello(relay.port(), 0x0303));
        assertEquals("alert 70", Https.hello(relay.port(), 0x0302));
        assertEquals("alert 70", Https.hello(relay.port(), 0x0301));
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void remoteAddr_whatTheCallerSaysOfHimself_isNotBelieved(Version version) {
        for (String forged : new String[] {"101.226.103.5", "101.226.103.5, 127.0.0.1", "127.0.0.1"}) {
            Request request = request(payment());
            Exchange.of(shop, "wechat", () -> https(version).send(request, "X-Forwarded-For", forged))
                    .answers("APPLIED")
                    .column("remote_host", CALLER);
        }
    }

    /** As a gateway in front of nginx might write it. */
    @ParameterizedTest
    @CsvSource({"101.226.103.5:4711, 101.226.103.5", "[2001:db8::5]:4711, 2001:db8::5", "[2001:db8::5], 2001:db8::5"})
    void remoteAddr_withAPort_isLoggedWithoutIt(String forwardedFor, String logged) {
        Exchange.of(
                        shop,
                        "wechat",
                        () -> Http.post(shop.pay("wechat"), payment().body(Shop.KEY), "X-Forwarded-For", forwardedFor))
                .answers("APPLIED")
                .column("remote_host", logged);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void body_upToTheLimit_isTakenAndNotOverIt(Version version) {
        Request most = request(padded(MAX_BYTES));
        Exchange.of(shop, "wechat", () -> https(version).send(most))
                .answers("APPLIED")
                .column("body", most.data());
        Exchange.of(shop, "wechat", () -> https(version).sendUnannounced(most)).answers("DUPLICATE");
        for (int bytes : new int[] {MAX_BYTES + 1, 2 * MAX_BYTES, NGINX_MAX_BYTES}) {
            Request more = request(padded(bytes));
            Exchange.of(shop, "wechat", () -> https(version).send(more))
                    .answers("TOO_LARGE")
                    .column("body", more.data().substring(0, MAX_BYTES));
        }
    }

    /** By HTTP/1.1 alone: over HTTP/2 the JDK's client waits for ever to send the rest of a body that was refused. */
    @Test
    void body_overNginxsOwnLimit_isRefusedByNginxAndLeavesNoRow() {
        Request request = request(padded(NGINX_MAX_BYTES + 1));
        long before = shop.lastLogId();
        assertEquals(413, https(Version.HTTP_1_1).send(request).status());
        assertEquals(before, shop.lastLogId());
    }

    /** One trickles in and is taken however long it takes; the other stops, and Tomcat never hears of it. */
    @Test
    void body_thatIsSlow_isTakenIfItEnds() {
        Request trickling = request(payment());
        int step = trickling.body().length / SLOW_SECONDS;
        WechatV2Callback stopping = payment();
        byte[] stopped = stopping.body(Shop.KEY);
        // What differs is between the client and nginx: one of them for each Tomcat will do.
        Version version = tomcat == TomcatVersion.TOMCAT_10 ? Version.HTTP_1_1 : Version.HTTP_2;
        try (RawHttp client = https(Version.HTTP_1_1).raw()) {
            client.send("POST /notify/pay/wechat HTTP/1.1\nContent-Length: " + stopped.length)
                    .send(Arrays.copyOf(stopped, stopped.length - 1));
            Exchange.of(shop, "wechat", () -> https(version).sendSlowly(trickling, step, Duration.ofSeconds(1)))
                    .answers("APPLIED")
                    .column("body", trickling.data());
            // Closed without an answer by now, after client_body_timeout.
            UncheckedIOException end = assertThrows(UncheckedIOException.class, client::answer);
            assertFalse(end.getCause() instanceof SocketTimeoutException, end::toString);
        }
        Exchange.of(shop, "wechat", () -> https(version).send(request(stopping)))
                .answers("APPLIED");
    }

    @Test
    void query_withWhatNoUrlMayHave_goesOnAsItCame() {
        String chars = "{}|\"<>[\\]^`";
        CcbCallback callback = CcbCallback.payment(shop.order(Aggregators.CCB_MCH_ID, 101), 101)
                .written("REMARK3", chars, "REMARK3=" + chars);
        Exchange.of(shop, "ccb", () -> {
                    try (RawHttp client = https(Version.HTTP_1_1).raw()) {
                        return client.send("GET /notify/pay/ccb?" + callback.query() + " HTTP/1.1")
                                .answer();
                    }
                })
                .answers(Words.text("success", "fail"), "APPLIED")
                .column("body", callback.query());
    }

    /** Why nginx.conf.part sets Host. */
    @Test
    void upstream_withAnUnderscoreInItsName_isRefusedByTomcatUnlessHostIsSet() {
        String upstream =
                "upstream notify_war { server 127.0.0.1:" + shop.tomcat().port() + "; }\n";
        long before = shop.lastLogId();
        Answer refused = behind(port -> upstream + named(port).replace("proxy_set_header Host $host;", ""));
        assertEquals(400, refused.status());
        assertEquals(before, shop.lastLogId());
        assertEquals(200, behind(port -> upstream + named(port)).status());
        assertNotEquals(before, shop.lastLogId());
    }

    private static String named(int port) {
        String server = TomcatConf.nginxServer(port, shop.tomcat().port());
        return server.replace("http://127.0.0.1:" + shop.tomcat().port() + ";", "http://notify_war;");
    }

    private static Answer behind(IntFunction<String> configuration) {
        try (Nginx other = Nginx.start(configuration)) {
            return new Https(other.port(), "TLSv1.3", Version.HTTP_2).send(request(payment()));
        }
    }

    private static Https https(Version version) {
        return new Https(relay.port(), "TLSv1.3", version);
    }

    private static Request request(WechatV2Callback callback) {
        return Request.of("POST", shop.pay("wechat"), null, new String(callback.body(Shop.KEY), UTF_8));
    }

    private static WechatV2Callback payment() {
        return WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
    }

    /** A rightly signed payment of so many bytes. */
    private static WechatV2Callback padded(int bytes) {
        WechatV2Callback callback = payment().with("attach", "x");
        int rest = bytes - callback.body(Shop.KEY).length;
        return callback.with("attach", "x".repeat(rest + 1));
    }
}
