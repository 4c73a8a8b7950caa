package paynotify.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Receiver;

/** Against the example of the specification, its authors' library, and a computation of our own. */
class WebhookSignerTest {
    private static final byte[] BODY = "{\"订单\":\"已付\"}".getBytes(UTF_8);

    private static List<WebhookSecret> secrets(String... texts) throws Exception {
        List<WebhookSecret> secrets = new java.util.ArrayList<>();
        for (String text : texts) {
            secrets.add(WebhookSecret.read(text));
        }
        return secrets;
    }

    /** As the specification's libraries test themselves. */
    @Test
    void sign_theKnownExample_isThatOfTheSpecification() throws Exception {
        assertEquals(
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                WebhookSigner.sign(
                        secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        1614265330L,
                        "{\"test\": 2432232314}".getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 25, 26, 32, 64})
    void sign_isTakenByTheLibraryAndTheRule(int bytes) throws Exception {
        String secret = Receiver.newSecret(bytes);
        String other = Receiver.newSecret(bytes);
        long now = Instant.now().getEpochSecond();
        String signature = WebhookSigner.sign(secrets(secret, other), "evt_1", now, BODY);
        assertEquals(2, signature.split(" ").length);
        Map<String, String> headers =
                Map.of("webhook-id", "evt_1", "webhook-timestamp", Long.toString(now), "webhook-signature", signature);
        HttpHeaders all = HttpHeaders.of(
                Map.of(
                        "webhook-id", List.of("evt_1"),
                        "webhook-timestamp", List.of(Long.toString(now)),
                        "webhook-signature", List.of(signature)),
                (name, value) -> true);
        for (String each : List.of(secret, other)) {
            assertTrue(Receiver.isGenuine(each, headers, BODY));
            new Webhook(each).verify(new String(BODY, UTF_8), all);
        }
        String stranger = Receiver.newSecret(bytes);
        assertFalse(Receiver.isGenuine(stranger, headers, BODY));
        assertFalse(Receiver.isGenuine(secret, headers, "{}".getBytes(UTF_8)));
        assertThrows(
                WebhookVerificationException.class, () -> new Webhook(stranger).verify(new String(BODY, UTF_8), all));
    }

    /** A fault of ours, and no signature that nobody can check. */
    @Test
    void sign_noKey_isOurOwnFault() {
        WebhookSecret none = mock(WebhookSecret.class);
        assertThrows(IllegalStateException.class, () -> WebhookSigner.sign(List.of(none), "evt_1", 1, BODY));
    }
}
