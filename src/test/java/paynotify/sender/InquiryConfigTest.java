package paynotify.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.signature.MerchantKey;

/** The keys of an account that asks (contract, section 7). */
class InquiryConfigTest {
    private static final String API_KEY = "api-key = 0123456789abcdef0123456789abcdef";
    private static final String PUBLIC_KEY =
            "public-key.5157F09EFDC096DE15EBE81A47057A7232F1B8E1 = $vectors/keys/wechat_platform_cert.pem";
    private static final String KEY = "merchant-key = $vectors/keys/merchant_private.pem";
    private static final String SERIAL = "merchant-serial = 3775B6A45ACD588826D15E583A95F5DD5D0C1A01";

    private static List<String> faults(String... lines) {
        Config config = Accounts.config(lines);
        Senders.of("wechat", config);
        return assertThrows(ConfigException.class, config::done).faults();
    }

    private static Inquiry inquiry(String... lines) {
        return Accounts.wechat(lines).inquiry();
    }

    @Test
    void inquiry_leftOutOrOff_isNone() {
        assertNull(inquiry("mch-id = 1", API_KEY));
        assertNull(inquiry("mch-id = 1", API_KEY, "inquiry = off"));
        // Keys of a feature that is off are allowed.
        assertNull(inquiry("mch-id = 1", API_KEY, "inquiry = off", KEY, SERIAL));
        assertNull(inquiry("mch-id = 1", API_KEY, KEY));
    }

    @Test
    void inquiry_keysOfWhatIsOff_areChecked() {
        assertEquals(
                List.of(
                        "merchant-key: expected " + MerchantKey.EXPECTED + ", found a certificate in the file "
                                + Path.of("src/test/resources/vectors/keys/merchant_cert.pem")
                                        .toAbsolutePath(),
                        "merchant-serial: expected the merchant certificate's serial number: 1 to 64 hex digits,"
                                + " found 'xyz'"),
                faults(
                        "mch-id = 1",
                        API_KEY,
                        "merchant-key = $vectors/keys/merchant_cert.pem",
                        "merchant-serial = xyz"));
    }

    @Test
    void inquiry_anotherWord_isAFault() {
        assertEquals(
                List.of("inquiry: expected off or v2 or v3, found 'on'"),
                faults("mch-id = 1", API_KEY, "inquiry = on"));
    }

    @Test
    void inquiry_v2_needsApiKeyAndApp() {
        assertInstanceOf(WechatV2Inquiry.class, inquiry("mch-id = 1", "app-id = wx1", API_KEY, "inquiry = v2"));
        assertEquals(
                List.of("app-id: expected the app to name, as inquiry = v2 needs one, found no such key"),
                faults("mch-id = 1", API_KEY, "inquiry = v2"));
        assertEquals(
                List.of("api-key: expected 32 printable characters of ASCII, found no such key"),
                faults(
                        "mch-id = 1",
                        "app-id = wx1",
                        "inquiry = v2",
                        PUBLIC_KEY,
                        "api-v3-key = 0123456789abcdef0123456789abcdef"));
    }

    @Test
    void inquiry_v3_needsMerchantsKeyAndPublicKeysOnly() {
        assertInstanceOf(WechatV3Inquiry.class, inquiry("mch-id = 1", "inquiry = v3", KEY, SERIAL, PUBLIC_KEY));
        assertInstanceOf(
                WechatV3Inquiry.class, inquiry("mch-id = 1", API_KEY, "inquiry = v3", KEY, SERIAL, PUBLIC_KEY));
        assertEquals(
                List.of(
                        "public-key.ID: expected a public key or platform certificate beside inquiry = v3, found none",
                        "merchant-key: expected a key, or the path of a file with one, found no such key",
                        "merchant-serial: expected the merchant certificate's serial number: 1 to 64 hex digits,"
                                + " found no such key"),
                faults("mch-id = 1", API_KEY, "inquiry = v3"));
    }

    /** As before: public keys alone are half of what API v3's notifications need. */
    @Test
    void publicKeys_withoutInquiryAndApiV3Key_areAFault() {
        assertEquals(
                List.of("api-v3-key: expected 32 printable characters of ASCII, found no such key"),
                faults("mch-id = 1", API_KEY, PUBLIC_KEY));
    }

    @Test
    void mchId_ofEachSender_isTheAccounts() {
        assertEquals("1", Accounts.wechat("mch-id = 1", API_KEY).mchId());
        assertEquals(
                "105",
                Accounts.of("ccb", "mch-id = 105", "public-key = $vectors/keys/ccb_public.pem")
                        .mchId());
    }
}
