package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Answer;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;

/** Key files that change under the running application. */
@ExtendWith(NoSecretInLogs.class)
class KeyFilesIT {
    private static final Duration TAKEN_UP_WITHIN = Duration.ofSeconds(60);

    @Test
    void keyFiles_changed_areTakenUpAndBrokenOnesLeftAlone() {
        try (Shop shop = Shop.open(TomcatVersion.TOMCAT_11, Postgres.shared().newDatabase())) {
            Tomcat tomcat = shop.tomcat();
            String newKey = tomcat.secret("ABCDEF0123456789abcdef0123456789");
            assertEquals(401, v2(shop, newKey).status());
            // While the key is changed, both are taken; then only the new one.
            tomcat.file("conf/limited.key", newKey + "\n" + Shop.LIMITED_KEY + "\n");
            Wait.until(TAKEN_UP_WITHIN, () -> v2(shop, newKey).status() == 200, tomcat::log);
            assertEquals(200, v2(shop, Shop.LIMITED_KEY).status());
            tomcat.file("conf/limited.key", newKey + "\n");
            Wait.until(TAKEN_UP_WITHIN, () -> v2(shop, Shop.LIMITED_KEY).status() == 401, tomcat::log);
            assertEquals(200, v2(shop, newKey).status());
            tomcat.file("conf/limited.key", "broken");

            // The certificate's file gets the other key pair's public key.
            String otherPrivate = Shop.key("wechat_pubkey_mode_private.pem");
            assertEquals(401, v3(shop, otherPrivate).status());
            der(tomcat, "conf/platform_cert.pem", Shop.key("wechat_pubkey_mode_public.pem"));
            Wait.until(TAKEN_UP_WITHIN, () -> v3(shop, otherPrivate).status() == 200, tomcat::log);
            tomcat.file("conf/platform_cert.pem", "broken");
            tomcat.awaitLog(
                    "public-key." + Shop.PLATFORM_SERIAL
                            + ": expected an RSA public key or certificate in PEM or DER, or a public key in hex or base64, found none of them; the old value stays in use",
                    TAKEN_UP_WITHIN);
            assertEquals(200, v3(shop, otherPrivate).status());
            assertEquals(200, v2(shop, newKey).status());
        }
    }

    private static Answer v2(Shop shop, String key) {
        String order = shop.order(Shop.LIMITED_MCH_ID, 101);
        byte[] body = WechatV2Callback.payment(Shop.LIMITED_MCH_ID, order, 101).body(key);
        return Http.post(shop.pay("md5only"), body);
    }

    /** As WeChat Pay signs when it has begun to use a key that nobody configured yet. */
    @Test
    void unknownSerial_isAWarningOnce() {
        String serial = "4B1D0F6A3C5E7F908172635445362718293A4B5C";
        Tomcat tomcat = Shop.shared(TomcatVersion.TOMCAT_11).tomcat();
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    401,
                    v3(Shop.shared(TomcatVersion.TOMCAT_11), serial, Shop.key("wechat_platform_private.pem"))
                            .status());
        }
        List<String> lines =
                tomcat.log().lines().filter(line -> line.contains(serial)).toList();
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(
                lines.get(0).contains(" WARNING ")
                        && lines.get(0).contains("account.both.public-key: a callback names the key '" + serial + "'"),
                lines.get(0));
    }

    private static void der(Tomcat tomcat, String path, String pem) {
        try {
            Files.write(
                    tomcat.base().resolve(path),
                    Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer v3(Shop shop, String privateKey) {
        return v3(shop, Shop.PLATFORM_SERIAL, privateKey);
    }

    private static Answer v3(Shop shop, String serial, String privateKey) {
        String order = shop.order(Shop.MCH_ID, 101);
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification(
                        "TRANSACTION.SUCCESS", WechatV3Callback.transaction(Shop.MCH_ID, order, 101), Shop.V3_KEY),
                Instant.now().getEpochSecond(),
                serial,
                privateKey);
        String[] headers = callback.headers().entrySet().stream()
                .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                .toArray(String[]::new);
        return Http.post(shop.pay("both"), callback.body(), headers);
    }
}
