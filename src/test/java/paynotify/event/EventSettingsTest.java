package paynotify.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;
import paynotify.kit.Receiver;

class EventSettingsTest {
    private static final String SECRET = Receiver.newSecret(24);
    private static final String OTHER = Receiver.newSecret(64);

    @TempDir
    private Path folder;

    private EventSettings read(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("notify.properties"), text);
        Config config = ConfigFile.read(file, new Environment(property -> null, variable -> null));
        EventSettings settings = EventSettings.read(config, Set.of("a", "b"));
        config.done();
        return settings;
    }

    private List<String> faults(String text) {
        return assertThrows(ConfigException.class, () -> read(text)).faults();
    }

    @Test
    void leftOut_isOff() throws Exception {
        EventSettings settings = read("");
        assertTrue(settings.off());
        assertEquals(30, settings.keepDays());
        assertEquals(10, settings.retry().size());
        assertEquals(Duration.ofSeconds(5), settings.retry().get(0));
        assertEquals(Duration.ofHours(24), settings.retry().get(9));
        // A secret without a place to send to is checked, and of no use.
        assertTrue(read("webhook.secret = " + SECRET).off());
        assertEquals(1, faults("webhook.secret = short").size());
    }

    @Test
    void common_isForAllAccountsWithoutTheirOwn() throws Exception {
        EventSettings settings = read("webhook.url = https://shop.example.com/hook?token=x\nwebhook.secret = " + SECRET
                + "\naccount.b.webhook.url = http://127.0.0.1:9000/b\naccount.b.webhook.secret = " + SECRET + ","
                + OTHER
                + "\nwebhook.retry = 2s,1s,1s\nevent.keep-days = 7\nevent.channel = payment_event\n");
        assertFalse(settings.off());
        assertEquals(Set.of("a", "b"), settings.webhooks().keySet());
        assertEquals(
                "https://shop.example.com/hook?token=x",
                settings.webhooks().get("a").url().toString());
        assertEquals(1, settings.webhooks().get("a").secrets().size());
        assertEquals(
                "http://127.0.0.1:9000/b", settings.webhooks().get("b").url().toString());
        assertEquals(2, settings.webhooks().get("b").secrets().size());
        assertEquals(
                List.of(2L, 1L, 1L),
                settings.retry().stream().map(Duration::toSeconds).toList());
        assertEquals(7, settings.keepDays());
        assertEquals(List.of(), settings.warnings());
        assertFalse(settings.toString().contains("token"));
    }

    @Test
    void plainHttp_toAnotherMachine_isAWarningWithoutTheAddress() throws Exception {
        assertEquals(
                List.of(
                        "account.a.webhook.url: expected https://, found http:// to another machine: whoever is on the way"
                                + " reads each event"),
                read("account.a.webhook.url = http://shop.example.com/hook\naccount.a.webhook.secret = " + SECRET)
                        .warnings());
        assertEquals(
                List.of(),
                read("webhook.url = HTTP://[::1]:1/\nwebhook.secret = " + SECRET)
                        .warnings());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://shop/hook",
                "/hook",
                "",
                "https://user:pw@shop.example.com/",
                "https://shop.example.com/#x",
                "https://shop.example.com:0/",
                "https://shop.example.com:65536/",
                "https:///hook",
                "https://shop example.com",
                "shop.example.com"
            })
    void badAddress_isAFaultAndNotShown(String url) {
        List<String> faults = faults("webhook.url = " + url + "\nwebhook.secret = " + SECRET);
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("webhook.url: expected https://host/path or"), faults::toString);
        assertFalse(faults.get(0).contains("pw@"), faults::toString);
    }

    @Test
    void badSecret_isAFaultAndNotShown() throws Exception {
        String url = "webhook.url = http://localhost/\nwebhook.secret = ";
        String short23 = "whsec_" + Base64.getEncoder().encodeToString(new byte[23]);
        String long65 = "whsec_" + Base64.getEncoder().encodeToString(new byte[65]);
        Files.writeString(folder.resolve("hook"), SECRET);
        for (String bad : List.of(
                short23,
                long65,
                SECRET.substring(6),
                "whsec_!" + SECRET.substring(7),
                "",
                "hook",
                "hook.pem",
                SECRET + "," + OTHER + "," + SECRET)) {
            List<String> faults = faults(url + bad);
            assertEquals(1, faults.size(), bad + faults);
            assertTrue(faults.get(0).startsWith("webhook.secret: expected "), faults::toString);
            assertFalse(faults.get(0).contains(SECRET.substring(10)), faults::toString);
        }
        assertEquals(1, faults("account.a.webhook.url = http://localhost/").size());
        assertEquals(1, read(url + "${file:hook}").webhooks().get("a").secrets().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "webhook.retry = 0s",
                "webhook.retry = 1s,,2s",
                "webhook.retry =",
                "webhook.retry = 31d",
                "event.keep-days = 0",
                "event.channel = a'b",
                "event.channel =",
                "account.c.webhook.url = http://localhost/"
            })
    void badValue_isAFault(String line) {
        assertEquals(1, faults(line).size());
    }

    @Test
    void tooManyDelays_areAFault() throws Exception {
        assertEquals(1, faults("webhook.retry = " + "1s,".repeat(100) + "1s").size());
        assertEquals(
                100, read("webhook.retry = " + "1s,".repeat(99) + "1s").retry().size());
    }
}
