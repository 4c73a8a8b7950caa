package paynotify.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.background.HttpClient.Received;
import paynotify.config.Config;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;
import paynotify.kit.CapturedLog;
import paynotify.kit.Receiver;
import paynotify.store.EventQueue.Due;
import paynotify.store.EventQueue.Result;

/** What is sent, and what follows from the answer; retries after 10 s and 100 s, at noon. */
class DeliveryTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String SECRET = Receiver.newSecret(24);

    private final List<Map<String, String>> headers = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();
    private Received answer = answer(200, Map.of(), "");
    private IOException failure;
    private double chance = 0.5;
    private Delivery delivery;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("notify.properties"), "webhook.url = https://shop/hook\nwebhook.secret = " + SECRET);
        Config config = ConfigFile.read(file, new Environment(property -> null, variable -> null));
        WebhookSettings webhook =
                EventSettings.read(config, Set.of("a")).webhooks().get("a");
        delivery = new Delivery(
                "a",
                webhook,
                List.of(Duration.ofSeconds(10), Duration.ofSeconds(100)),
                this::post,
                Clock.fixed(NOON, ZoneOffset.UTC),
                () -> chance,
                3);
    }

    private Received post(URI url, Map<String, String> sent, byte[] body) throws IOException {
        assertEquals("https://shop/hook", url.toString());
        headers.add(sent);
        bodies.add(new String(body, UTF_8));
        if (failure != null) {
            throw failure;
        }
        return answer;
    }

    private static Received answer(int status, Map<String, String> headers, String body) {
        return new Received(status, headers, body.getBytes(UTF_8), false);
    }

    static Due due(long id, int tries) {
        return new Due(
                id,
                "payment.paid",
                "a",
                "m",
                null,
                "o\"1",
                null,
                "t",
                null,
                101L,
                "CNY",
                "号\n",
                "APPLIED",
                "why",
                Instant.EPOCH,
                NOON,
                tries,
                "claimed",
                "lease");
    }

    private Result send(int tries) {
        return delivery.send(due(7, tries));
    }

    private Duration again(int status, Map<String, String> retryAfter, int tries) {
        answer = answer(status, retryAfter, "");
        return send(tries).again();
    }

    @Test
    void send_heard_isSignedJson() throws Exception {
        Result result = send(0);
        assertTrue(result.delivered() && result.tried());
        assertEquals(200, result.status());
        assertNull(result.error());
        Map<String, String> sent = headers.get(0);
        assertEquals("evt_7", sent.get("webhook-id"));
        assertEquals(Long.toString(NOON.getEpochSecond()), sent.get("webhook-timestamp"));
        assertEquals("application/json", sent.get("Content-Type"));
        assertEquals(
                WebhookSigner.sign(
                        List.of(WebhookSecret.read(SECRET)),
                        "evt_7",
                        NOON.getEpochSecond(),
                        bodies.get(0).getBytes(UTF_8)),
                sent.get("webhook-signature"));
        assertEquals(
                "{\"type\":\"payment.paid\",\"timestamp\":\"1970-01-01T00:00:00Z\",\"data\":{\"id\":7,\"account\":\"a\","
                        + "\"mch_id\":\"m\",\"out_trade_no\":\"o\\\"1\",\"transaction_id\":\"t\",\"total_fee\":101,"
                        + "\"currency\":\"CNY\",\"payer\":\"号\\n\",\"outcome\":\"APPLIED\",\"detail\":\"why\","
                        + "\"occurred_at\":\"1970-01-01T00:00:00Z\",\"created_at\":\"2026-01-01T12:00:00Z\"}}",
                bodies.get(0));
    }

    @Test
    void body_leavesOutWhatIsNull() throws Exception {
        byte[] body = EventBody.of(new Due(
                1,
                "payment.attention",
                "a",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "WRONG_MERCHANT",
                null,
                Instant.EPOCH,
                NOON,
                0,
                "",
                ""));
        assertFalse(new String(body, UTF_8).contains("null"));
        try (JsonParser parser = new JsonFactory().createParser(body)) {
            while (parser.nextToken() != null) {
                // Readable to its end.
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 199, 300, 301, 307, 400, 404, 410, 429, 500, 502, 504})
    void send_otherStatus_isTriedAgain(int status) {
        answer = answer(status, Map.of(), " two\nlines \0");
        Result result = send(0);
        assertTrue(result.tried() && !result.delivered());
        assertEquals(status, result.status());
        assertEquals("expected a status of 200 to 299, found " + status + ": two lines \0", result.error());
        assertEquals(Duration.ofSeconds(10), result.again());
    }

    @Test
    void again_hasChanceAndAnEnd() {
        for (double[] each : new double[][] {{0, 8_000, 80_000}, {0.5, 10_000, 100_000}, {1, 12_000, 120_000}}) {
            chance = each[0];
            assertEquals(each[1], again(500, Map.of(), 0).toMillis());
            assertEquals(each[2], again(500, Map.of(), 1).toMillis());
            assertNull(again(500, Map.of(), 2));
            assertNull(again(500, Map.of("Retry-After", "5"), 20));
            assertEquals(each[1], again(500, Map.of(), -1).toMillis());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "11, 11",
        "9, 10",
        "' 60 ', 60",
        "3600, 3600",
        "3601, 3600",
        "999999999999999999, 3600",
        "'Thu, 01 Jan 2026 12:05:00 GMT', 300",
        "'Thu, 01 Jan 2026 11:05:00 GMT', 10",
        "'Fri, 01 Jan 2027 12:05:00 GMT', 3600",
        "'Thu, 99 Jan 2026 12:05:00 GMT', 10",
        "-5, 10",
        "soon, 10",
        "'', 10"
    })
    void again_notBeforeWhatTheShopAsks(String retryAfter, long seconds) {
        assertEquals(Duration.ofSeconds(seconds), again(503, Map.of("Retry-After", retryAfter), 0));
    }

    @Test
    void send_noAnswer_isTriedAgain() {
        failure = new ConnectException("refused\nhere");
        Result result = send(0);
        assertNull(result.status());
        assertEquals("expected an answer, found java.net.ConnectException: refused here", result.error());
        assertEquals(Duration.ofSeconds(10), result.again());
        assertEquals(
                Duration.ofSeconds(10),
                delivery.broken(due(1, 0), new IllegalStateException()).again());
    }

    /** One line for an outage, not one for each event. */
    @Test
    void send_outage_isOneLineAtEachEnd() {
        try (CapturedLog log = CapturedLog.of(Delivery.class.getName())) {
            answer = answer(500, Map.of(), "");
            send(0);
            send(1);
            answer = answer(204, Map.of(), "");
            send(0);
            send(0);
            assertEquals(
                    List.of(
                            "WARNING events are not heard; they are sent again [account=a] [cause=expected a status of 200"
                                    + " to 299, found 500]",
                            "INFO events are heard again [account=a]"),
                    log.lines());
        }
    }

    @Test
    void room_isWhatIsNotUnderWay() {
        assertEquals(3, delivery.room());
        delivery.begin();
        delivery.begin();
        assertEquals(1, delivery.room());
        delivery.end();
        assertEquals(2, delivery.room());
    }
}
