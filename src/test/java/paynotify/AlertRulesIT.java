package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.kit.Program;

/** The alert rules by Prometheus' own promtool: they are understood, and each fires when it must and not before. */
class AlertRulesIT {
    private static final String RULES = "prometheus-alerts.yml";
    private static final int PROMTOOL_SECONDS = 120;

    @TempDir
    Path folder;

    @Test
    void rules_fireWhenTheyMust() throws Exception {
        Path promtool = Program.PROMTOOL.required();
        Path rules = Files.copy(Path.of("tomcat-conf", RULES), folder.resolve(RULES));
        Path tests =
                Files.copy(Path.of("src/test/resources/monitoring/alerts-test.yml"), folder.resolve("alerts-test.yml"));
        run(promtool, "check", "rules", rules);
        run(promtool, "test", "rules", tests);

        // None is without a test.
        Map<String, Long> tested = Files.readString(tests)
                .lines()
                .filter(line -> line.contains("alertname: "))
                .map(line -> line.substring(line.indexOf(": ") + 2))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        List<String> named = Files.readString(rules)
                .lines()
                .filter(line -> line.contains("- alert: "))
                .map(line -> line.substring(line.indexOf(": ") + 2))
                .toList();
        assertEquals(named.size(), tested.size(), tested::toString);
        assertTrue(tested.keySet().containsAll(named), tested::toString);
    }

    private void run(Path promtool, String command, String what, Path file) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(promtool.toString(), command, what, file.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(PROMTOOL_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertTrue(ended, said);
        assertEquals(0, process.exitValue(), said);
    }
}
