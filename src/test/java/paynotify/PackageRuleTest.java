package paynotify;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package rule of paynotify/package-info.java, over the imports as they stand in the sources. */
class PackageRuleTest {
    private static final Path MAIN = Path.of("src/main/java/paynotify");

    /** What each package must not import. */
    private static final Map<String, List<String>> FORBIDDEN = Map.of(
            "config", List.of("paynotify.", "jakarta.", "java.sql.", "javax.sql."),
            "sender",
                    List.of(
                            "paynotify.store.",
                            "paynotify.inquiry.",
                            "jakarta.",
                            "java.sql.",
                            "javax.sql.",
                            "org.slf4j."),
            "store", List.of("paynotify.inquiry.", "jakarta."),
            "inquiry", List.of("jakarta.", "java.sql.", "javax.sql."));

    @Test
    void imports_ofEachPackage_goOneWay() throws IOException {
        int read = 0;
        for (Map.Entry<String, List<String>> rule : FORBIDDEN.entrySet()) {
            try (Stream<Path> files = Files.list(MAIN.resolve(rule.getKey()))) {
                for (Path file : files.toList()) {
                    read++;
                    for (String line : Files.readAllLines(file)) {
                        String imported = line.replaceFirst("^import (static )?", "");
                        boolean wrong = line.startsWith("import ")
                                && rule.getValue().stream().anyMatch(imported::startsWith);
                        assertTrue(!wrong, file + ": " + line);
                    }
                }
            }
        }
        assertTrue(read > 20, "files read: " + read);
    }
}
