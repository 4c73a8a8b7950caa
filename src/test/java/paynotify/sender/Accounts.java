package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;
import paynotify.config.Reloadable;
import paynotify.signature.ApiKey;
import paynotify.signature.KeyList;

/** Senders and keys for tests, from lines of configuration as a shop writes them. */
public final class Accounts {
    private Accounts() {}

    /** The WeChat account that these lines (without {@code account.NAME.}) configure; paths are those of the vectors. */
    public static Sender wechat(String... lines) {
        return of("wechat", lines);
    }

    /** The same of any channel. */
    static Sender of(String channel, String... lines) {
        try {
            Config config = config(lines);
            Sender sender = Senders.of(channel, config);
            config.done();
            return sender;
        } catch (ConfigException e) {
            throw new AssertionError(e.faults().toString(), e);
        }
    }

    public static Reloadable<List<ApiKey>> apiKey(String key) {
        return config("key = " + key).live("key", ApiKey.EXPECTED, KeyList.of(ApiKey::read));
    }

    /** A callback that arrives at noon of 2025-06-01 in Beijing. */
    static Callback callback(String body, String... headers) {
        Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.length; i += 2) {
            byName.put(headers[i], headers[i + 1]);
        }
        Instant receivedAt = Instant.parse("2025-06-01T04:00:00Z");
        return new Callback("x", body.getBytes(UTF_8), false, byName::get, "127.0.0.1", receivedAt, 0, 0);
    }

    static void assertNothing(Outcome outcome, Finding finding) {
        NothingToBook nothing = assertInstanceOf(NothingToBook.class, finding);
        assertEquals(outcome, nothing.outcome(), nothing.detail());
    }

    /** What strangers may cause as often as they like, so that it is limited: where one key signs for many merchants. */
    static void assertByStranger(Outcome outcome, Finding finding) {
        assertNothing(outcome, finding);
        NothingToBook nothing = (NothingToBook) finding;
        assertFalse(nothing.verified());
        assertFalse(nothing.alarming());
    }

    /** What only the sender can have caused, and somebody should look at. */
    static void assertAlarming(Outcome outcome, Finding finding) {
        assertNothing(outcome, finding);
        NothingToBook nothing = (NothingToBook) finding;
        assertTrue(nothing.verified());
        assertTrue(nothing.alarming());
    }

    static Config config(String... lines) {
        try {
            Path vectors = Path.of("src/test/resources/vectors").toAbsolutePath();
            Path file = Files.createTempFile("notify", ".properties");
            try {
                Files.writeString(file, String.join("\n", lines).replace("$vectors", vectors.toString()));
                return ConfigFile.read(file, new Environment(name -> null, name -> null));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new AssertionError(e.faults().toString(), e);
        }
    }
}
