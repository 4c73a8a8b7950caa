package paynotify.sender;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import paynotify.config.Live;

/**
 * The signature of WeChat Pay API v3: RSA with SHA-256 over time, nonce and the body's raw bytes, a line each, by the key
 * that the callback names among those that are configured (protocol.md, section 3.1). Thread-safe.
 */
final class WechatV3Signature {
    private static final String SIGNATURE = "Wechatpay-Signature";

    private static final String TIMESTAMP = "Wechatpay-Timestamp";
    private static final String NONCE = "Wechatpay-Nonce";
    private static final String SERIAL = "Wechatpay-Serial";
    private static final String TYPE = "Wechatpay-Signature-Type";
    private static final List<String> LOGGED = List.of(TIMESTAMP, NONCE, SIGNATURE, SERIAL, TYPE, "Request-ID");

    private static final String RSA_SHA256 = "WECHATPAY2-SHA256-RSA2048";
    /** A test of WeChat's whether we verify (section 3.1, SIGNTEST probes). */
    private static final String PROBE = "WECHATPAY/SIGNTEST/";
    /** "Refuse when it is 5 minutes off", either way. */
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private final Map<String, Live<VerificationKey>> keys;

    /** @param keys by the id of a public key, or the serial number of a certificate */
    WechatV3Signature(Map<String, Live<VerificationKey>> keys) {
        Map<String, Live<VerificationKey>> byId = new TreeMap<>();
        keys.forEach((id, key) -> {
            byId.put(VerificationKey.normalId(id), key);
            byId.put(id, key);
        });
        this.keys = byId;
    }

    /** Whether the caller speaks API v3, whatever the body is. */
    static boolean areThere(Callback callback) {
        return Stream.of(SIGNATURE, TIMESTAMP, NONCE, SERIAL, TYPE).anyMatch(name -> callback.header(name) != null);
    }

    /** The signed headers that there are, and the one by which WeChat's support finds the callback; null for none. */
    static @Nullable String headers(Callback callback) {
        StringBuilder lines = new StringBuilder();
        for (String name : LOGGED) {
            String value = callback.header(name);
            if (value != null) {
                lines.append(lines.isEmpty() ? "" : "\n")
                        .append(name)
                        .append(": ")
                        .append(value);
            }
        }
        return lines.isEmpty() ? null : lines.toString();
    }

    /**
     * Returns only if the callback is signed by one of the keys, and not long ago.
     *
     * @throws Refused as BAD_SIGNATURE, or as SIGNATURE_PROBE if it is WeChat's own test
     */
    void verify(Callback callback) throws Refused {
        String signature = required(callback, SIGNATURE);
        if (signature.startsWith(PROBE)) {
            throw new Refused(Outcome.SIGNATURE_PROBE, "expected a signature, found WeChat Pay's test of wrong ones");
        }
        String type = callback.header(TYPE);
        if (type != null && !type.equals(RSA_SHA256)) {
            throw Refused.badSignature("expected " + TYPE + " " + RSA_SHA256 + ", found " + Text.quoted(type));
        }
        String timestamp = required(callback, TIMESTAMP);
        checkTime(timestamp, callback.receivedAt());
        String nonce = required(callback, NONCE);
        String serial = required(callback, SERIAL);
        Live<VerificationKey> asConfigured = keys.get(serial);
        Live<VerificationKey> key = asConfigured == null ? keys.get(VerificationKey.normalId(serial)) : asConfigured;
        if (key == null) {
            throw Refused.badSignature(
                    "expected a " + SERIAL + " among the account's public-key ids, found " + Text.quoted(serial));
        }
        if (!key.get().verifiesLines(signature, timestamp, nonce, callback.body())) {
            throw Refused.badSignature(
                    "expected a signature of this body by " + Text.quoted(serial) + ", found another");
        }
    }

    private static void checkTime(String timestamp, Instant now) throws Refused {
        Long seconds = WholeNumber.parseOrNull(timestamp);
        boolean near = seconds != null
                && seconds <= Instant.MAX.getEpochSecond()
                && Duration.between(Instant.ofEpochSecond(seconds), now).abs().compareTo(WINDOW) < 0;
        if (!near) {
            throw Refused.badSignature("expected a " + TIMESTAMP + " within " + WINDOW.toMinutes() + " minutes of "
                    + now.getEpochSecond() + ", found " + Text.quoted(timestamp));
        }
    }

    private static String required(Callback callback, String name) throws Refused {
        String value = callback.header(name);
        if (value == null || value.isEmpty()) {
            throw Refused.badSignature("expected a header " + name + ", found none");
        }
        return value;
    }
}
