package paynotify.sender;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import paynotify.config.Live;
import paynotify.config.Unfit;

/**
 * A sender's public key by which its signatures are verified, from a PEM file: a bare public key, or a certificate.
 *
 * @param expires when the certificate does; null for a bare key, which doesn't
 */
record VerificationKey(PublicKey key, @Nullable Instant expires) {
    private static final String EXPECTED = "an RSA public key or certificate in PEM";
    private static final Duration EXPIRY_IS_SOON = Duration.ofDays(30);

    /** The form in which ids are compared: of a serial number, neither case nor leading zeros matter. */
    static String normalId(String id) {
        String upper = id.toUpperCase(Locale.ROOT);
        return upper.matches("[0-9A-F]{1,64}")
                ? new BigInteger(upper, 16).toString(16).toUpperCase(Locale.ROOT)
                : upper;
    }

    /**
     * Reads the key that is configured under this id: of a certificate, the id is its serial number in hex.
     *
     * @param bitsMin the least length of the modulus
     */
    static Live.Reader<VerificationKey> reader(String id, int bitsMin) {
        return new Live.Reader<>() {
            @Override
            public VerificationKey read(String text) throws Unfit {
                VerificationKey read = text.contains("BEGIN CERTIFICATE") ? certificate(id, text) : bare(text);
                if (!(read.key() instanceof RSAPublicKey rsa)
                        || rsa.getModulus().bitLength() < bitsMin) {
                    throw new Unfit("an RSA key of at least " + bitsMin + " bits", "another");
                }
                return read;
            }

            @Override
            public @Nullable String concern(VerificationKey value, Instant now) {
                Instant expires = value.expires();
                return expires == null || now.isBefore(expires.minus(EXPIRY_IS_SOON))
                        ? null
                        : "the certificate expires at " + expires + "; get the next one, or WeChat Pay's public key";
            }
        };
    }

    private static VerificationKey certificate(String id, String text) throws Unfit {
        X509Certificate certificate;
        try {
            certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(text.getBytes(US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new Unfit(EXPECTED, "a certificate that can't be read");
        }
        String serial = normalId(certificate.getSerialNumber().toString(16));
        if (!normalId(id).equals(serial)) {
            throw new Unfit("a certificate with this serial number", "serial number " + serial);
        }
        return new VerificationKey(
                certificate.getPublicKey(), certificate.getNotAfter().toInstant());
    }

    private static VerificationKey bare(String text) throws Unfit {
        String base64 = text.replaceFirst("^-+BEGIN PUBLIC KEY-+", "")
                .replaceFirst("-+END PUBLIC KEY-+$", "")
                .replaceAll("\\s", "");
        if (!text.startsWith("-----BEGIN PUBLIC KEY-----")) {
            throw new Unfit(EXPECTED, "neither");
        }
        try {
            byte[] encoded = Base64.getDecoder().decode(base64);
            return new VerificationKey(
                    KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded)), null);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Unfit(EXPECTED, "a public key that can't be read");
        }
    }
}
