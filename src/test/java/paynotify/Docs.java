package paynotify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** README.md and the pages of src/docs, taken apart. */
final class Docs {
    static final Path ROOT = Path.of("").toAbsolutePath();
    static final Path README = ROOT.resolve("README.md");
    static final String ENGLISH = "src/docs";
    static final String CHINESE = "src/docs/zh";

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    private Docs() {}

    /** One row of a table, with the heading above it and the first cells of the table's head. */
    record Row(String heading, List<String> head, List<String> cells) {
        boolean isBelow(String firstCell, String inChinese) {
            return head.get(0).equals(firstCell) || head.get(0).equals(inChinese);
        }

        List<String> words() {
            return codeIn(cells.get(0)).toList();
        }

        /** The channel that the heading names, or "". */
        String channel() {
            return codeIn(heading).findFirst().orElse("");
        }
    }

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(README));
        for (String folder : List.of(ENGLISH, CHINESE)) {
            for (String name : names(ROOT.resolve(folder))) {
                pages.add(ROOT.resolve(folder).resolve(name));
            }
        }
        return pages;
    }

    static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".md"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    static Set<String> links(Path page) throws IOException {
        return LINK.matcher(withoutBlocks(page))
                .results()
                .map(found -> found.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** As GitHub makes them: lower case, blanks become hyphens, and other signs than letters and digits go. */
    static Set<String> anchors(Path page) throws IOException {
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

    static List<Row> rows(Path page) throws IOException {
        List<Row> rows = new ArrayList<>();
        String heading = "";
        List<String> head = List.of();
        for (String line : withoutBlocks(page).lines().toList()) {
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

    /** The blocks of SQL and of properties, without remarks and blank lines. */
    static List<String> examples(Path page) throws IOException {
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

    private static Stream<String> codeIn(String text) {
        return CODE.matcher(text).results().map(found -> found.group(1));
    }
}
