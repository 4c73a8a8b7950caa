package paynotify.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
    @TempDir
    Path folder;

    private Config config(String... lines) throws Exception {
        Path file = Files.writeString(folder.resolve("notify.properties"), String.join("\n", lines));
        return ConfigFile.read(file, new Environment(name -> null, name -> name.equals("ID") ? "1900" : null));
    }

    @Test
    void lookAt_anyKey_takesNothingAwayAndTellsNoFault() throws Exception {
        Config config = config("a.id = ${env:ID}", "a.none = ${env:NONE}", "a.file = ${file:none}", "a.plain = x");
        Config part = config.part("a.");
        assertEquals("1900", part.lookAt("id"));
        assertNull(part.lookAt("none"));
        assertNull(part.lookAt("file"));
        assertNull(part.lookAt("missing"));
        assertEquals("x", part.lookAt("plain"));
        assertEquals("a.id", part.name("id"));
        assertEquals(Set.of("id", "none", "file", "plain"), part.keys());
        part.skip();
        config.done();
    }

    @Test
    void secretFiles_areTheConfigurationAndWhatHoldsSecrets() throws Exception {
        for (String name : List.of("db.password", "shop.key", "public.pem", "private.pem", "id")) {
            Files.writeString(folder.resolve(name), "text-of-" + name);
        }
        Config config = config(
                "password = ${file:db.password}",
                "key = ${file:shop.key}",
                "public = public.pem",
                "private = private.pem",
                "id = ${file:id}");
        config.secret("password");
        config.live("key", "a key", text -> text);
        config.liveFile("public", text -> text);
        config.liveSecretFile("private", text -> text);
        config.text("id", "an id", ".*");
        config.done();
        Path absolute = folder.toAbsolutePath();
        assertEquals(
                Set.of(
                        absolute.resolve("notify.properties"),
                        absolute.resolve("db.password"),
                        absolute.resolve("shop.key"),
                        absolute.resolve("private.pem")),
                config.secretFiles());
    }

    @Test
    void file_ofBytesThatAreNoText_isAFault() throws Exception {
        Files.write(folder.resolve("binary"), new byte[] {(byte) 0xFF, 0, 1});
        Config config = config("public = binary", "key = ${file:binary}");
        config.liveFile("public", text -> text);
        config.live("key", "a key", text -> text);
        List<String> faults = assertThrows(ConfigException.class, config::done).faults();
        assertEquals(2, faults.size(), faults.toString());
        faults.forEach(fault -> assertEquals(true, fault.contains("expected a readable file in UTF-8"), fault));
    }

    @Test
    void commonSecret_isThatOfAllWhoHaveTheSameSecrets() throws Exception {
        String one = common("password = p", "key = k");
        assertEquals(one, common("key = k", "password = p"));
        assertEquals(64, one.length());
        assertNotEquals(one, common("password = p", "key = kk"));
        assertNotEquals(one, common("password = pk", "key ="));
        assertNull(common("password =", "key ="));
    }

    private String common(String... lines) throws Exception {
        Config config = config(lines);
        config.secret("password");
        config.part("").live("key", "a key", text -> text);
        Secret common = config.commonSecret();
        return common == null ? null : common.reveal();
    }
}
