package paynotify.sender;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The digests by which senders sign with a key that both sides know. Thread-safe. */
final class Digest {
    private static final String HMAC_SHA256 = "HmacSHA256";

    private Digest() {}

    static byte[] md5(byte[] text) {
        try {
            return MessageDigest.getInstance("MD5").digest(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    static byte[] hmacSha256(SecretKeySpec key, byte[] text) {
        try {
            Mac mac = Mac.getInstance(HMAC_SHA256);
            mac.init(key);
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + HMAC_SHA256, e);
        }
    }

    static SecretKeySpec hmacSha256Key(byte[] key) {
        return new SecretKeySpec(key, HMAC_SHA256);
    }

    /** Whether this claim is the digest in hex, of either case; in a time that doesn't tell how much of it is right. */
    static boolean isHexOf(byte[] digest, String claim) {
        try {
            return MessageDigest.isEqual(digest, HexFormat.of().parseHex(claim));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
