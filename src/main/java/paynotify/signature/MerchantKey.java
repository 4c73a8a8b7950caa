package paynotify.signature;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import paynotify.config.InvalidValue;
import paynotify.config.Reloadable;

/**
 * A merchant's private key of API v3, {@code apiclient_key.pem}: it signs what we ask, by RSA with SHA-256
 * (protocol.md, section 5.2). Never shown. Thread-safe.
 */
public final class MerchantKey {
    public static final String EXPECTED = "an RSA private key in PEM, not encrypted";

    private static final String RSA_SHA256 = "SHA256withRSA";
    /** "WECHATPAY2-SHA256-RSA2048". */
    private static final int BITS_MIN = 2048;

    private static final String PEM_BEGIN = "-----BEGIN ";
    /** PKCS#8 is {@code PRIVATE KEY}, PKCS#1 is {@code RSA PRIVATE KEY}. Other lines may stand around. */
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (?:RSA )?PRIVATE KEY-----");

    private static final int DER_SEQUENCE = 0x30;
    private static final int DER_OCTET_STRING = 0x04;
    /** PKCS#8 (RFC 5208): version 0, and the algorithm rsaEncryption without parameters. */
    private static final byte[] PKCS8_HEAD = {
        2, 1, 0, 0x30, 13, 6, 9, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 13, 1, 1, 1, 5, 0
    };

    private static final InstancePool<Signature> ENGINES = new InstancePool<>(() -> Signature.getInstance(RSA_SHA256));

    private final PrivateKey key;

    private MerchantKey(PrivateKey key) {
        this.key = key;
    }

    /** Reads a key of at least {@value #BITS_MIN} bits, in PKCS#8 or PKCS#1. */
    public static Reloadable.Reader<MerchantKey> reader() {
        return new Reloadable.Reader<>() {
            @Override
            public boolean isValue(String text) {
                return text.startsWith(PEM_BEGIN);
            }

            @Override
            public MerchantKey read(String text) throws InvalidValue {
                return new MerchantKey(privateKey(text));
            }
        };
    }

    private static RSAPrivateKey privateKey(String text) throws InvalidValue {
        Matcher pem = PEM.matcher(text);
        if (!pem.find()) {
            throw new InvalidValue(EXPECTED, other(text));
        }
        try {
            byte[] der = Base64.getDecoder().decode(pem.group(2).replaceAll("\\s", ""));
            byte[] pkcs8 = pem.group(1) == null ? der : pkcs8(der);
            RSAPrivateKey key =
                    (RSAPrivateKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            if (key.getModulus().bitLength() < BITS_MIN) {
                throw new InvalidValue("an RSA key of at least " + BITS_MIN + " bits", "a shorter one");
            }
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new InvalidValue(EXPECTED, "one that can't be read");
        }
    }

    private static String other(String text) {
        return text.contains("ENCRYPTED")
                ? "an encrypted one"
                : text.contains("BEGIN CERTIFICATE") ? "a certificate" : "something else";
    }

    private static byte[] pkcs8(byte[] pkcs1) {
        return der(DER_SEQUENCE, PKCS8_HEAD, der(DER_OCTET_STRING, pkcs1, new byte[0]));
    }

    /** One element of DER, its content in two parts: its length is written in two bytes, in one or none before them. */
    private static byte[] der(int tag, byte[] first, byte[] second) {
        int length = first.length + second.length;
        if (length > 0xFFFF) {
            throw new IllegalArgumentException("no RSA key is so long");
        }
        byte[] element = Arrays.copyOf(
                new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> Byte.SIZE), (byte) length}, 4 + length);
        System.arraycopy(first, 0, element, 4, first.length);
        System.arraycopy(second, 0, element, 4 + first.length, second.length);
        return element;
    }

    /** The signature of this text, in base64. */
    public String sign(String text) {
        try {
            return Base64.getEncoder().encodeToString(ENGINES.use(rsa -> {
                rsa.initSign(key);
                rsa.update(text.getBytes(UTF_8));
                return rsa.sign();
            }));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + RSA_SHA256 + ", and the key is one of RSA", e);
        }
    }

    @Override
    public String toString() {
        return "(private key)";
    }
}
