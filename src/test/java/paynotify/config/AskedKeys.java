package paynotify.config;

import java.io.Serial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Records the keys that a reader of a {@link Config} asks for, whether they are there or not. */
public final class AskedKeys {
    private AskedKeys() {}

    /** Reads a configuration. */
    @FunctionalInterface
    public interface Reader {
        void read(Config config) throws ConfigException;
    }

    /** What the reader asks for when these values are there; faults in the values don't matter. */
    public static Set<String> of(Map<String, String> values, Path folder, Reader reader) {
        Recorder recorder = new Recorder(values);
        try {
            reader.read(new Config(
                    folder.resolve("notify.properties"),
                    recorder,
                    new ArrayList<>(),
                    new Environment(property -> null, variable -> null)));
        } catch (ConfigException e) {
            // Most values are no good ones. A fault stops no reading, so all the same everything was asked for.
        }
        return recorder.asked;
    }

    private static final class Recorder extends LinkedHashMap<String, String> {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Set<String> asked = new TreeSet<>();

        Recorder(Map<String, String> values) {
            super(values);
        }

        @Override
        public boolean containsKey(Object key) {
            asked.add((String) key);
            return super.containsKey(key);
        }

        @Override
        public String get(Object key) {
            asked.add((String) key);
            return super.get(key);
        }

        @Override
        public String remove(Object key) {
            asked.add((String) key);
            return super.remove(key);
        }
    }
}
