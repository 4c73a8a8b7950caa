package paynotify.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.config.InvalidValue;
import paynotify.kit.Vectors;

class MerchantKeyTest {
    private static final String PEM = Vectors.text("keys/merchant_private.pem");

    private static MerchantKey read(String pem) throws InvalidValue {
        return MerchantKey.reader().read(pem);
    }

    private static byte[] pkcs8() {
        return Base64.getMimeDecoder().decode(PEM.replaceAll("-----[A-Z ]+-----", ""));
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind
                + "-----\n";
    }

    /** RSASSA-PKCS1-v1_5 is deterministic: the sample was made by another program. */
    @Test
    void sign_theSamplesText_isTheSamplesSignature() throws InvalidValue {
        String signature =
                Vectors.text("v3-query/request_authorization.txt").replaceFirst("(?s).*signature=\"([^\"]*)\".*", "$1");
        assertEquals(signature, read(PEM).sign(Vectors.text("v3-query/request_message.txt")));
    }

    /** The key of PKCS#1 stands in PKCS#8 behind 26 bytes (RFC 5208; openssl rsa -traditional writes the same). */
    @Test
    void read_pkcs1_isTheSameKey() throws InvalidValue {
        byte[] pkcs8 = pkcs8();
        byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
        assertEquals(0x30, pkcs1[0]);
        assertEquals(read(PEM).sign("text"), read(pem("RSA PRIVATE KEY", pkcs1)).sign("text"));
    }

    @Test
    void read_linesAroundAndOtherLineEnds_areFine() throws InvalidValue {
        String text = "Bag Attributes\n    friendlyName: Tenpay\n" + PEM.replace("\n", "\r\n");
        assertEquals(read(PEM).sign("text"), read(text).sign("text"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', something else",
        "apiclient_key.pem, something else",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----MIIC-----END ENCRYPTED PRIVATE KEY-----, an encrypted one",
        "-----BEGIN RSA PRIVATE KEY-----Proc-Type: 4-ENCRYPTED MIIC-----END RSA PRIVATE KEY-----, an encrypted one",
        "-----BEGIN CERTIFICATE-----MIIC-----END CERTIFICATE-----, a certificate",
        "-----BEGIN PRIVATE KEY-----MIIC-----END PRIVATE KEY-----, one that can't be read",
        "-----BEGIN RSA PRIVATE KEY-----MIIC-----END RSA PRIVATE KEY-----, one that can't be read",
        "-----BEGIN PRIVATE KEY-----M=IC-----END PRIVATE KEY-----, one that can't be read",
    })
    void read_anythingElse_isRefusedAndNotShown(String text, String found) {
        InvalidValue fault = assertThrows(InvalidValue.class, () -> read(text));
        assertEquals("expected " + MerchantKey.EXPECTED + ", found " + found, fault.getMessage());
    }

    @Test
    void read_hugePkcs1_isRefused() {
        String huge = pem("RSA PRIVATE KEY", new byte[1 << 16]);
        assertThrows(InvalidValue.class, () -> read(huge));
    }

    @Test
    void read_shorterKeyOrAnotherKind_isRefused() throws GeneralSecurityException {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        String shorter = pem("PRIVATE KEY", rsa.generateKeyPair().getPrivate().getEncoded());
        InvalidValue fault = assertThrows(InvalidValue.class, () -> read(shorter));
        assertEquals("expected an RSA key of at least 2048 bits, found a shorter one", fault.getMessage());
        KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp256r1"));
        String elliptic = pem("PRIVATE KEY", ec.generateKeyPair().getPrivate().getEncoded());
        assertThrows(InvalidValue.class, () -> read(elliptic));
    }

    @Test
    void isValue_pem_isNoPath() {
        assertTrue(MerchantKey.reader().isValue(PEM));
        assertFalse(MerchantKey.reader().isValue("apiclient_key.pem"));
    }

    @Test
    void toString_ofAKey_showsNothing() throws InvalidValue {
        assertEquals("(private key)", read(PEM).toString());
    }
}
