package paynotify.signature;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256: WeChat's and the aggregators' signatures by a shared key, the webhooks', and the forms' tokens. */
public final class HmacSha256 {
    private static final String NAME = "HmacSHA256";

    private HmacSha256() {}

    /** The key of these bytes, of which there must be one at least. */
    public static SecretKeySpec key(byte[] bytes) {
        return new SecretKeySpec(bytes, NAME);
    }

    /** The digest of these parts one after the other. */
    public static byte[] of(SecretKey key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(NAME);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + NAME, e);
        }
    }
}
