package paynotify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Answer;
import paynotify.kit.Certificate;
import paynotify.kit.Https;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Postgres;
import paynotify.kit.RawHttp;
import paynotify.kit.Relay;
import paynotify.kit.Request;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatConf;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/** Tomcat speaks HTTPS itself, by the very connector that tomcat-conf/server.xml.part shows. */
@OnBothTomcats
class HttpsIT {
    /** Another address of this machine than Tomcat's own. */
    private static final String CALLER = "127.0.0.9";

    private static final int MAX_BYTES = 65_536;

    /** What notify.war and the connector give a body; the margin is for a busy machine. */
    private static final Duration BODY_READ = Duration.ofSeconds(10);

    private static final Duration MARGIN = Duration.ofSeconds(8);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** What was started so far, the last first: less than all of it if a start fails. */
    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();

    private static Shop shop;
    private static Relay relay;

    HttpsIT(TomcatVersion version) {
        // Only its Tomcat, below, depends on it.
    }

    @BeforeParameterizedClassInvocation
    static void start(TomcatVersion version) {
        var database = Postgres.shared().newDatabase();
        Tomcat.Builder builder = Shop.tomcat(version, database, "");
        Tomcat tomcat = builder.connectors(TomcatConf.connectors())
                .host(TomcatConf.errorReportValve())
                .file("conf/fullchain.pem", Certificate.shared().fullChain())
                .file("conf/privkey.pem", Certificate.shared().privateKey())
                // A JDK that would speak the old versions, too: it is the connector that refuses them.
                .file("conf/old.security", "jdk.tls.disabledAlgorithms=\n")
                .option("-Djava.security.properties=" + builder.base().resolve("conf/old.security"))
                .start();
        shop = Shop.of(tomcat, "notify", database);
        STARTED.push(shop);
        relay = new Relay(CALLER, tomcat.httpsPort());
        STARTED.push(relay);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void vectors_overEachTls_getTheirOutcome(String tls) {
        Https https = https(tls);
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

    @Test
    void remoteAddr_whatTheCallerSaysOfHimself_isNotBelieved() {
        Request request = request(payment());
        Exchange.of(shop, "wechat", () -> https("TLSv1.3").send(request, "X-Forwarded-For", "101.226.103.5"))
                .answers("APPLIED")
                .column("remote_host", CALLER);
    }

    @Test
    void body_upToTheLimit_isTakenAndNotOverIt() {
        Https https = https("TLSv1.3");
        Request most = request(padded(MAX_BYTES));
        Exchange.of(shop, "wechat", () -> https.send(most)).answers("APPLIED").column("body", most.data());
        Exchange.of(shop, "wechat", () -> https.sendUnannounced(most)).answers("DUPLICATE");
        Request more = request(padded(MAX_BYTES + 1));
        Exchange.of(shop, "wechat", () -> https.send(more))
                .answers("TOO_LARGE")
                .column("body", more.data().substring(0, MAX_BYTES));
        Exchange.of(shop, "wechat", () -> https.sendUnannounced(more)).answers("TOO_LARGE");
    }

    /** Who waited for the rest would not answer. */
    @Test
    void bodyOverTheLimit_isAnsweredAndItsRestNotWaitedFor() {
        byte[] start = padded(MAX_BYTES + 1).body(Shop.KEY);
        Exchange.of(shop, "wechat", () -> {
                    try (RawHttp client = https("TLSv1.2").raw()) {
                        return client.send(head(100_000_000)).send(start).answer();
                    }
                })
                .answers("TOO_LARGE");
    }

    @Test
    void body_thatComesInDrops_isTaken() {
        Request request = request(payment());
        Exchange.of(shop, "wechat", () -> https("TLSv1.3").sendSlowly(request, 50, Duration.ofMillis(20)))
                .answers("APPLIED");
    }

    /** One trickles in, the other stops: neither holds its thread for long, and both come again. */
    @Test
    void body_thatDoesNotEnd_isGivenUpAndChangesNothing() {
        WechatV2Callback callback = payment();
        byte[] body = callback.body(Shop.KEY);
        long before = shop.lastLogId();
        try (RawHttp trickling = https("TLSv1.3").raw();
                RawHttp stopping = https("TLSv1.2").raw()) {
            long start = System.nanoTime();
            trickling.send(head(body.length));
            stopping.send(head(body.length)).send(Arrays.copyOf(body, body.length / 2));
            int[] sent = {0};
            Wait.until(
                    BODY_READ.plus(MARGIN),
                    () -> !sends(trickling, body[sent[0]++], SECOND),
                    () -> "still taken: " + sent[0] + " bytes");
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(taken.compareTo(BODY_READ) >= 0, "given up after " + taken);
            assertEquals(408, stopping.answer().status());
        }
        assertEquals(before, shop.lastLogId());
        assertEquals(
                "PENDING",
                shop.orderRow(Shop.MCH_ID, callback.value("out_trade_no")).get("status"));
        Exchange.of(shop, "wechat", () -> https("TLSv1.3").send(request(callback)))
                .answers("APPLIED");
    }

    @Test
    void error_outsideOfTheApplication_doesNotTellTomcatsVersion() {
        Answer answer = https("TLSv1.3").send(Request.of("GET", shop.tomcat().uri("/elsewhere"), null, ""));
        assertEquals(404, answer.status());
        assertFalse(answer.text().contains("Tomcat/"), answer::text);
    }

    private static boolean sends(RawHttp client, byte next, Duration pause) {
        try {
            LockSupport.parkNanos(pause.toNanos());
            client.send(new byte[] {next});
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static Https https(String tls) {
        return new Https(relay.port(), tls, Version.HTTP_1_1);
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

    private static String head(int length) {
        return "POST /notify/pay/wechat HTTP/1.1\nContent-Length: " + length;
    }
}
