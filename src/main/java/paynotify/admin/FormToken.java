package paynotify.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import javax.crypto.SecretKey;
import paynotify.signature.HmacSha256;

/**
 * Tells a form that we have given to this user from one that somebody else has made him send. There is no session: the token is
 * an HMAC over the user's name and the day, by a key that all Tomcats of one configuration have. Thread-safe.
 */
final class FormToken {
    private final SecretKey key;
    private final Clock clock;

    FormToken(SecretKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /** For a form that is shown now: good today and tomorrow (UTC). */
    String of(String user) {
        return token(user, today());
    }

    boolean isOf(String user, String token) {
        byte[] given = token.getBytes(UTF_8);
        return MessageDigest.isEqual(given, token(user, today()).getBytes(UTF_8))
                || MessageDigest.isEqual(
                        given, token(user, today().minusDays(1)).getBytes(UTF_8));
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private String token(String user, LocalDate day) {
        byte[] sum = HmacSha256.of(key, ("notify-admin\n" + day + "\n" + user).getBytes(UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
    }
}
