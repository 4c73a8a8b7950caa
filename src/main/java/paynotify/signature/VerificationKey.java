package paynotify.signature;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import paynotify.config.InvalidValue;
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
    public static final String EXPECTED = "an RSA public key or certificate in PEM, or a public key in hex or base64";

    /** By the algorithm. */
    private static final Map<String, InstancePool<Signature>> ENGINES = new ConcurrentHashMap<>();

    private static final byte[] LINE_END = {'\n'};
    private static final String PEM_BEGIN = "-----BEGIN ";
    private static final String PEM_KEY = "-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]*)-----END PUBLIC KEY-----";
    // Neither of these is the name of a file: a key of 1024 bits is of 162 bytes, whose first one is 0x30.
    private static final String HEX = "30[0-9A-Fa-f]{200,}";
    private static final String HEX_OR_PART_OF_IT = "[0-9A-Fa-f\\s]{64,}";
    private static final String BASE64 = "M[A-Za-z0-9+/=\\s]{150,}";
    private static final Duration EXPIRY_IS_SOON = Duration.ofDays(30);

    /** The form in which ids are compared: of a serial number, neither case nor leading zeros matter. */
    public static String normalId(String id) {
        String upper = id.toUpperCase(Locale.ROOT);
        return upper.matches("[0-9A-F]{1,64}")
                ? new BigInteger(upper, 16).toString(16).toUpperCase(Locale.ROOT)
                : upper;
    }

    /** Whether this is meant to be a public key; a name of a file or a secret is something else. */
    public static boolean looksLikeOne(String text) {
        return text.startsWith(PEM_BEGIN) || text.matches(HEX) || text.matches(BASE64);
    }

    /**
     * Reads keys of some length, and certificates of some number.
     *
     * @param id under which the key is configured: of a certificate its serial number in hex; null for any
     * @param bitsMin the least length of the modulus
     */
    public static Reloadable.Reader<VerificationKey> reader(@Nullable String id, int bitsMin) {
        return new Reloadable.Reader<>() {
            @Override
            public boolean isValue(String text) {
                return looksLikeOne(text) || text.matches(HEX_OR_PART_OF_IT);
            }

            @Override
            public VerificationKey read(String text) throws InvalidValue {
                VerificationKey read = of(text);
                if (read.key().getModulus().bitLength() < bitsMin) {
                    throw new InvalidValue("an RSA key of at least " + bitsMin + " bits", "another");
                }
                if (id != null && read.serial() != null && !read.serial().equals(normalId(id))) {
                    throw new InvalidValue("a certificate with this serial number", "serial number " + read.serial());
                }
                return read;
            }

            @Override
            public @Nullable String concern(VerificationKey value, Instant now) {
                Instant expires = value.expires();
                return expires == null || now.isBefore(expires.minus(EXPIRY_IS_SOON))
                        ? null
                        : "the certificate expires at " + expires + "; get the sender's next one";
            }
        };
    }

    private static VerificationKey of(String text) throws InvalidValue {
        Matcher pem = Pattern.compile(PEM_KEY).matcher(text);
        try {
            if (text.contains("BEGIN CERTIFICATE")) {
                X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(text.getBytes(US_ASCII)));
                return new VerificationKey(
                        (RSAPublicKey) certificate.getPublicKey(),
                        certificate.getNotAfter().toInstant(),
                        normalId(certificate.getSerialNumber().toString(16)));
            }
            if (pem.matches()) {
                return bare(Base64.getMimeDecoder().decode(pem.group(1)));
            }
            if (text.matches(HEX_OR_PART_OF_IT)) {
                return bare(HexFormat.of().parseHex(text.replaceAll("\\s", "")));
            }
            if (text.matches(BASE64)) {
                return bare(Base64.getDecoder().decode(text.replaceAll("\\s", "")));
            }
        } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
            throw new InvalidValue(EXPECTED, "one that can't be read");
        }
        throw new InvalidValue(EXPECTED, "none of them");
    }

    private static VerificationKey bare(byte[] subjectPublicKeyInfo) throws GeneralSecurityException {
        var spec = new X509EncodedKeySpec(subjectPublicKeyInfo);
        return new VerificationKey((RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec), null, null);
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
