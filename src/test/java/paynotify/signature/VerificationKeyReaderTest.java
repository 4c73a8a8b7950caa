package paynotify.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.EncryptedPrivateKeyInfo;
import org.junit.jupiter.api.Test;
import paynotify.config.InvalidValue;
import paynotify.kit.Shop;

/** The forms in which keys come. What is asserted of DER was made by the JDK, or by openssl (see {@link #PKCS1}). */
class VerificationKeyReaderTest {
    private static final String SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    private static final String PUBLIC_PEM = Shop.key("wechat_pubkey_mode_public.pem");
    private static final String PRIVATE_PEM = Shop.key("wechat_pubkey_mode_private.pem");
    private static final String CERTIFICATE_PEM = Shop.key("wechat_platform_cert.pem");
    private static final byte[] PUBLIC_DER = der(PUBLIC_PEM);
    private static final byte[] CERTIFICATE_DER = der(CERTIFICATE_PEM);
    /** By "openssl rsa -pubin -in wechat_pubkey_mode_public.pem -RSAPublicKey_out". */
    private static final String PKCS1 = """
            -----BEGIN RSA PUBLIC KEY-----
            MIIBCgKCAQEAy+3/wHDSVSYy5DU5XV5g/mUDuc//gBRvw6Uo3rvnMMFhVen/erIj
            QcHkjimGXAwgUhqNrg1xmRzIgRwVmy68VevVyc6KW3mT1tnIS+D1T1cUjadJx6L4
            yvK0L9BUBdnQr+zrniDGIdUQG5RegxchqSwbkxUFyhFvagu+YVCUp0eHexuD7K7s
            ARe5kIL42jniyUreb793UJ1nZMV0PIqEyfyiF2+rNA6HYbVgo3ZbJwupSJh1rBUR
            lG36FmSI1IR++tICZOHnNN2mYE1jLgH21jdn6djcmPRUi5/i+kUyzERSHHVScelw
            gHlUxWiMmm5aCXu3nOjb11oKwjeg0gH8YQIDAQAB
            -----END RSA PUBLIC KEY-----
            """;

    private static final String FOUND_PRIVATE = "found a private key; what is wanted is the sender's public key";

    private final VerificationKeyReader reader = new VerificationKeyReader(null, 2048);

