package paynotify.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Finds {@code notify.properties} and reads its lines. */
public final class ConfigFile {
    /** The context parameter and the system property that name the file. */
    public static final String NAME = "notify.config";
    /** The environment variable that names the file. */
    public static final String VARIABLE = "NOTIFY_CONFIG";
    /** No file that the configuration consists of is larger, in bytes. */
    static final int FILE_BYTES_MAX = 1 << 20;

    private ConfigFile() {}

    /**
     * The file, first hit wins: the context parameter, the system property, the environment variable,
     * {@code ${catalina.base}/conf/notify.properties}. A place that is named is the place: whether there is a file is
     * not looked at here. A relative path starts at {@code ${catalina.base}}, the one folder that an administrator
     * of Tomcat knows.
     */
    public static Path locate(@Nullable String contextParameter, Environment environment) throws ConfigException {
        String base = environment.property().apply("catalina.base");
        Path folder = Path.of(base == null ? "" : base);
        String named = firstGiven(
                contextParameter,
                environment.property().apply(NAME),
                environment.variable().apply(VARIABLE));
        try {
            return folder.resolve(named == null ? "conf/notify.properties" : named);
        } catch (InvalidPathException e) {
            throw fault(NAME + ": expected the path of a file, found " + named);
        }
    }

    /** Reads a file in the form of {@link Properties}, in UTF-8, into the order in which its keys stand there. */
    public static Config read(Path file, Environment environment) throws ConfigException {
        String text;
        try {
            text = text(file, ConfigFile::utf8);
        } catch (CharacterCodingException e) {
            throw fault(NAME + ": expected a file in UTF-8, found other bytes in " + file);
        } catch (NoSuchFileException e) {
            throw fault(NAME + ": expected a readable file, found none at " + file.toAbsolutePath());
        } catch (IOException e) {
            throw fault(NAME + ": expected a readable file, found " + e);
        }
        List<String> faults = new ArrayList<>();
        Map<String, String> values = new LinkedHashMap<>();
        try {
            new Once(values, faults).load(new StringReader(text));
        } catch (IOException | IllegalArgumentException e) {
            throw fault(NAME + ": expected a Java properties file, found " + e.getMessage() + " in " + file);
        }
        return new Config(file.toAbsolutePath(), values, faults, environment);
    }

    /** How the bytes of a file become text. */
    @FunctionalInterface
    interface Decoder {
        String text(byte[] content) throws CharacterCodingException;
    }

    /** A file's text. */
    static String text(Path file, Decoder decoder) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException("expected at most " + FILE_BYTES_MAX + " bytes");
        }
        return decoder.text(Files.readAllBytes(file));
    }

    /** Without a byte order mark, which Windows' editor puts there. */
    static String utf8(byte[] content) throws CharacterCodingException {
        String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static @Nullable String firstGiven(@Nullable String... places) {
        for (String place : places) {
            if (place != null && !place.isBlank()) {
                return place.strip();
            }
        }
        return null;
    }

    private static ConfigException fault(String line) {
        return new ConfigException(List.of(line));
    }

    /** {@link Properties} lets a later line win in silence; here it is a fault. */
    private static final class Once extends Properties {
        private static final long serialVersionUID = 1L;

        private final transient Map<String, String> values;
        private final transient List<String> faults;

        Once(Map<String, String> values, List<String> faults) {
            this.values = values;
            this.faults = faults;
        }

        @Override
        public synchronized @Nullable Object put(Object key, Object value) {
            if (values.putIfAbsent((String) key, ((String) value).strip()) != null) {
                faults.add(key + ": expected one line, found a second");
            }
            return null;
        }
    }
}
