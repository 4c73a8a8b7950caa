package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.config.Reloadable;
import paynotify.message.Json;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.signature.MerchantKey;
import paynotify.signature.WechatV3Signature;

/** What we ask WeChat Pay in API v3, signed by the merchant's key (protocol.md, section 5.2). Thread-safe. */
final class WechatV3Request {
    private static final String AUTHORIZATION = "WECHATPAY2-SHA256-RSA2048";
    /** Without one WeChat answers 400 (protocol-2.md, section 10.5). */
    private static final String USER_AGENT = "notify.war/1";

    private static final int NONCE_BYTES = 16;

    private final Merchant merchant;
    private final WechatV3Signature signature;
    private final Reloadable<MerchantKey> key;
    private final String serial;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param signature by which answers are verified
     * @param serial of the merchant's certificate, in hex
     */
    WechatV3Request(
            Merchant merchant, WechatV3Signature signature, Reloadable<MerchantKey> key, String serial, Clock clock) {
        this.merchant = merchant;
        this.signature = signature;
        this.key = key;
        this.serial = serial;
        this.clock = clock;
    }

    /** @param path with its query */
    Inquiry.Request get(String path) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/json");
        headers.put("User-Agent", USER_AGENT);
        headers.put("Authorization", authorization(path));
        String keyId = signature.askedKeyId();
        if (keyId != null) {
            headers.put("Wechatpay-Serial", keyId);
        }
        return new Inquiry.Request("GET", path, headers, "");
    }

    /** Section 5.2: method, path, time, nonce and body are signed, each on a line of its own. */
    private String authorization(String path) {
        byte[] nonceBytes = new byte[NONCE_BYTES];
        random.nextBytes(nonceBytes);
        String nonce = HexFormat.of().withUpperCase().formatHex(nonceBytes);
        long timestamp = clock.instant().getEpochSecond();
        String signed = key.get().sign("GET\n" + path + "\n" + timestamp + "\n" + nonce + "\n\n");
        return AUTHORIZATION + " mchid=\"" + merchant.mchId() + "\",nonce_str=\"" + nonce + "\",signature=\"" + signed
                + "\",timestamp=\"" + timestamp + "\",serial_no=\"" + serial + "\"";
    }

    /** RFC 3986, section 2: what is not unreserved is escaped. */
    static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            boolean unreserved = (b >= 'A' && b <= 'Z')
                    || (b >= 'a' && b <= 'z')
                    || (b >= '0' && b <= '9')
                    || "-._~".indexOf(b) >= 0;
            if (unreserved) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    /**
     * An error of API v3. What it says has no secret: field, place and the beginning of the text that WeChat would have
     * signed.
     *
     * @param code null where there is none
     */
    record Fault(@Nullable String code, String detail) {
        static Fault of(int status, Callback received) {
            Json body;
            try {
                body = Json.parse(received.body());
            } catch (Malformed e) {
                // A proxy's page, or nothing: the status says it all.
                body = Json.EMPTY;
            }
            String code = body.textOrNull("code");
            Json detail = body.objectOrEmpty("detail");
            StringBuilder said =
                    new StringBuilder("expected HTTP 200, found " + status + ", code " + Text.quoted(code));
            add(said, "message", body.textOrNull("message"));
            add(said, "field", detail.textOrNull("field"));
            add(said, "issue", detail.textOrNull("issue"));
            add(said, "signed text", detail.objectOrEmpty("sign_information").textOrNull("truncated_sign_message"));
            add(said, "Request-ID", received.headers().apply("Request-ID"));
            return new Fault(code, said.toString());
        }

        private static void add(StringBuilder said, String name, @Nullable String value) {
            if (value != null) {
                said.append(", ").append(name).append(' ').append(Text.quoted(value));
            }
        }
    }
}
