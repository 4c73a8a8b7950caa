package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package rule of paynotify/package-info.java, over the imports as they stand in the sources. */
class PackageRuleTest {
    private static final Path MAIN = Path.of("src/main/java/paynotify");

    /**
     * What a package may know.
     *
     * @param ours packages of this software
     * @param outside libraries that it may not use
     */
    private record Rule(Set<String> ours, Set<String> outside) {}

    /** Libraries that are for some packages only. */
    private static final Set<String> WATCHED =
            Set.of("jakarta.", "java.sql.", "javax.sql.", "javax.naming.", "org.slf4j.", "org.postgresql.");

    /** Each package once, and each knows only such as stand before it. */
    private static final Map<String, Rule> RULES = Map.ofEntries(
            Map.entry("message", new Rule(Set.of(), WATCHED)),
            Map.entry("config", new Rule(Set.of(), except("org.slf4j."))),
            Map.entry("signature", new Rule(Set.of("message", "config"), except("org.slf4j."))),
            Map.entry("sender", new Rule(Set.of("message", "signature", "config"), WATCHED)),
            Map.entry("store", new Rule(Set.of("sender", "message", "config"), Set.of("jakarta."))),
            Map.entry("background", new Rule(Set.of("store"), except("org.slf4j."))),
            Map.entry(
                    "inquiry",
                    new Rule(
                            Set.of("background", "store", "sender", "message", "config"),
                            Set.of("jakarta.", "java.sql.", "javax.sql.", "org.postgresql."))),
            Map.entry(
                    "event",
                    new Rule(
                            Set.of("background", "store", "signature", "message", "config"),
                            Set.of("jakarta.", "java.sql.", "javax.sql.", "org.postgresql."))),
            Map.entry(
                    "admin",
                    new Rule(
                            Set.of("store", "sender", "signature", "message", "config"),
                            Set.of("java.sql.", "javax.sql.", "javax.naming.", "org.postgresql."))),
            Map.entry(
                    "metrics",
                    new Rule(
                            Set.of("store", "sender", "signature", "config"),
                            Set.of("java.sql.", "javax.sql.", "javax.naming.", "org.postgresql."))),
            Map.entry(
                    "bill",
                    new Rule(
                            Set.of("background", "store", "sender", "message", "config"),
                            Set.of("jakarta.", "java.sql.", "javax.sql.", "org.postgresql."))));

    private static final Pattern OURS = Pattern.compile("paynotify\\.([a-z]+)\\..*");

    private static Set<String> except(String library) {
        Set<String> others = new TreeSet<>(WATCHED);
        others.remove(library);
        return others;
    }

    @Test
    void packages_haveARuleEach() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            Set<String> found = new TreeSet<>();
            files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> MAIN.relativize(file.getParent()).toString())
                    .filter(name -> !name.isEmpty())
                    .forEach(found::add);
            assertEquals(new TreeSet<>(RULES.keySet()), found);
        }
    }

    @Test
    void imports_ofEachPackage_goOneWay() throws IOException {
        int read = 0;
        for (Map.Entry<String, Rule> rule : RULES.entrySet()) {
            try (Stream<Path> files = Files.list(MAIN.resolve(rule.getKey()))) {
                for (Path file : files.toList()) {
                    read++;
                    assertEquals(List.of(), wrong(rule.getKey(), rule.getValue(), file), file.toString());
                }
            }
        }
        assertTrue(read > 60, "files read: " + read);
    }

    /** A rule that allowed a circle would be none. */
    @Test
    void rules_haveNoCircle() {
        Set<String> below = new TreeSet<>();
        while (below.size() < RULES.size()) {
            Set<String> next = new TreeSet<>(below);
            RULES.forEach((name, rule) -> {
                if (below.containsAll(rule.ours())) {
                    next.add(name);
                }
            });
            assertTrue(next.size() > below.size(), "a circle above " + below);
            below.addAll(next);
        }
    }

    private static List<String> wrong(String own, Rule rule, Path file) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String imported = line.replaceFirst("^import (static )?", "");
            Matcher ours = OURS.matcher(imported);
            boolean known = !imported.startsWith("paynotify.")
                    || (ours.matches()
                            && (ours.group(1).equals(own) || rule.ours().contains(ours.group(1))));
            if (line.startsWith("import ") && (!known || rule.outside().stream().anyMatch(imported::startsWith))) {
                wrong.add(line);
            }
        }
        return wrong;
    }
}
