package paynotify.sender;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;
import paynotify.config.Live;

/** Senders and keys for tests, from lines of configuration as a shop writes them. */
final class Accounts {
    private Accounts() {}

    /** The WeChat account that these lines (without {@code account.NAME.}) configure; paths are those of the vectors. */
    static Sender wechat(String... lines) {
        try {
            Config config = config(lines);
            Sender sender = Senders.of("wechat", config);
            config.done();
            return sender;
        } catch (ConfigException e) {
            throw new AssertionError(e.faults().toString(), e);
        }
    }

    static Live<ApiKey> apiKey(String key) {
        return config("key = " + key).live("key", ApiKey.EXPECTED, ApiKey::read);
    }

    static Config config(String... lines) {
        try {
            Path vectors = Path.of("src/test/resources/vectors").toAbsolutePath();
            Path file = Files.createTempFile("notify", ".properties");
            try {
                Files.writeString(file, String.join("\n", lines).replace("$vectors", vectors.toString()));
                return ConfigFile.read(file, new Environment(name -> null, name -> null));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new AssertionError(e.faults().toString(), e);
        }
    }
}
