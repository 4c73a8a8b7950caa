package paynotify.signature;

import java.io.ByteArrayInputStream;
import java.nio.charset.CharacterCodingException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import paynotify.config.InvalidValue;
import paynotify.config.Reloadable;

/**
 * Reads public keys (X.509 or PKCS#1) and certificates in PEM, DER, hex or base64. A private key is refused, and no part of
 * it is told. Immutable.
 */
final class VerificationKeyReader implements Reloadable.Reader<VerificationKey> {
    private static final String EXPECTED =
            "an RSA public key or certificate in PEM or DER, or a public key in hex or base64";
    private static final String PEM_BEGIN = "-----BEGIN ";
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final Pattern PEM_PRIVATE = Pattern.compile("-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----");
    // Neither of these is the name of a file: a key of 1024 bits is of 140 bytes at least, whose first one is 0x30.
    private static final String HEX = "30[0-9A-Fa-f]{200,}";
    private static final String HEX_OR_PART_OF_IT = "[0-9A-Fa-f\\s]{64,}";
    private static final String BASE64 = "M[A-Za-z0-9+/=\\s]{150,}";
    private static final Duration EXPIRY_IS_SOON = Duration.ofDays(30);

    private final @Nullable String id;
    private final int bitsMin;

    /**
     * @param id under which the key is configured: of a certificate its serial number in hex; null for any
     * @param bitsMin the least length of the modulus
     */
    VerificationKeyReader(@Nullable String id, int bitsMin) {
        this.id = id;
        this.bitsMin = bitsMin;
    }

    /** Whether this is meant to be a public key; a name of a file or a secret is something else. */
    static boolean looksLikeOne(String text) {
        return text.startsWith(PEM_BEGIN) || text.matches(HEX) || text.matches(BASE64);
    }

    /** DER is no text: it becomes base64. */
    @Override
    public String text(byte[] content) throws CharacterCodingException {
        return Der.begins(content)
                ? Base64.getEncoder().encodeToString(content)
                : Reloadable.Reader.super.text(content);
    }

    @Override
    public boolean isValue(String text) {
        return looksLikeOne(text) || text.matches(HEX_OR_PART_OF_IT);
    }

    @Override
    public VerificationKey read(String text) throws InvalidValue {
        VerificationKey read = key(text);
        if (read.key().getModulus().bitLength() < bitsMin) {
            throw new InvalidValue("an RSA key of at least " + bitsMin + " bits", "another");
        }
        if (id != null && read.serial() != null && !read.serial().equals(VerificationKey.normalId(id))) {
            throw new InvalidValue("a certificate with this serial number", "serial number " + read.serial());
        }
        return read;
    }

    @Override
    public boolean isRenewed() {
        return true;
    }

    @Override
    public @Nullable Instant expires(VerificationKey value) {
        return value.expires();
    }

    @Override
    public @Nullable String concern(VerificationKey value, Instant now) {
        Instant expires = value.expires();
        return expires == null || now.isBefore(expires.minus(EXPIRY_IS_SOON))
                ? null
                : "the certificate expires at " + expires + "; get the sender's next one";
    }

    private static VerificationKey key(String text) throws InvalidValue {
        if (PEM_PRIVATE.matcher(text).find()) {
            throw privateKey("a private key");
        }
        byte[] encoded;
        try {
            encoded = encoded(text);
        } catch (IllegalArgumentException e) {
            throw damaged();
        }
        Der der = Der.of(encoded);
        try {
            return switch (der.kind()) {
                case CERTIFICATE -> certificate(encoded);
                case PUBLIC_KEY -> {
                    var spec = new X509EncodedKeySpec(encoded);
                    yield bare((RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec));
                }
                case RSA_PUBLIC_KEY -> bare(der.rsaPublicKey());
                case PRIVATE_KEY -> throw privateKey("a private key");
                case PKCS12 -> throw privateKey("a PKCS#12 file, which holds a private key");
                case PKCS7 ->
                    throw new InvalidValue(
                            EXPECTED,
                            "a PKCS#7 file: 'openssl pkcs7 -print_certs -in FILE' writes its certificates in"
                                    + " PEM (with -inform DER if FILE is not in PEM)");
                case OTHER -> throw damaged();
            };
        } catch (GeneralSecurityException | ClassCastException e) {
            throw damaged();
        }
    }

    /** The first key or certificate of a PEM file, or what stands there in hex or base64. */
    private static byte[] encoded(String text) throws InvalidValue {
        Matcher pem = PEM.matcher(text);
        if (pem.find()) {
            return Base64.getMimeDecoder().decode(pem.group(2));
        }
        if (text.matches(HEX_OR_PART_OF_IT)) {
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        }
        if (text.matches(BASE64)) {
            return Base64.getDecoder().decode(text.replaceAll("\\s", ""));
        }
        throw text.contains(PEM_BEGIN) ? damaged() : new InvalidValue(EXPECTED, "none of them");
    }

    private static VerificationKey certificate(byte[] encoded) throws GeneralSecurityException {
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        return new VerificationKey(
                (RSAPublicKey) certificate.getPublicKey(),
                certificate.getNotAfter().toInstant(),
                VerificationKey.normalId(certificate.getSerialNumber().toString(16)));
    }

    private static VerificationKey bare(RSAPublicKey key) {
        return new VerificationKey(key, null, null);
    }

    private static InvalidValue damaged() {
        return new InvalidValue(EXPECTED, "one that can't be read, or of another kind than RSA");
    }

    private static InvalidValue privateKey(String found) {
        return new InvalidValue(EXPECTED, found + "; what is wanted is the sender's public key");
    }
}
