package paynotify.sender;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import paynotify.config.Unfit;

/** The API v2 key of a merchant, in the forms in which it is used. Immutable. */
final class ApiKey {
    /** "The API key is 32 characters" (protocol.md, section 1.2). */
    private static final int LENGTH = 32;

    static final String EXPECTED = LENGTH + " printable characters of ASCII";
    private static final String PATTERN = "[!-~]{" + LENGTH + "}";

    private final byte[] signTail;
    private final SecretKeySpec hmacKey;
    private final SecretKeySpec refundKey;

    private ApiKey(String key) {
        byte[] bytes = key.getBytes(US_ASCII);
        this.signTail = ("&key=" + key).getBytes(US_ASCII);
        this.hmacKey = SignedText.hmacSha256Key(bytes);
        this.refundKey = new SecretKeySpec(md5Hex(bytes), "AES");
    }

    static ApiKey read(String text) throws Unfit {
        return new ApiKey(checked(text));
    }

    /** API v3: the key of AES-256-GCM is the 32 characters themselves (protocol.md, section 3.2). */
    static SecretKeySpec readV3(String text) throws Unfit {
        return new SecretKeySpec(checked(text).getBytes(US_ASCII), "AES");
    }

    private static String checked(String text) throws Unfit {
        if (!text.matches(PATTERN)) {
            throw new Unfit(EXPECTED, text.length() == LENGTH ? "others among them" : String.valueOf(text.length()));
        }
        return text;
    }

    /** Section 2: the 32 characters of the key's MD5 in lower-case hex, leading zeros kept. */
    private static byte[] md5Hex(byte[] key) {
        return HexFormat.of().formatHex(SignedText.md5(key)).getBytes(US_ASCII);
    }

    /** What the signed text ends in. Not to be changed. */
    byte[] signTail() {
        return signTail;
    }

    SecretKeySpec hmacKey() {
        return hmacKey;
    }

    /** For {@code req_info} of refund callbacks. */
    SecretKeySpec refundKey() {
        return refundKey;
    }
}
