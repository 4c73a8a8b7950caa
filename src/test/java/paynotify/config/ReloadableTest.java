package paynotify.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.kit.CapturedLog;
import paynotify.kit.Wait;

class ReloadableTest {
    private static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");

    @TempDir
    Path folder;

    private final CapturedLog log = CapturedLog.of(Reloadable.class.getName());
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
        log.close();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            live.refresh(NOW);
        }
    }

    @Test
    void refresh_fileChanged_isTakenUpWhenTwoLooksAgree() throws IOException {
        Files.writeString(file, " good two ");
        look(1);
        assertEquals("good one", live.get());
        look(3);
        assertEquals("good two", live.get());
        assertEquals(List.of("INFO a.key: its file has changed, the new value is in use"), log.lines());
    }

    @Test
    void refresh_fileBeingWritten_isTakenOnlyWhole() throws IOException {
        for (String part : List.of("", "good", "good t", "good tw", "good two")) {
            Files.writeString(file, part);
            look(1);
            assertEquals("good one", live.get());
        }
        assertEquals(List.of(), log.lines());
        look(1);
        assertEquals("good two", live.get());
    }

    @Test
    void refresh_fileBackBeforeTheSecondLook_changesNothing() throws IOException {
        Files.writeString(file, "good two");
        look(1);
        Files.writeString(file, "good one");
        look(2);
        Files.writeString(file, "good two");
        look(1);
        Files.delete(file);
        look(1);
        Files.writeString(file, "good one");
        look(2);
        assertEquals("good one", live.get());
        assertEquals(List.of(), log.lines());
    }

    @Test
    void refresh_fileReplacedByRename_isTakenUp() throws IOException {
        for (String text : List.of("good two", "good three")) {
            Path part = Files.writeString(folder.resolve("key.part"), text);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            look(2);
            assertEquals(text, live.get());
        }
        // Kubernetes changes what a link leads to.
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "good four");
        Files.delete(file);
        Files.createSymbolicLink(file, elsewhere);
        look(2);
        assertEquals("good four", live.get());
    }

    @Test
    void refresh_fileBrokenOrGone_keepsTheOldAndSaysSoOnce() throws IOException {
        Files.writeString(file, "bad");
        look(4);
        Files.delete(file);
        look(4);
        assertEquals("good one", live.get());
        assertEquals(2, log.lines().size(), log.lines().toString());
        assertEquals(
                "SEVERE a.key: expected something good, found something else; the old value stays in use",
                log.lines().get(0));
        assertTrue(
                log.lines().get(1).startsWith("SEVERE a.key: expected a readable file in UTF-8, found "),
                log.lines().get(1));
        Files.writeString(file, "good one");
        look(2);
        assertEquals(
                "INFO a.key: its file is again as it was; the value in use is the file's",
                log.lines().get(2));
        Files.writeString(file, "good three");
        look(2);
        assertEquals("good three", live.get());
    }

    @Test
    void refresh_concern_isToldAtOnceAndOnceADay() throws IOException {
        Files.writeString(file, "good old");
        // At hour 1 it is taken up.
        for (int hour = 0; hour <= 49; hour++) {
            live.refresh(NOW.plus(Duration.ofHours(hour)));
        }
        assertEquals(
                3,
                log.lines().stream()
                        .filter("WARNING a.key: it grows old"::equals)
                        .count(),
                log.lines().toString());
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

    /** A secret's reader says no more than what it reads. */
    @Test
    void reader_plain_knowsNoExpiry() throws Exception {
        Reloadable.Reader<String> plain = text -> text;
        assertEquals(null, plain.expires("a"));
        assertEquals(null, plain.concern("a", Instant.MAX));
        assertEquals(false, plain.isValue("a"));
        assertEquals(false, plain.isRenewed());
        assertEquals("中", plain.text("中".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
