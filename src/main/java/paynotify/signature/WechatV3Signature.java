package paynotify.signature;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import paynotify.config.Reloadable;
import paynotify.message.Text;
import paynotify.message.WholeNumber;

/**
 * The signature of WeChat Pay API v3: RSA with SHA-256 over time, nonce and the body's raw bytes, a line each, by the key
 * that the callback names among those that are configured (protocol.md, section 3.1). Thread-safe.
 */
public final class WechatV3Signature {
    private static final String SIGNATURE = "Wechatpay-Signature";

    private static final String TIMESTAMP = "Wechatpay-Timestamp";
    private static final String NONCE = "Wechatpay-Nonce";
    private static final String SERIAL = "Wechatpay-Serial";
    private static final String TYPE = "Wechatpay-Signature-Type";
    private static final List<String> LOGGED = List.of(TIMESTAMP, NONCE, SIGNATURE, SERIAL, TYPE, "Request-ID");

    /** How the ids of WeChat Pay public keys begin; certificates have serial numbers. */
    private static final String PUBLIC_KEY_ID = "PUB_KEY_ID_";

    private static final String RSA_SHA256 = "WECHATPAY2-SHA256-RSA2048";
    /** A test of WeChat's whether we verify (section 3.1, SIGNTEST probes). */
    private static final String PROBE = "WECHATPAY/SIGNTEST/";
    /** "Refuse when it is 5 minutes off", either way. */
    private static final Duration WINDOW = Duration.ofMinutes(5);

    /** Each under its id as configured, and under the id's normal form. */
    private final Map<String, SenderKey> keys;

    private final UnknownSerials unknown;

    /**
     * @param keys by the id of a public key, or the serial number of a certificate
     * @param configKey the key of the configuration below which they stand, for people
     */
    public WechatV3Signature(Map<String, Reloadable<VerificationKey>> keys, String configKey) {
        Map<String, SenderKey> byId = new TreeMap<>();
        keys.forEach((id, key) -> {
            SenderKey known = new SenderKey(id, key);
            byId.put(VerificationKey.normalId(id), known);
            byId.put(id, known);
        });
        this.keys = byId;
        this.unknown = new UnknownSerials(configKey);
    }

    /**
     * What a question bears as {@code Wechatpay-Serial} to have its answer signed by a public key instead of a certificate
     * (protocol-2.md, section 10.5): the id of one that we have, or null if we have certificates only.
     */
    public @Nullable String askedKeyId() {
        return keys.keySet().stream()
                .filter(id -> id.startsWith(PUBLIC_KEY_ID))
                .findFirst()
                .orElse(null);
    }

    /** All keys by which messages are verified. */
    public List<SenderKey> keys() {
        return keys.values().stream().distinct().toList();
    }

    /** Whether the caller speaks API v3, whatever the body is. */
    public static boolean areThere(Function<String, @Nullable String> header) {
        return Stream.of(SIGNATURE, TIMESTAMP, NONCE, SERIAL, TYPE).anyMatch(name -> header.apply(name) != null);
    }

    /** The signed headers that there are, and the one by which WeChat's support finds the callback; null for none. */
    public static @Nullable String headers(Function<String, @Nullable String> header) {
        StringBuilder lines = new StringBuilder();
        for (String name : LOGGED) {
            String value = header.apply(name);
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
     * Returns only if the message is signed by one of the keys, and not long before it came.
     *
     * @param header a header's value by its name in any case, null where there is none
     */
    public void verify(Function<String, @Nullable String> header, byte[] body, Instant receivedAt) throws BadSignature {
        String signature = required(header, SIGNATURE);
        if (signature.startsWith(PROBE)) {
            throw BadSignature.probe("expected a signature, found WeChat Pay's test of wrong ones");
        }
        String type = header.apply(TYPE);
        if (type != null && !type.equals(RSA_SHA256)) {
            throw new BadSignature("expected " + TYPE + " " + RSA_SHA256 + ", found " + Text.quoted(type));
        }
        String timestamp = required(header, TIMESTAMP);
        Duration late = late(timestamp, receivedAt);
        String nonce = required(header, NONCE);
        String serial = required(header, SERIAL);
        SenderKey asConfigured = keys.get(serial);
        SenderKey key = asConfigured == null ? keys.get(VerificationKey.normalId(serial)) : asConfigured;
        if (key == null) {
            unknown.found(serial, receivedAt);
            throw new BadSignature(
                    "expected a " + SERIAL + " among the account's public-key ids, found " + Text.quoted(serial));
        }
        if (!key.key().get().verifiesLines(signature, timestamp, nonce, body)) {
            throw new BadSignature("expected a signature of this body by " + Text.quoted(serial) + ", found another");
        }
        key.signed(receivedAt, late);
    }

    /** How long ago it was signed, by the sender's clock and ours. */
    private static Duration late(String timestamp, Instant now) throws BadSignature {
        Long seconds = WholeNumber.parseOrNull(timestamp);
        Duration late = seconds == null || seconds > Instant.MAX.getEpochSecond()
                ? WINDOW
                : Duration.between(Instant.ofEpochSecond(seconds), now);
        if (late.abs().compareTo(WINDOW) >= 0) {
            throw new BadSignature("expected a " + TIMESTAMP + " within " + WINDOW.toMinutes() + " minutes of "
                    + now.getEpochSecond() + ", found " + Text.quoted(timestamp));
        }
        return late;
    }

    private static String required(Function<String, @Nullable String> header, String name) throws BadSignature {
        String value = header.apply(name);
        if (value == null || value.isEmpty()) {
            throw new BadSignature("expected a header " + name + ", found none");
        }
        return value;
    }
}
