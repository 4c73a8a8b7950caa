package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static paynotify.Docs.CHINESE;
import static paynotify.Docs.ENGLISH;
import static paynotify.Docs.README;
import static paynotify.Docs.ROOT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The pages of the docs are there in both languages, short enough, and lead to places that exist. */
class DocsPagesTest {
    private static final Set<String> ENGLISH_ONLY = Set.of("developing.md", "speed.md");
    private static final int README_LINES_MAX = 250;
    private static final int README_COLUMNS_MAX = 120;
    private static final int DOCS_COLUMNS_MAX = 200;

    @Test
    void pages_inEnglish_haveOneInChinese() throws IOException {
        Set<String> english = Docs.names(ROOT.resolve(ENGLISH));
        assertTrue(english.containsAll(ENGLISH_ONLY), english::toString);
        english.removeAll(ENGLISH_ONLY);
        english.add("README.md");
        assertEquals(english, Docs.names(ROOT.resolve(CHINESE)));
    }

    @Test
    void indexes_leadToEachPage() throws IOException {
        assertIndex(README, ROOT.resolve(ENGLISH));
        assertIndex(ROOT.resolve(CHINESE).resolve("README.md"), ROOT.resolve(CHINESE));
    }

    private static void assertIndex(Path index, Path folder) throws IOException {
        Set<Path> linked = new HashSet<>();
        for (String target : Docs.links(index)) {
            linked.add(index.resolveSibling(target.replaceFirst("#.*", "")).normalize());
        }
        for (String name : Docs.names(folder)) {
            Path page = folder.resolve(name);
            assertTrue(page.equals(index) || linked.contains(page), index + " has no link to " + name);
        }
    }

    @Test
    void links_toOurFiles_leadToAFileAndAHeading() throws IOException {
        for (Path page : Docs.pages()) {
            for (String link : Docs.links(page)) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty()
                        ? page
                        : page.resolveSibling(parts[0]).normalize();
                assertTrue(Files.exists(target), page + ": " + link);
                assertTrue(parts.length == 1 || Docs.anchors(target).contains(parts[1]), page + ": " + link);
            }
        }
    }

    @Test
    void readme_isShortAndNamesBothCommandsAndTheChinesePages() throws IOException {
        List<String> lines = Files.readAllLines(README);
        assertTrue(lines.size() <= README_LINES_MAX, "lines: " + lines.size());
        assertLinesFit(README, README_COLUMNS_MAX);
        assertTrue(String.join("\n", lines.subList(0, 5)).contains("(" + CHINESE + "/README.md)"), lines.get(2));
        for (Path page : List.of(README, ROOT.resolve(CHINESE).resolve("README.md"))) {
            String text = Files.readString(page);
            assertTrue(text.contains("mvn -Prun") && text.contains("mvn verify"), page::toString);
        }
    }

    @Test
    void pages_haveNoLongLines() throws IOException {
        for (Path page : Docs.pages()) {
            assertLinesFit(page, DOCS_COLUMNS_MAX);
        }
    }

    /** SQL and configuration are copied by hand from a page: those in Chinese must be those in English, remarks apart. */
    @Test
    void examples_inChinese_areThoseInEnglish() throws IOException {
        Set<String> english = new HashSet<>(Docs.examples(README));
        for (String name : Docs.names(ROOT.resolve(ENGLISH))) {
            english.addAll(Docs.examples(ROOT.resolve(ENGLISH).resolve(name)));
        }
        List<String> chinese = new ArrayList<>();
        for (String name : Docs.names(ROOT.resolve(CHINESE))) {
            chinese.addAll(Docs.examples(ROOT.resolve(CHINESE).resolve(name)));
        }
        for (String example : chinese) {
            assertTrue(english.contains(example), "only in Chinese: " + example);
        }
        assertEquals(english, new HashSet<>(chinese), "examples in English and in Chinese");
    }

    private static void assertLinesFit(Path page, int columns) throws IOException {
        int number = 0;
        for (String line : Files.readAllLines(page)) {
            number++;
            int wide = line.codePoints().map(DocsPagesTest::columns).sum();
            assertTrue(wide <= columns, page + ", line " + number + ": " + wide + " columns");
        }
    }

    /** Two for what East Asian fonts draw twice as wide, else one. */
    private static int columns(int character) {
        boolean wide = Character.UnicodeScript.of(character) == Character.UnicodeScript.HAN
                || (character >= 0x3000 && character < 0x3100)
                || (character >= 0xFF00 && character < 0xFF61);
        return wide ? 2 : 1;
    }
}
