package paynotify.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;

/** Signs as Standard Webhooks 1.0.0 says: {@code v1,} and base64 of HMAC-SHA256 over id, timestamp and the raw body. */
final class WebhookSigner {
    static final String ALGORITHM = "HmacSHA256";

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
                .map(secret -> "v1," + Base64.getEncoder().encodeToString(hmac(secret, before, body)))
                .collect(Collectors.joining(" "));
    }

    private static byte[] hmac(WebhookSecret secret, byte[] before, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret.key());
            mac.update(before);
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
