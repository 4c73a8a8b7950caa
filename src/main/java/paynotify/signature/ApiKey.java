package paynotify.signature;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import paynotify.config.InvalidValue;

/** The API v2 key of a merchant, in the forms in which it is used. Immutable. */
public final class ApiKey {
    /** "The API key is 32 characters" (protocol.md, section 1.2). */
    private static final int LENGTH = 32;

    public static final String EXPECTED = LENGTH + " printable characters of ASCII";
    private static final String PATTERN = "[!-~]{" + LENGTH + "}";

    private final byte[] signTail;
    private final SecretKeySpec hmacKey;
    private final SecretKeySpec refundKey;

    private ApiKey(String key) {
        byte[] bytes = key.getBytes(US_ASCII);
        this.signTail = ("&key=" + key).getBytes(US_ASCII);
        this.hmacKey = HmacSha256.key(bytes);
        this.refundKey = new SecretKeySpec(md5Hex(bytes), "AES");
    }

    public static ApiKey read(String text) throws InvalidValue {
        return new ApiKey(checked(text));
    }

    /** API v3: the key of AES-256-GCM is the 32 characters themselves (protocol.md, section 3.2). */
    public static SecretKeySpec readV3(String text) throws InvalidValue {
        return new SecretKeySpec(checked(text).getBytes(US_ASCII), "AES");
    }

    private static String checked(String text) throws InvalidValue {
        if (!text.matches(PATTERN)) {
            throw new InvalidValue(
                    EXPECTED, text.length() == LENGTH ? "others among them" : String.valueOf(text.length()));
        }
        return text;
    }

    /** Section 2: the 32 characters of the key's MD5 in lower-case hex, leading zeros kept. */
    private static byte[] md5Hex(byte[] key) {
        return HexFormat.of().formatHex(SignedText.md5(key)).getBytes(US_ASCII);
    }

    /** What the signed text ends in. Not to be changed. */
    public byte[] signTail() {
        return signTail;
    }

    public SecretKeySpec hmacKey() {
        return hmacKey;
    }

    /** For {@code req_info} of refund callbacks. */
    public SecretKeySpec refundKey() {
        return refundKey;
    }
}
