package paynotify.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;

class MetricsSettingsTest {
    @TempDir
    private Path folder;

    private MetricsSettings read(String text) throws ConfigException, IOException {
        Path file = Files.writeString(folder.resolve("notify.properties"), text);
        Config config = ConfigFile.read(file, new Environment(name -> null, name -> null));
        MetricsSettings settings = MetricsSettings.read(config);
        config.done();
        return settings;
    }

    private List<String> faults(String text) throws IOException {
        try {
            read(text);
            return List.of();
        } catch (ConfigException e) {
            return e.faults();
        }
    }

    @Test
    void read_nothing_isOffAndForLoopback() throws Exception {
        MetricsSettings settings = read("");
        assertFalse(settings.on());
        assertTrue(settings.allows("127.0.0.1"));
        assertTrue(settings.allows("0:0:0:0:0:0:0:1"));
        assertFalse(settings.allows("127.0.0.2"));
        assertFalse(settings.allows("10.1.2.3"));
    }

    @Test
    void read_ranges_areThoseAndNoOthers() throws Exception {
        MetricsSettings settings = read("metrics = on\nmetrics.allow = 10.1.0.0/16, fd00::/8\n");
        assertTrue(settings.on());
        assertTrue(settings.allows("10.1.2.3"));
        assertTrue(settings.allows("fd00:0:0:0:0:0:0:9"));
        assertFalse(settings.allows("127.0.0.1"));
    }

    @Test
    void read_badValues_areFaults() throws Exception {
        String expected = "metrics.allow: expected 1 to 100 ranges of addresses like 10.1.0.0/16 or fd00::/8, found ";
        assertEquals(List.of("metrics: expected off or on, found 'yes'"), faults("metrics = yes\n"));
        assertEquals(List.of(expected + "'localhost'"), faults("metrics.allow = localhost\n"));
        assertEquals(List.of(expected + "'10.0.0.0/33'"), faults("metrics.allow = ::1,10.0.0.0/33\n"));
        assertEquals(List.of(expected + "''"), faults("metrics.allow =\n"));
        assertEquals(List.of(expected + "101"), faults("metrics.allow = " + "::1,".repeat(100) + "::1\n"));
    }
}
