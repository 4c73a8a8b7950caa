package paynotify.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import paynotify.signature.HmacSha256;

/** Signs as Standard Webhooks 1.0.0 says: {@code v1,} and base64 of HMAC-SHA256 over id, timestamp and the raw body. */
final class WebhookSigner {
    private WebhookSigner() {}

    /**
     * {@code webhook-signature}: one signature by each secret, blanks between them.
     *
     * @param id {@code webhook-id}
     * @param timestamp {@code webhook-timestamp}, in seconds
     */
    static String sign(List<WebhookSecret> secrets, String id, long timestamp, byte[] body) {
        byte[] before = (id + "." + timestamp + ".").getBytes(UTF_8);
        return secrets.stream()
                .map(secret -> "v1," + Base64.getEncoder().encodeToString(HmacSha256.of(secret.key(), before, body)))
                .collect(Collectors.joining(" "));
    }
}
