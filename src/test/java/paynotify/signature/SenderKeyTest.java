package paynotify.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import paynotify.kit.Shop;
import paynotify.sender.Accounts;
import paynotify.sender.Sender;

class SenderKeyTest {
    private static final String V3 = "api-v3-key = " + Shop.V3_KEY;

    private static SenderKey only(Sender sender) {
        assertEquals(1, sender.keys().size());
        return sender.keys().get(0);
    }

    @Test
    void certificate_expiresAndIsCalledAsConfigured() {
        SenderKey key = only(Accounts.wechat(
                "mch-id = 1",
                V3,
                "public-key.00" + Shop.PLATFORM_SERIAL + " = $vectors/keys/wechat_platform_cert.pem"));
        assertEquals("00" + Shop.PLATFORM_SERIAL, key.id());
        assertEquals(true, key.expires().isAfter(Instant.EPOCH));
        assertNull(key.skew());
    }

    @Test
    void publicKey_neverExpires() {
        assertNull(only(Accounts.wechat(
                        "mch-id = 1",
                        V3,
                        "public-key." + Shop.PUBLIC_KEY_ID + " = $vectors/keys/wechat_pubkey_mode_public.pem"))
                .expires());
    }

    @Test
    void skew_isThatOfTheNewestMessage() {
        SenderKey key = only(Accounts.wechat(
                "mch-id = 1",
                V3,
                "public-key." + Shop.PUBLIC_KEY_ID + " = $vectors/keys/wechat_pubkey_mode_public.pem"));
        Instant now = Instant.ofEpochSecond(1_700_000_000);
        key.signed(now, Duration.ofSeconds(3));
        // A row of last week, read once more.
        key.signed(now.minusSeconds(600_000), Duration.ofSeconds(200));
        assertEquals(Duration.ofSeconds(3), key.skew());
        key.signed(now.plusSeconds(1), Duration.ofSeconds(-9));
        assertEquals(Duration.ofSeconds(-9), key.skew());
    }
}
