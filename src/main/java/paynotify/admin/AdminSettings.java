package paynotify.admin;

import java.security.SecureRandom;
import java.util.HexFormat;
import paynotify.config.Config;
import paynotify.config.Secret;

/**
 * Whether there is an operator's page (contract, section 12).
 *
 * @param formSecret by which a form that we have given is told from others
 */
public record AdminSettings(boolean on, Secret formSecret) {
    private static final int RANDOM_BYTES = 32;

    /** Takes the key {@code admin}; when all secrets have been read. */
    public static AdminSettings read(Config config) {
        Secret common = config.commonSecret();
        return new AdminSettings(config.oneOf("admin", "off", "on").equals("on"), common == null ? random() : common);
    }

    /** Where several Tomcats have no secret in common, each knows its own forms only. */
    private static Secret random() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return new Secret(HexFormat.of().formatHex(random));
    }
}
