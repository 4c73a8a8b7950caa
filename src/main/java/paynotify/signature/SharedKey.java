package paynotify.signature;

import static java.nio.charset.StandardCharsets.UTF_8;

import javax.crypto.spec.SecretKeySpec;
import paynotify.config.InvalidValue;
import paynotify.message.Fields;

/** A key that sender and shop both know (contract, section 3, "Secrets": of 8 characters at least). Immutable. */
public final class SharedKey {
    private static final int CHARS_MIN = 8;
    private static final int CHARS_MAX = 1024;
    public static final String EXPECTED =
            CHARS_MIN + " to " + CHARS_MAX + " characters, none of them a control character (a comma parts two keys)";
    private static final String PATTERN = "[^\\p{Cntrl}]{" + CHARS_MIN + "," + CHARS_MAX + "}";

    private final byte[] bytes;
    private final byte[] signTail;
    private final SecretKeySpec hmacKey;

    private SharedKey(String key, String tail) {
        this.bytes = key.getBytes(UTF_8);
        this.signTail = (tail + key).getBytes(UTF_8);
        this.hmacKey = HmacSha256.key(bytes);
    }

    /**
     * Reads a key.
     *
     * @param tail what stands before the key where signed texts end in it
     */
    public static SharedKey read(String key, String tail) throws InvalidValue {
        if (!key.matches(PATTERN)) {
            throw new InvalidValue(EXPECTED, key.isEmpty() ? "none" : "others, fewer or more");
        }
        if (VerificationKeyReader.looksLikeOne(key)) {
            throw new InvalidValue("a secret that both sides know", "a public key, which everybody may know");
        }
        return new SharedKey(key, tail);
    }

    /** As a field of its own. */
    public Fields.Field asField(String name) {
        byte[] nameBytes = name.getBytes(UTF_8);
        return new Fields.Field(nameBytes, 0, nameBytes.length, bytes, 0, bytes.length);
    }

    /** What the signed text ends in. Not to be changed. */
    public byte[] signTail() {
        return signTail;
    }

    public SecretKeySpec hmacKey() {
        return hmacKey;
    }
}
