package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import paynotify.sender.Outcome;

/** The texts of the page: in both languages, all of them used, and none that is asked for missing. */
class TextsTest {
    private static final Path SOURCES = Path.of("src/main/java/paynotify/admin");
    private static final Path MESSAGES = Path.of("src/main/resources/paynotify/admin");
    private static final Pattern LITERAL = Pattern.compile("\"([a-z]+(?:\\.[A-Za-z_0-9]*)+)\"");
    /** What the code puts a word behind. */
    private static final Set<String> PREFIXES = Set.of(
            "nav.",
            "span.",
            "outcome.",
            "event.",
            "source.",
            "status.",
            "group.",
            "expiry.",
            "case.payment.",
            "case.refund.",
            "case.payment.do.",
            "case.refund.do.",
            "act.",
            "did.",
            "moment.",
            "bill.",
            "kind.",
            "column.",
            "row.");

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Test
    void keys_areTheSameInBothLanguages() {
        assertEquals(new TreeSet<>(Texts.ENGLISH.keys()), new TreeSet<>(Texts.CHINESE.keys()));
        for (String key : Texts.ENGLISH.keys()) {
            assertFalse(Texts.ENGLISH.of(key).isBlank(), key);
            assertFalse(Texts.CHINESE.of(key).isBlank(), key);
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        Texts.ENGLISH.of(key).contains("{" + i + "}"),
                        Texts.CHINESE.of(key).contains("{" + i + "}"),
                        key);
            }
        }
    }

    @Test
    void keys_standOnceInEachFile() throws IOException {
        for (String name : List.of("messages_en.properties", "messages_zh.properties")) {
            Set<String> keys = new TreeSet<>();
            for (String line : Files.readAllLines(MESSAGES.resolve(name))) {
                assertTrue(line.isEmpty() || keys.add(line.replaceFirst(" = .*", "")), name + ": " + line);
            }
        }
    }

    /** What the code asks for is there, and what is there the code asks for. */
    @Test
    void keys_areThoseThatTheCodeNames() throws IOException {
        Set<String> named = new TreeSet<>();
        Matcher literal = LITERAL.matcher(sources());
        while (literal.find()) {
            named.add(literal.group(1));
        }
        Set<String> unknown = new TreeSet<>(named);
        unknown.removeAll(Texts.ENGLISH.keys());
        unknown.removeAll(PREFIXES);
        unknown.removeIf(word -> word.endsWith(".css") || word.endsWith(".svg"));
        // Two halves: case.payment. and do.
        unknown.removeAll(Set.of("do."));
        assertEquals(Set.of(), unknown, "asked for, and not there");
        for (String key : Texts.ENGLISH.keys()) {
            boolean behindPrefix = PREFIXES.stream()
                    .anyMatch(prefix -> key.startsWith(prefix) && (named.contains(prefix) || prefix.endsWith("do.")));
            assertTrue(named.contains(key) || behindPrefix || key.matches("product|language"), "not asked for: " + key);
        }
    }

    @Test
    void words_ofEveryOutcomeAreThere() {
        for (Outcome outcome : Outcome.values()) {
            if (outcome != Outcome.ERROR) {
                assertTrue(Texts.CHINESE.keys().contains("outcome." + outcome), outcome.name());
            }
            if (outcome.needsAttention()) {
                for (String kind : List.of("case.payment.", "case.refund.")) {
                    assertTrue(Texts.CHINESE.keys().contains(kind + outcome), outcome.name());
                    assertTrue(Texts.CHINESE.keys().contains(kind + "do." + outcome), outcome.name());
                }
            }
        }
        assertEquals("LATER_WORD", Texts.CHINESE.word("outcome.", "LATER_WORD"));
        assertEquals("", Texts.CHINESE.word("outcome.", null));
    }

    @Test
    void language_isTheFirstThatWeHave() {
        assertSame(Texts.CHINESE, Texts.of(List.of(Locale.GERMAN, Locale.forLanguageTag("zh-Hant-TW"), Locale.US)));
        assertSame(Texts.ENGLISH, Texts.of(List.of(Locale.UK, Locale.CHINA)));
        assertSame(Texts.ENGLISH, Texts.of(List.of(Locale.JAPAN)));
        assertSame(Texts.ENGLISH, Texts.CHINESE.other());
        assertSame(Texts.CHINESE, Texts.ENGLISH.other());
        assertNull(Texts.named("fr"));
        assertNull(Texts.named(null));
        assertEquals("zh", Texts.CHINESE.language());
    }

    @Test
    void text_thatIsMissing_isABug() {
        assertThrows(IllegalStateException.class, () -> Texts.ENGLISH.of("no.such"));
        assertEquals("4,990 fen", Texts.ENGLISH.of("amount.fen", "4,990"));
    }
}
