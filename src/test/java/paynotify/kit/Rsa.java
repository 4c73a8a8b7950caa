package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Signatures as the senders make them. */
final class Rsa {
    private Rsa() {}

    /**
     * @param algorithm as Java names it, such as SHA256withRSA
     * @param privateKeyPem PKCS#8 in PEM
     */
    static byte[] sign(String algorithm, String text, String privateKeyPem) {
        return sign(algorithm, text.getBytes(UTF_8), privateKeyPem);
    }

    private static byte[] sign(String algorithm, byte[] text, String privateKeyPem) {
        try {
            String base64 = privateKeyPem.replaceAll("-----[A-Z ]+-----|\\s", "");
            PrivateKey key = KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String base64(String algorithm, String text, String privateKeyPem) {
        return Base64.getEncoder().encodeToString(sign(algorithm, text, privateKeyPem));
    }

    static String base64(String algorithm, byte[] text, String privateKeyPem) {
        return Base64.getEncoder().encodeToString(sign(algorithm, text, privateKeyPem));
    }
}
