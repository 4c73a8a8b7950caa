package paynotify.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import paynotify.config.Reloadable;

/**
 * Decrypts {@code req_info} of WeChat Pay API v2's refund notifications: AES-256-ECB by the MD5 of the API key
 * (protocol.md, section 2). Where two keys are configured, both are tried. Thread-safe.
 */
public final class RefundCipher {
    /** One wrong key in 256 leaves something that passes for padding, and garbage before it. */
    private static final Pattern PLAIN =
            Pattern.compile("(?:\\xEF\\xBB\\xBF)?\\s*<(?:root|\\?xml\\s|!--).*", Pattern.DOTALL);

    private final Reloadable<List<ApiKey>> apiKeys;

    public RefundCipher(Reloadable<List<ApiKey>> apiKeys) {
        this.apiKeys = apiKeys;
    }

    /**
     * What is in it, its base64 in one line or in several.
     *
     * @throws BadSignature if it was not encrypted with one of the account's keys
     */
    public byte[] decrypt(String reqInfo) throws BadSignature {
        try {
            byte[] encrypted = Base64.getDecoder().decode(reqInfo.replaceAll("[ \\t\\n]", ""));
            for (ApiKey key : apiKeys.get()) {
                byte[] plain = decrypt(encrypted, key);
                if (PLAIN.matcher(new String(plain, ISO_8859_1)).matches()) {
                    return plain;
                }
            }
        } catch (IllegalArgumentException e) {
            throw notByOurKey();
        }
        throw notByOurKey();
    }

    /** Empty if that is not its key. */
    private static byte[] decrypt(byte[] encrypted, ApiKey key) {
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, key.refundKey());
            return cipher.doFinal(encrypted);
        } catch (BadPaddingException | IllegalBlockSizeException e) {
            return new byte[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES with 256 bits", e);
        }
    }

    private static BadSignature notByOurKey() {
        return new BadSignature("expected a req_info encrypted with the account's api-key, found another");
    }
}
