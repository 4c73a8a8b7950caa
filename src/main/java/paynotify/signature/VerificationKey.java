package paynotify.signature;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import paynotify.config.Reloadable;

/**
 * A sender's public key by which its signatures are verified: a bare public key or a certificate. Thread-safe.
 *
 * @param expires when the certificate does; null for a bare key, which doesn't
 * @param serial the certificate's serial number in hex; null for a bare key, which has none
 */
public record VerificationKey(
        RSAPublicKey key,
        @Nullable Instant expires,
        @Nullable String serial) {
    /** By the algorithm. */
    private static final Map<String, InstancePool<Signature>> ENGINES = new ConcurrentHashMap<>();

    private static final byte[] LINE_END = {'\n'};

    /** The form in which ids are compared: of a serial number, neither case nor leading zeros matter. */
    public static String normalId(String id) {
        String upper = id.toUpperCase(Locale.ROOT);
        return upper.matches("[0-9A-F]{1,64}")
                ? new BigInteger(upper, 16).toString(16).toUpperCase(Locale.ROOT)
                : upper;
    }

    /**
     * Reads keys of some length, and certificates of some number.
     *
     * @param id under which the key is configured: of a certificate its serial number in hex; null for any
     * @param bitsMin the least length of the modulus
     */
    public static Reloadable.Reader<VerificationKey> reader(@Nullable String id, int bitsMin) {
        return new VerificationKeyReader(id, bitsMin);
    }

    /** Whether this text is, in base64, a signature by RSA with SHA-256 of these, a line each: WeChat Pay's and Lakala's. */
    public boolean verifiesLines(String signature, String timestamp, String nonce, byte[] body) {
        byte[] before = (timestamp + "\n" + nonce + "\n").getBytes(UTF_8);
        return verifiesBase64("SHA256withRSA", signature, before, body, LINE_END);
    }

    /** Whether this text is, in base64, a signature of these bytes, one array after another. */
    public boolean verifiesBase64(String algorithm, String signature, byte[]... signed) {
        try {
            return verifies(algorithm, Base64.getDecoder().decode(signature), signed);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether this text is, in hex, a signature of these bytes, one array after another. */
    public boolean verifiesHex(String algorithm, String signature, byte[]... signed) {
        try {
            return verifies(algorithm, HexFormat.of().parseHex(signature), signed);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private boolean verifies(String algorithm, byte[] signature, byte[]... signed) {
        if (signature.length != (key.getModulus().bitLength() + Byte.SIZE - 1) / Byte.SIZE) {
            return false;
        }
        try {
            return ENGINES.computeIfAbsent(algorithm, name -> new InstancePool<>(() -> Signature.getInstance(name)))
                    .use(rsa -> {
                        rsa.initVerify(key);
                        for (byte[] part : signed) {
                            rsa.update(part);
                        }
                        return rsa.verify(signature);
                    });
        } catch (SignatureException e) {
            // What some provider's RSA takes for no signature at all.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + algorithm + ", and the key is one of RSA", e);
        }
    }
}
