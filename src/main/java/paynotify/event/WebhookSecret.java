package paynotify.event;

import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;
import paynotify.config.InvalidValue;
import paynotify.signature.HmacSha256;

/** The secret of a webhook, as Standard Webhooks writes it: {@code whsec_} and base64, whose bytes are the key. Immutable. */
public final class WebhookSecret {
    private static final String PREFIX = "whsec_";
    private static final int BYTES_MIN = 24;
    private static final int BYTES_MAX = 64;
    static final String EXPECTED =
            PREFIX + " and base64 of " + BYTES_MIN + " to " + BYTES_MAX + " bytes (a comma parts two secrets)";

    private final SecretKeySpec key;

    private WebhookSecret(SecretKeySpec key) {
        this.key = key;
    }

    static WebhookSecret read(String text) throws InvalidValue {
        if (!text.startsWith(PREFIX)) {
            throw new InvalidValue(EXPECTED, text.isEmpty() ? "none" : "something else (not shown)");
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            throw new InvalidValue(EXPECTED, "what is no base64 (not shown)");
        }
        if (bytes.length < BYTES_MIN || bytes.length > BYTES_MAX) {
            throw new InvalidValue(EXPECTED, bytes.length + " bytes");
        }
        return new WebhookSecret(HmacSha256.key(bytes));
    }

    SecretKeySpec key() {
        return key;
    }
}
