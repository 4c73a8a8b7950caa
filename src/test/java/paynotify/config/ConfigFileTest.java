package paynotify.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
    private final Map<String, String> properties = new HashMap<>(Map.of("catalina.base", "/base"));
    private final Map<String, String> variables = new HashMap<>();
    private final Environment environment = new Environment(properties::get, variables::get);

    @Test
    void locate_placeAfterPlace_firstThatIsNamedWins() throws ConfigException {
        assertEquals(Path.of("/base/conf/notify.properties"), ConfigFile.locate(null, environment));
        variables.put("NOTIFY_CONFIG", "/variable");
        assertEquals(Path.of("/variable"), ConfigFile.locate(null, environment));
        properties.put("notify.config", "/property");
        assertEquals(Path.of("/property"), ConfigFile.locate(null, environment));
        assertEquals(Path.of("/parameter"), ConfigFile.locate(" /parameter ", environment));
        assertEquals(Path.of("/base/relative"), ConfigFile.locate("relative", environment));
        assertEquals(Path.of("/property"), ConfigFile.locate(" ", environment));
    }

    @Test
    void locate_noPath_isAFault() {
        assertThrows(ConfigException.class, () -> ConfigFile.locate("a\u0000b", environment));
    }

    @Test
    void toString_secret_isHidden() {
        assertEquals("(secret)", new Secret("pw").toString());
    }

    @Test
    void ofProcess_readsTheProcess() {
        assertEquals(
                System.getProperty("java.home"),
                Environment.ofProcess().property().apply("java.home"));
        assertEquals(System.getenv("PATH"), Environment.ofProcess().variable().apply("PATH"));
    }
}
