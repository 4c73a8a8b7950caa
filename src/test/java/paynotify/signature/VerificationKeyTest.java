package paynotify.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import paynotify.config.InvalidValue;
import paynotify.config.Reloadable;
import paynotify.kit.Vectors;

class VerificationKeyTest {
    private static final String SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    private static final String CERTIFICATE = Vectors.text("keys/wechat_platform_cert.pem");
    private static final String PUBLIC_KEY = Vectors.text("keys/wechat_pubkey_mode_public.pem");

    private static Reloadable.Reader<VerificationKey> reader(String id) {
        return VerificationKey.reader(id, 2048);
    }

    private static String refused(String id, String text) {
        return assertThrows(InvalidValue.class, () -> reader(id).read(text)).getMessage();
    }

    private static String pem(String algorithm, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                + "\n-----END PUBLIC KEY-----";
    }

    @Test
    void read_certificate_isItsKeyUnderItsOwnSerial() throws InvalidValue {
        assertEquals(
                Instant.parse("2040-01-01T00:00:00Z"),
                reader(SERIAL).read(CERTIFICATE).expires());
        assertTrue(refused("5157F09EFDC096DE15EBE81A47057A7232F1B8E2", CERTIFICATE)
                .equals("expected a certificate with this serial number, found serial number " + SERIAL));
        refused("PUB_KEY_ID_1", CERTIFICATE);
    }

    @Test
    void verifies_unknownAlgorithm_isOurOwnFault() throws InvalidValue {
        VerificationKey key = reader("PUB_KEY_ID_1").read(PUBLIC_KEY);
        String signature = Base64.getEncoder().encodeToString(new byte[256]);
        assertThrows(IllegalStateException.class, () -> key.verifiesBase64("NONE", signature, new byte[1]));
    }

    @Test
    void normalId_serialNumber_hasNoCaseAndNoLeadingZeros() {
        assertEquals("A1B2", VerificationKey.normalId("0a1b2"));
        assertEquals("PUB_KEY_ID_0A", VerificationKey.normalId("pub_key_id_0a"));
        assertEquals("0" + "A".repeat(64), VerificationKey.normalId("0" + "a".repeat(64)));
    }

    @Test
    void read_publicKey_neverExpires() throws InvalidValue {
        VerificationKey key = reader("PUB_KEY_ID_1").read(PUBLIC_KEY.strip());
        assertNull(key.expires());
        assertNull(reader("PUB_KEY_ID_1").concern(key, Instant.MAX));
    }

    @Test
    void read_anythingElse_isRefused() throws Exception {
        refused("X", "");
        refused("X", "x");
        refused("X", Vectors.text("keys/wechat_platform_private.pem"));
        refused("X", "-----BEGIN PUBLIC KEY-----\n%%%\n-----END PUBLIC KEY-----");
        refused("X", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
        refused(SERIAL, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
        refused("X", pem("EC", 256));
        assertEquals("expected an RSA key of at least 2048 bits, found another", refused("X", pem("RSA", 1024)));
    }

    @Test
    void concern_certificate_isToldFromThirtyDaysBeforeItsEnd() throws InvalidValue {
        Reloadable.Reader<VerificationKey> reader = reader(SERIAL);
        VerificationKey key = reader.read(CERTIFICATE);
        assertNull(reader.concern(key, Instant.parse("2039-12-01T23:59:59Z")));
        assertTrue(reader.concern(key, Instant.parse("2039-12-02T00:00:00Z")).contains("2040-01-01T00:00:00Z"));
    }
}
