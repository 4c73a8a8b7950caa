package paynotify.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;

import java.util.HexFormat;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;

class HmacSha256Test {
    /** RFC 4231, section 4.3. */
    @Test
    void of_knownExample_isThatOfTheStandardInOnePartOrSeveral() {
        SecretKey key = HmacSha256.key("Jefe".getBytes(UTF_8));
        String expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assertEquals(
                expected, HexFormat.of().formatHex(HmacSha256.of(key, "what do ya want for nothing?".getBytes(UTF_8))));
        assertEquals(
                expected,
                HexFormat.of()
                        .formatHex(HmacSha256.of(
                                key, "what do ya want".getBytes(UTF_8), " for nothing?".getBytes(UTF_8))));
    }

    /** A fault of ours, and no digest that everybody could make. */
    @Test
    void of_noKey_isOurOwnFault() {
        SecretKey none = mock(SecretKey.class);
        assertThrows(IllegalStateException.class, () -> HmacSha256.of(none, new byte[1]));
    }
}