    private static byte[] der(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z0-9 ]+-----", ""));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    private VerificationKey ofFile(byte[] content) throws Exception {
        return reader.read(reader.text(content).strip());
    }

    private String refused(String text) {
        return assertThrows(InvalidValue.class, () -> reader.read(text)).getMessage();
    }

    private String refusedFile(byte[] content) throws Exception {
        String text = reader.text(content).strip();
        // Where it could be a path, it is taken for what it is.
        assertTrue(reader.isValue(text));
        return refused(text);
    }

    @Test
    void read_publicKeyInEveryForm_isTheSame() throws Exception {
        RSAPublicKey key = ofFile(PUBLIC_PEM.getBytes(UTF_8)).key();
        assertEquals(2048, key.getModulus().bitLength());
        assertEquals(key, ofFile(PUBLIC_DER).key());
        assertEquals(key, ofFile(PKCS1.getBytes(UTF_8)).key());
        assertEquals(key, ofFile(der(PKCS1)).key());
        for (byte[] der : List.of(PUBLIC_DER, der(PKCS1))) {
            assertEquals(
                    key, reader.read(Base64.getEncoder().encodeToString(der)).key());
            assertEquals(
                    key,
                    reader.read(Base64.getMimeEncoder().encodeToString(der)).key());
            assertEquals(key, reader.read(HexFormat.of().formatHex(der)).key());
        }
        assertEquals(key, reader.read(PUBLIC_PEM.replace("\n", "\r\n")).key());
        assertEquals(
                key,
                reader.read("Bag Attributes\n    friendlyName: x\n" + PUBLIC_PEM)
                        .key());
    }

    @Test
    void read_certificateInDer_isItsKeyUnderItsSerial() throws Exception {
        VerificationKey pem = reader.read(CERTIFICATE_PEM);
        assertEquals(SERIAL, pem.serial());
        assertEquals(pem, ofFile(CERTIFICATE_DER));
        assertEquals(pem, reader.read("subject=CN\n" + CERTIFICATE_PEM + CERTIFICATE_PEM));
        assertThrows(InvalidValue.class, () -> new VerificationKeyReader("0A", 2048)
                .read(Base64.getEncoder().encodeToString(CERTIFICATE_DER)));
    }

    @Test
    void read_privateKeyInEveryForm_isRefusedAndNotShown() throws Exception {
        byte[] pkcs8 = der(PRIVATE_PEM);
        // PKCS#1: what stands in PKCS#8's OCTET STRING behind version and algorithm.
        byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
        byte[] encrypted = new EncryptedPrivateKeyInfo("PBEWithMD5AndDES", pkcs8).getEncoded();
        for (byte[] der : List.of(pkcs8, pkcs1, encrypted)) {
            String message = refusedFile(der);
            assertTrue(message.endsWith(FOUND_PRIVATE), message);
            assertEquals(message, refused(HexFormat.of().formatHex(der)));
            assertEquals(message, refused(Base64.getEncoder().encodeToString(der)));
            for (String label : List.of("PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PUBLIC KEY")) {
                assertEquals(message, refused(pem(label, der)));
            }
            String shown = Base64.getEncoder().encodeToString(der);
            for (int at = 0; at + 8 < shown.length(); at += 8) {
                assertFalse(message.contains(shown.substring(at, at + 8)), message);
            }
        }
        assertTrue(refused("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"
                        + "-----END RSA PRIVATE KEY-----")
                .endsWith(FOUND_PRIVATE));
        // Beside a certificate, as some tools write them.
        assertTrue(refused(CERTIFICATE_PEM + PRIVATE_PEM).endsWith(FOUND_PRIVATE));
    }

    @Test
    void read_privateEcKey_isRefused() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(521);
        KeyPair pair = generator.generateKeyPair();
        // RFC 5915's ECPrivateKey: INTEGER 1, OCTET STRING.
        byte[] sec1 = concat(new byte[] {0x30, (byte) 0x81, (byte) 0x81, 0x02, 0x01, 0x01, 0x04, 0x7C}, new byte[124]);
        assertTrue(refused(pem("EC PRIVATE KEY", sec1)).endsWith(FOUND_PRIVATE));
        assertTrue(refused(pem("PUBLIC KEY", sec1)).endsWith(FOUND_PRIVATE));
        assertTrue(refused(pem("PUBLIC KEY", pair.getPrivate().getEncoded())).endsWith(FOUND_PRIVATE));
        String message = refused(pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        assertTrue(message.endsWith("found one that can't be read, or of another kind than RSA"), message);
    }

    @Test
    void read_keyStoresAndChains_areNamed() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        var certificate =
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(CERTIFICATE_DER));
        store.setCertificateEntry("a", certificate);
        ByteArrayOutputStream pkcs12 = new ByteArrayOutputStream();
        store.store(pkcs12, "password".toCharArray());
        assertTrue(refusedFile(pkcs12.toByteArray()).contains("found a PKCS#12 file, which holds a private key;"));

        byte[] pkcs7 = CertificateFactory.getInstance("X.509")
                .generateCertPath(List.of(certificate))
                .getEncoded("PKCS7");
        assertTrue(refusedFile(pkcs7).contains("found a PKCS#7 file: 'openssl pkcs7 -print_certs -in FILE'"));
        assertTrue(refused(pem("PKCS7", pkcs7)).contains("openssl pkcs7"));
    }

    /** Cut or changed in any place, it is read or refused, and nothing else happens. */
    @Test
    void read_damagedDer_isRefused() throws Exception {
        for (byte[] der : List.of(PUBLIC_DER, der(PKCS1), CERTIFICATE_DER, der(PRIVATE_PEM))) {
            for (int length = 2; length < der.length; length++) {
                refused(Base64.getEncoder().encodeToString(Arrays.copyOf(der, length)));
                refused(pem("PUBLIC KEY", Arrays.copyOf(der, length)));
            }
            for (int at = 0; at < Math.min(der.length, 64); at++) {
                for (int value : new int[] {0x00, 0x02, 0x30, 0x7F, 0x80, 0x84, 0xFF}) {
                    byte[] changed = der.clone();
                    changed[at] = (byte) value;
                    readOrRefused(pem("PUBLIC KEY", changed));
                }
            }
        }
        refused(pem("PUBLIC KEY", new byte[] {0x30, (byte) 0x81, 0x04, 0x02, 0x00, 0x02, 0x00}));
    }

    private void readOrRefused(String text) {
        try {
            assertTrue(reader.read(text).key().getModulus().signum() > 0);
        } catch (InvalidValue e) {
            assertFalse(e.getMessage().isBlank());
        }
    }

    @Test
    void read_modulusThatIsNone_isRefused() throws Exception {
        byte[] negative = BigInteger.ONE.shiftLeft(2047).negate().toByteArray();
        byte[] header = {0x30, (byte) 0x82, 0x01, 0x09, 0x02, (byte) 0x82, 0x01, 0x00};
        byte[] exponent = {0x02, 0x03, 0x01, 0x00, 0x01};
        assertEquals(256, negative.length);
        refused(pem("RSA PUBLIC KEY", concat(header, negative, exponent)));
    }

    @Test
    void text_ofTextAndOfBytes_isToldApart() throws Exception {
        assertEquals("0\u00e9 is text", reader.text("0\u00e9 is text".getBytes(UTF_8)));
        assertEquals("", reader.text(new byte[0]));
        assertEquals("0", reader.text(new byte[] {'0'}));
        assertArrayEquals(PUBLIC_DER, Base64.getDecoder().decode(reader.text(PUBLIC_DER)));
        assertThrows(CharacterCodingException.class, () -> reader.text(new byte[] {'1', (byte) 0x82}));
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
