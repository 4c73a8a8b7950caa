package paynotify.signature;

import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import paynotify.config.Reloadable;

/**
 * Decrypts the resource of WeChat Pay API v3's notifications: AES-256-GCM by the API v3 key (protocol.md, section 3.2).
 * Where two keys are configured, both are tried. Thread-safe.
 */
public final class ResourceCipher {
    private static final int TAG_BITS = 128;

    private final Reloadable<List<SecretKeySpec>> apiV3Keys;
    private final InstancePool<Cipher> ciphers = new InstancePool<>(() -> Cipher.getInstance("AES/GCM/NoPadding"));

    public ResourceCipher(Reloadable<List<SecretKeySpec>> apiV3Keys) {
        this.apiV3Keys = apiV3Keys;
    }

    /** Null if none of the keys decrypts it. */
    public byte @Nullable [] decrypt(byte[] nonce, byte[] associatedData, byte[] ciphertext) {
        byte[] plaintext = null;
        for (SecretKeySpec key : apiV3Keys.get()) {
            plaintext = plaintext == null ? decrypt(key, nonce, associatedData, ciphertext) : plaintext;
        }
        return plaintext;
    }

    private byte @Nullable [] decrypt(SecretKeySpec key, byte[] nonce, byte[] associatedData, byte[] ciphertext) {
        try {
            return ciphers.use(cipher -> {
                cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
                cipher.updateAAD(associatedData);
                return cipher.doFinal(ciphertext);
            });
        } catch (GeneralSecurityException | ProviderException e) {
            // The second where there is less than a tag.
            return null;
        }
    }
}
