package paynotify.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import paynotify.signature.HmacSha256;

class FormTokenTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-28T12:00:00Z"), ZoneOffset.UTC);

    private static FormToken token(String key, Clock clock) {
        return new FormToken(HmacSha256.key(key.getBytes(UTF_8)), clock);
    }

    @Test
    void token_isOfItsUserOnly_andOfAllTomcatsWithThatKey() {
        String given = token("key", NOON).of("li");
        assertEquals(43, given.length());
        assertTrue(token("key", NOON).isOf("li", given));
        assertFalse(token("key", NOON).isOf("wang", given));
        assertFalse(token("other", NOON).isOf("li", given));
        assertFalse(token("key", NOON).isOf("li", ""));
        assertFalse(token("key", NOON).isOf("li", given + "a"));
    }

    @Test
    void token_isGoodUntilTheNextDaysEnd() {
        String given = token("key", NOON).of("li");
        assertTrue(token("key", Clock.offset(NOON, Duration.ofHours(35))).isOf("li", given));
        assertFalse(token("key", Clock.offset(NOON, Duration.ofHours(36))).isOf("li", given));
        assertFalse(token("key", Clock.offset(NOON, Duration.ofHours(-13))).isOf("li", given));
        assertNotEquals(
                given, token("key", Clock.offset(NOON, Duration.ofHours(12))).of("li"));
    }

    /** A fault of ours, and no token that everybody could make. */
    @Test
    void token_noKey_isOurOwnFault() {
        FormToken none = new FormToken(mock(SecretKey.class), NOON);
        assertThrows(IllegalStateException.class, () -> none.of("li"));
    }
}
