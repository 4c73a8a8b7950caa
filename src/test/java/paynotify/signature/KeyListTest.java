package paynotify.signature;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.InvalidValue;
import paynotify.config.Reloadable;

/** Contract, section 3, "Secrets". */
class KeyListTest {
    private static final String NEW = "8934e7d15453e97507ef794cf7b0519d";
    private static final String OLD = "192006250b4c09247ec02edce69f6a2d";
    private static final Reloadable.Reader<List<ApiKey>> API_KEYS = KeyList.of(ApiKey::read);
    private static final Reloadable.Reader<List<SharedKey>> SHARED_KEYS =
            KeyList.of(key -> SharedKey.read(key, "&key="));

    private static String refused(Reloadable.Reader<?> reader, String text) {
        return assertThrows(InvalidValue.class, () -> reader.read(text)).getMessage();
    }

    /** Each of 32 characters, so that nothing but its look tells it from an API key. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/notify/wechat-production-01",
                "./conf/notify/wechat-production1",
                "../conf/notify/wechat-production",
                "~/notify/wechat/production-key-1",
                "C:/notify/wechat/production-key1",
                "c:\\notify\\wechat\\production-key1",
                "wechat-merchant-1900000109-1.key",
                "wechat-merchant-1900000109-1.pem",
                "wechat-merchant-1900000109-1.txt",
                "wechat-merchant-1900000109-1.cer",
                "wechat-merchant-1900000109-1.crt",
                "wechat-merchant-1900000109-1.der",
                "wechat-merchant-1900000109-1.p12",
                "wechat-merchant-1900000109-1.pfx",
                "WECHAT-MERCHANT-1900000109-1.KEY",
            })
    void read_whatLooksLikeAPath_isRefusedAndNotShown(String path) throws InvalidValue {
        assertEquals(32, path.length());
        String expected =
                "expected a secret, or ${file:path} for one that is kept in a file, found what looks like a path";
        for (Reloadable.Reader<?> reader : List.of(API_KEYS, KeyList.of(ApiKey::readV3), SHARED_KEYS)) {
            assertEquals(expected, refused(reader, path));
            assertEquals(expected, refused(reader, NEW + "," + path));
            assertEquals(expected, refused(reader, path + "\n" + NEW));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8934e7d15453e97507ef794c/f7b0519",
                "8934e7d15453e97507ef794cf7b0.key9",
                "89:4e7d15453e97507ef794cf7b0519d",
                ".934e7d15453e97507ef794cf7b0519d",
                "~934e7d15453e97507ef794cf7b0519d",
                "pem4e7d15453e97507ef794cf7b05pem",
            })
    void read_secretsThatOnlyHoldSuchCharacters_areTaken(String secret) throws InvalidValue {
        assertEquals(1, SHARED_KEYS.read(secret).size());
    }

    @Test
    void read_sharedSecret_hasEightCharactersAtLeast() throws InvalidValue {
        assertEquals(1, SHARED_KEYS.read("12345678").size());
        assertEquals(1, SHARED_KEYS.read("x".repeat(1024)).size());
        String expected =
                "expected 8 to 1024 characters, none of them a control character (a comma parts two keys), found ";
        assertEquals(expected + "others, fewer or more", refused(SHARED_KEYS, "1234567"));
        assertEquals(expected + "others, fewer or more", refused(SHARED_KEYS, "x".repeat(1025)));
        assertEquals(expected + "others, fewer or more", refused(SHARED_KEYS, "12345678,1234567"));
        assertEquals(expected + "none", refused(SHARED_KEYS, "12345678,"));
        assertEquals(expected + "none", refused(SHARED_KEYS, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {",", " , ", "\n", "\r\n", " \r\n", "\n  \n", "\t\n"})
    void read_twoKeys_areInTheirOrder(String between) throws InvalidValue {
        List<ApiKey> keys = API_KEYS.read(NEW + between + OLD);
        assertEquals(2, keys.size());
        assertEquals("&key=" + NEW, new String(keys.get(0).signTail(), US_ASCII));
        assertEquals("&key=" + OLD, new String(keys.get(1).signTail(), US_ASCII));
    }

    @Test
    void read_threeKeysOrABadOne_isRefusedAndNotShown() {
        String third = "0123456789abcdef0123456789abcdef";
        String message = refused(API_KEYS, NEW + "," + OLD + "\n" + third);
        assertEquals("expected at most 2 keys, found 3", message);
        assertEquals(
                "expected 32 printable characters of ASCII, found 31", refused(API_KEYS, NEW + "," + OLD.substring(1)));
        assertFalse(refused(SHARED_KEYS, NEW + ",short").contains("short"));
    }
}
