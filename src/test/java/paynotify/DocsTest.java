package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static paynotify.Docs.CHINESE;
import static paynotify.Docs.ENGLISH;
import static paynotify.Docs.ROOT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.AskedKeys;
import paynotify.config.ConfigException;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;
import paynotify.sender.Outcome;
import paynotify.sender.Senders;

/** The pages of the docs, in English and in Chinese, say what the code does. */
class DocsTest {
    private static final String DATABASE = "db.url = jdbc:postgresql://127.0.0.1/shop\ndb.user = u\ndb.password = p\n";
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:IT|Test))\\b(?:#(\\w+))?");
    private static final Pattern TEMPLATE_KEY = Pattern.compile("#?([a-z][\\w.-]*)\\s*=.*");

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
        for (Docs.Row row : Docs.rows(ROOT.resolve(docs).resolve("configuration.md"))) {
            if (row.isBelow("key", "键")) {
                Set<String> section = keys.computeIfAbsent(row.channel(), channel -> new TreeSet<>());
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
        for (Docs.Row row : Docs.rows(ROOT.resolve(docs).resolve("outcomes.md"))) {
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

    /** A test that a page names as a witness must be there, or the page promises what nobody checks. */
    @Test
    void tests_thatPagesName_exist() throws IOException {
        Map<String, Path> tests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("src/test/java"))) {
            files.forEach(file -> tests.put(file.getFileName().toString(), file));
        }
        int named = 0;
        for (Path page : Docs.pages()) {
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

    /** Whoever copies an example of an account has one that starts, but for the files that he must bring himself. */
    @Test
    void examples_ofAccounts_areTakenByTheCode(@TempDir Path folder) throws IOException {
        int accounts = 0;
        for (String example : Docs.examples(ROOT.resolve(ENGLISH).resolve("senders.md"))) {
            Path file = Files.writeString(folder.resolve("notify.properties"), DATABASE + example);
            List<String> faults = new ArrayList<>();
            try {
                Settings.read(ConfigFile.read(file, new Environment(property -> null, variable -> null)));
            } catch (ConfigException e) {
                faults.addAll(e.faults());
            }
            faults.removeIf(fault -> fault.endsWith("found no such file"));
            assertEquals(List.of(), faults, example);
            accounts++;
        }
        assertTrue(accounts >= Senders.channels().size() - 1, "examples: " + accounts);
    }
}
