package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;

class AdminSettingsTest {
    @TempDir
    Path folder;

    private AdminSettings read(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("notify.properties"), text);
        Config config = ConfigFile.read(file, new Environment(name -> null, name -> null));
        if (config.has("password")) {
            config.secret("password");
        }
        AdminSettings settings = AdminSettings.read(config);
        config.done();
        return settings;
    }

    @Test
    void page_isOffUnlessSwitchedOn() throws Exception {
        assertFalse(read("").on());
        assertFalse(read("admin = off").on());
        assertTrue(read("admin = on").on());
        assertThrows(ConfigException.class, () -> read("admin = true"));
    }

    @Test
    void formSecret_isSharedWhereThereAreSecrets() throws Exception {
        assertEquals(
                read("password = p").formSecret().reveal(),
                read("password = p\nadmin = on").formSecret().reveal());
        assertNotEquals(read("").formSecret().reveal(), read("").formSecret().reveal());
        assertNotEquals("p", read("password = p").formSecret().reveal());
    }
}
