package paynotify.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.kit.Wait;

class ReloadableTest {
    private static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");

    @TempDir
    Path folder;

    private final Logger logger = Logger.getLogger(Reloadable.class.getName());
    private final List<String> logged = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            logged.add(record.getLevel() + " " + record.getMessage());
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };
    private Path file;
    private Reloadable<String> live;

    /** Takes what begins with "good", and is concerned about "good old". */
    private static final class GoodReader implements Reloadable.Reader<String> {
        @Override
        public String read(String text) throws InvalidValue {
            if (!text.startsWith("good")) {
                throw new InvalidValue("something good", "something else");
            }
            return text;
        }

        @Override
        public String concern(String value, Instant now) {
            return value.equals("good old") ? "it grows old" : null;
        }
    }

    @BeforeEach
    void open() throws Exception {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        file = Files.writeString(folder.resolve("key"), "good one\n");
        Files.writeString(folder.resolve("notify.properties"), "a.key = ${file:key}\na.pem = key\na.plain = good\n");
        Config config = ConfigFile.read(
                        folder.resolve("notify.properties"), new Environment(name -> null, name -> null))
                .part("a.");
        live = config.live("key", "something good", new GoodReader());
        assertEquals("good one", config.liveFile("pem", new GoodReader()).get());
        assertEquals(
                "good", config.live("plain", "something good", new GoodReader()).get());
        assertEquals(3, config.watched().size());
        config.done();
    }

    @AfterEach
    void close() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }

    @Test
    void refresh_fileChanged_isTakenUp() throws IOException {
        Files.writeString(file, " good two ");
        live.refresh(NOW);
        live.refresh(NOW);
        assertEquals("good two", live.get());
        assertEquals(List.of("INFO a.key: its file has changed, the new value is in use"), logged);
    }

    @Test
    void refresh_fileBrokenOrGone_keepsTheOldAndSaysSoOnce() throws IOException {
        Files.writeString(file, "bad");
        live.refresh(NOW);
        live.refresh(NOW);
        Files.delete(file);
        live.refresh(NOW);
        live.refresh(NOW);
        assertEquals("good one", live.get());
        assertEquals(2, logged.size(), logged.toString());
        assertEquals(
                "SEVERE a.key: expected something good, found something else; the old value stays in use",
                logged.get(0));
        assertTrue(logged.get(1).startsWith("SEVERE a.key: expected a readable file in UTF-8, found "), logged.get(1));
        Files.writeString(file, "good one");
        live.refresh(NOW);
        assertEquals("INFO a.key: its file is again as it was; the value in use is the file's", logged.get(2));
        Files.writeString(file, "good three");
        live.refresh(NOW);
        assertEquals("good three", live.get());
    }

    @Test
    void refresh_concern_isToldAtOnceAndOnceADay() throws IOException {
        Files.writeString(file, "good old");
        for (int hour = 0; hour <= 48; hour++) {
            live.refresh(NOW.plus(Duration.ofHours(hour)));
        }
        assertEquals(
                3, logged.stream().filter("WARNING a.key: it grows old"::equals).count(), logged.toString());
    }

    @Test
    void watch_fileChanged_isTakenUpByItself() throws IOException {
        Files.writeString(file, "good two");
        try (KeyFileWatcher watch = new KeyFileWatcher(List.of(live), Clock.systemUTC())) {
            Wait.until(Duration.ofSeconds(30), () -> live.get().equals("good two"), () -> live.get());
        }
    }

    @Test
    void watch_oneValueFails_looksAtTheOthers() throws Exception {
        Reloadable<String> failing = new Reloadable<>("failing", null, "good", new Reloadable.Reader<>() {
            @Override
            public String read(String text) {
                return text;
            }

            @Override
            public String concern(String value, Instant now) {
                throw new IllegalStateException("a bug");
            }
        });
        Files.writeString(file, "good two");
        KeyFileWatcher watch = new KeyFileWatcher(List.of(failing, live), Clock.systemUTC());
        Wait.until(Duration.ofSeconds(30), () -> live.get().equals("good two"), () -> live.get());
        Thread.currentThread().interrupt();
        watch.close();
        assertTrue(Thread.interrupted());
    }
}
