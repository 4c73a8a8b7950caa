package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.AskedKeys;
import paynotify.sender.Outcome;
import paynotify.sender.Senders;

/** README.md and src/docs, in English and Chinese, say what the code does, and lead to places that exist. */
class DocsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Path README = ROOT.resolve("README.md");
    private static final String ENGLISH = "src/docs";
    private static final String CHINESE = "src/docs/zh";
    private static final Set<String> ENGLISH_ONLY = Set.of("developing.md", "speed.md");
    private static final int README_LINES_MAX = 250;
    private static final int README_COLUMNS_MAX = 120;
    private static final int DOCS_COLUMNS_MAX = 200;

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:IT|Test))(?:#(\\w+))?");
    private static final Pattern TEMPLATE_KEY = Pattern.compile("#?([a-z][\\w.-]*)\\s*=.*");

    /** One row of a table, with the heading above it and the first cells of the table's head. */
    private record Row(String heading, List<String> head, List<String> cells) {
        boolean isBelow(String firstCell, String inChinese) {
            return head.get(0).equals(firstCell) || head.get(0).equals(inChinese);
        }

        List<String> words() {
            return CODE.matcher(cells.get(0))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        }
    }

    /** An account that is called NAME, with a key that is called ID: as the tables have them. */
    @ParameterizedTest
    @ValueSource(strings = {ENGLISH, CHINESE})
    void configuration_tablesOfKeys_areTheKeysThatTheCodeReads(String docs) throws IOException {
        Map<String, Set<String>> documented = documentedKeys(docs);
        Set<String> channels = new TreeSet<>(documented.keySet());
        assertTrue(channels.remove(""), "no table of the keys that all share");
        assertEquals(new TreeSet<>(Senders.channels()), channels, "channels that have a section");
        for (String channel : channels) {
            Set<String> expected = new TreeSet<>(documented.get(""));
            expected.addAll(documented.get(channel));
            assertSameKeys(expected, asked(channel, expected), docs + " and the code, channel " + channel);
        }
    }

    @Test
    void configuration_templateOfKeys_hasAllThatAreDocumented() throws IOException {
        Set<String> documented = documentedKeys(ENGLISH).values().stream()
                .flatMap(Set::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> template = new TreeSet<>();
        for (String line : Files.readAllLines(ROOT.resolve("tomcat-conf/notify.properties"))) {
            Matcher key = TEMPLATE_KEY.matcher(line);
            if (key.matches()) {
                template.add(key.group(1)
                        .replaceFirst("^account\\.[\\w-]+\\.", "account.NAME.")
                        .replaceFirst("public-key\\..*", "public-key.ID"));
            }
        }
        assertSameKeys(documented, template, "configuration.md and tomcat-conf/notify.properties");
    }

    private static void assertSameKeys(Set<String> documented, Set<String> found, String where) {
        Set<String> onlyDocumented = new TreeSet<>(documented);
        onlyDocumented.removeAll(found);
        Set<String> onlyFound = new TreeSet<>(found);
        onlyFound.removeAll(documented);
        if (!onlyDocumented.isEmpty() || !onlyFound.isEmpty()) {
            fail(where + ": only the first has " + onlyDocumented + ", only the second " + onlyFound);
        }
    }

    /** By the channel in the heading; under "" those that all channels share. */
    private static Map<String, Set<String>> documentedKeys(String docs) throws IOException {
        Map<String, Set<String>> keys = new TreeMap<>();
        for (Row row : rows(ROOT.resolve(docs).resolve("configuration.md"))) {
            if (row.isBelow("key", "键")) {
                Matcher code = CODE.matcher(row.heading());
                Set<String> section = keys.computeIfAbsent(code.find() ? code.group(1) : "", key -> new TreeSet<>());
                for (String key : row.words()) {
                    assertTrue(section.add(key), key + " stands twice in " + docs);
                }
            }
        }
        return keys;
    }

    /** What the code asks for, whatever else there is: nothing, all keys, no DataSource, each rule of signing. */
    private static Set<String> asked(String channel, Set<String> keys) {
        Map<String, String> least = Map.of("account.NAME.channel", channel);
        Map<String, String> all = new LinkedHashMap<>();
        keys.forEach(key -> all.put(key, "x"));
        all.putAll(least);
        List<Map<String, String>> configurations = new ArrayList<>(List.of(least, all));
        for (String rule : List.of("md5", "hmac-sha256", "rsa-sha1", "rsa-sha256")) {
            Map<String, String> ownPool = new LinkedHashMap<>(all);
            ownPool.remove("db.jndi");
            ownPool.replace("account.NAME.sign.rule", rule);
            configurations.add(ownPool);
        }
        Set<String> asked = new TreeSet<>();
        configurations.forEach(values -> asked.addAll(AskedKeys.of(values, ROOT, Settings::read)));
        return asked;
    }

    @ParameterizedTest
    @ValueSource(strings = {ENGLISH, CHINESE})
    void outcomes_tables_haveEachWordAndItsStatus(String docs) throws IOException {
        Map<String, Integer> expected = new TreeMap<>();
        Arrays.stream(Outcome.values()).forEach(outcome -> expected.put(outcome.name(), outcome.httpStatus()));
        Map<String, Integer> documented = new TreeMap<>();
        for (Row row : rows(ROOT.resolve(docs).resolve("outcomes.md"))) {
            if (row.isBelow("outcome", "结果")) {
                for (String word : row.words()) {
                    assertTrue(expected.containsKey(word), "no such outcome: " + word);
                    if (row.head().get(1).equals("HTTP")) {
                        documented.put(word, Integer.valueOf(row.cells().get(1)));
                    }
                }
            }
        }
        assertEquals(expected, documented, docs);
    }

    @Test
    void pages_inEnglish_haveOneInChinese() throws IOException {
        Set<String> english = names(ROOT.resolve(ENGLISH));
        assertTrue(english.containsAll(ENGLISH_ONLY), english::toString);
        english.removeAll(ENGLISH_ONLY);
        english.add("README.md");
        assertEquals(english, names(ROOT.resolve(CHINESE)));
    }

    @Test
    void indexes_leadToEachPage() throws IOException {
        assertIndex(README, ROOT.resolve(ENGLISH));
        assertIndex(ROOT.resolve(CHINESE).resolve("README.md"), ROOT.resolve(CHINESE));
    }

    private static void assertIndex(Path index, Path folder) throws IOException {
        Set<Path> linked = new HashSet<>();
        for (String target : links(index)) {
            linked.add(index.resolveSibling(target.replaceFirst("#.*", "")).normalize());
        }
        for (String name : names(folder)) {
            Path page = folder.resolve(name);
            assertTrue(page.equals(index) || linked.contains(page), index + " has no link to " + name);
        }
    }

    @Test
    void links_toOurFiles_leadToAFileAndAHeading() throws IOException {
        for (Path page : pages()) {
            for (String link : links(page)) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty()
                        ? page
                        : page.resolveSibling(parts[0]).normalize();
                assertTrue(Files.exists(target), page + ": " + link);
                assertTrue(parts.length == 1 || anchors(target).contains(parts[1]), page + ": " + link);
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
        for (Path page : pages()) {
            assertLinesFit(page, DOCS_COLUMNS_MAX);
        }
    }

    /** A test that a page names as a witness must be there, or the page promises what nobody checks. */
    @Test
    void tests_thatPagesName_exist() throws IOException {
        Map<String, Path> tests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("src/test/java"))) {
            files.forEach(file -> tests.put(file.getFileName().toString(), file));
        }
        int named = 0;
        for (Path page : pages()) {
            Matcher test = TEST.matcher(Files.readString(page));
            while (test.find()) {
                Path file = tests.get(test.group(1) + ".java");
                assertTrue(file != null, page + ": " + test.group());
                String method = test.group(2);
                assertTrue(
                        method == null || Files.readString(file).contains("void " + method),
                        page + ": " + test.group());
                named++;
            }
        }
        assertTrue(named > 20, "tests named: " + named);
    }

    /** SQL and configuration are copied by hand from a page: those in Chinese must be those in English, remarks apart. */
    @Test
    void examples_inChinese_areThoseInEnglish() throws IOException {
        Set<String> english = new HashSet<>(examples(README));
        for (String name : names(ROOT.resolve(ENGLISH))) {
            english.addAll(examples(ROOT.resolve(ENGLISH).resolve(name)));
        }
        List<String> chinese = new ArrayList<>();
        for (String name : names(ROOT.resolve(CHINESE))) {
            chinese.addAll(examples(ROOT.resolve(CHINESE).resolve(name)));
        }
        for (String example : chinese) {
            assertTrue(english.contains(example), "only in Chinese: " + example);
        }
        assertEquals(english, new HashSet<>(chinese), "examples in English and in Chinese");
    }

    /** The blocks of SQL and of properties, without remarks and blank lines. */
    private static List<String> examples(Path page) throws IOException {
        List<String> examples = new ArrayList<>();
        Matcher block =
                Pattern.compile("(?ms)^ *```(?:sql|properties)\n(.*?)^ *```$").matcher(Files.readString(page));
        while (block.find()) {
            examples.add(block.group(1)
                    .lines()
                    .map(line -> line.replaceFirst("(^|\\s)--.*|^\\s*#.*", "").strip())
                    .filter(Predicate.not(String::isEmpty))
                    .collect(Collectors.joining("\n")));
        }
        return examples;
    }

    private static void assertLinesFit(Path page, int columns) throws IOException {
        int number = 0;
        for (String line : Files.readAllLines(page)) {
            number++;
            int wide = line.codePoints().map(DocsTest::columns).sum();
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

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(README));
        for (String folder : List.of(ENGLISH, CHINESE)) {
            for (String name : names(ROOT.resolve(folder))) {
                pages.add(ROOT.resolve(folder).resolve(name));
            }
        }
        return pages;
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".md"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> links(Path page) throws IOException {
        return LINK.matcher(withoutBlocks(page))
                .results()
                .map(found -> found.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** As GitHub makes them: lower case, blanks become hyphens, and other signs than letters and digits go. */
    private static Set<String> anchors(Path page) throws IOException {
        return withoutBlocks(page)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ +", "").toLowerCase(Locale.ROOT))
                .map(line -> line.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String withoutBlocks(Path page) throws IOException {
        return Files.readString(page).replaceAll("(?ms)^ *```.*?^ *```$", "");
    }

    private static List<Row> rows(Path page) throws IOException {
        List<Row> rows = new ArrayList<>();
        String heading = "";
        List<String> head = List.of();
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("#")) {
                heading = line;
            }
            if (!line.startsWith("|")) {
                head = List.of();
            } else if (head.isEmpty()) {
                head = cells(line);
            } else if (!line.matches("[| -]+")) {
                rows.add(new Row(heading, head, cells(line)));
            }
        }
        return rows;
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("(?<!\\\\)\\|"))
                .skip(1)
                .map(String::strip)
                .toList();
    }
}
