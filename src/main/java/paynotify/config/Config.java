package paynotify.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import paynotify.config.Values.Value;

/**
 * The keys and values of the configuration, or of a part of it whose keys have a common prefix. Each reading method
 * takes its key away; a fault is collected and a harmless value returned, so that all faults are found at once, and
 * {@link #done} throws them. Belongs to one thread, at start.
 */
public final class Config {
    private final Map<String, String> left;
    private final List<String> faults;
    private final List<Reloadable<?>> watched;
    private final Set<Path> secretFiles;
    /** All secrets read so far, by their keys. */
    private final Map<String, String> secrets;

    private final Values values;
    private final String prefix;

    /**
     * @param file of which these are the lines
     * @param values the values by their keys; changed by reading them
     */
    Config(Path file, Map<String, String> values, List<String> faults, Environment environment) {
        this.left = values;
        this.faults = faults;
        this.values = new Values(faults, file.resolveSibling(""), environment);
        this.prefix = "";
        this.watched = new ArrayList<>();
        this.secretFiles = new TreeSet<>(Set.of(file));
        this.secrets = new TreeMap<>();
    }

    private Config(Config whole, String prefix) {
        this.left = whole.left;
        this.faults = whole.faults;
        this.watched = whole.watched;
        this.secretFiles = whole.secretFiles;
        this.secrets = whole.secrets;
        this.values = whole.values;
        this.prefix = prefix;
    }

    /** The part whose keys begin so; they are named without it there, and with it in faults. */
    public Config part(String keysBegin) {
        return new Config(this, prefix + keysBegin);
    }

    /** What stands between the prefix and the next dot, of all keys that are left: the accounts' names, say. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (String key : left.keySet()) {
            int dot = key.indexOf('.', prefix.length());
            if (key.startsWith(prefix) && dot > 0) {
                names.add(key.substring(prefix.length(), dot));
            }
        }
        return names;
    }

    /** All keys of this part that are left, without its prefix. */
    public Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        for (String key : left.keySet()) {
            if (key.startsWith(prefix)) {
                keys.add(key.substring(prefix.length()));
            }
        }
        return keys;
    }

    public boolean has(String key) {
        return left.containsKey(prefix + key);
    }

    /** The key's name in full, as it stands in the file. */
    public String name(String key) {
        return prefix + key;
    }

    /** What stands there, without taking the key away or telling its faults; null where nothing can be read. */
    public @Nullable String lookAt(String key) {
        String text = left.get(prefix + key);
        Value value = text == null ? Value.UNREADABLE : values.silent().of(prefix + key, text, ConfigFile::utf8);
        return value.readable() ? value.text() : null;
    }

    /** Takes all keys of this part away, read or not: more about them would only be noise beside a fault. */
    public void skip() {
        left.keySet().removeIf(key -> key.startsWith(prefix));
    }

    public void fault(String key, String expected, String found) {
        values.fault(prefix + key, expected, found);
    }

    /**
     * A text that must be there.
     *
     * @param expected what the pattern says, for people
     * @param pattern what the whole text must match
     */
    public String text(String key, String expected, String pattern) {
        Value value = required(key, expected, ConfigFile::utf8);
        return value.readable() && isFit(key, expected, pattern, value, value.text()) ? value.text() : "";
    }

    /** Texts with commas between them; none where the key is not there. */
    public List<String> list(String key, String expected, String pattern) {
        Value value = value(key, ConfigFile::utf8);
        List<String> items = new ArrayList<>();
        if (value != null && value.readable()) {
            for (String item : value.text().split(",", -1)) {
                if (isFit(key, expected, pattern, value, item.strip())) {
                    items.add(item.strip());
                }
            }
        }
        return items;
    }

    /** The same, of which at least one must be there. */
    public List<String> requiredList(String key, String expected, String pattern) {
        if (!has(key)) {
            fault(key, expected, "no such key");
        }
        return list(key, expected, pattern);
    }

    /** One of these words, or the first of them where the key is not there. */
    public String oneOf(String key, String... words) {
        Value value = value(key, ConfigFile::utf8);
        if (value != null && value.readable()) {
            if (List.of(words).contains(value.text())) {
                return value.text();
            }
            fault(key, String.join(" or ", words), value.shown(value.text()));
        }
        return words[0];
    }

    /** A whole number between these two, both included. */
    public int number(String key, int least, int most, int whereLeftOut) {
        Value value = value(key, ConfigFile::utf8);
        if (value != null && value.readable()) {
            long number = value.text().matches("[0-9]{1,18}") ? Long.parseLong(value.text()) : -1;
            if (number >= least && number <= most) {
                return (int) number;
            }
            fault(key, "a whole number from " + least + " to " + most, value.shown(value.text()));
        }
        return whereLeftOut;
    }

    /**
     * Durations like {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}, each longer than the one before.
     *
     * @param whereLeftOut the same, for a key that is not there
     */
    public List<Duration> durations(String key, Duration most, String whereLeftOut) {
        return durations(key, true, most, whereLeftOut);
    }

    /**
     * Durations like {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}, in any order.
     *
     * @param whereLeftOut the same, for a key that is not there
     */
    public List<Duration> delays(String key, Duration most, String whereLeftOut) {
        return durations(key, false, most, whereLeftOut);
    }

    private List<Duration> durations(String key, boolean ascending, Duration most, String whereLeftOut) {
        Value value = value(key, ConfigFile::utf8);
        String expected = "1 to " + Durations.COUNT_MAX + " durations like 30s, 5m, 2h or 7d with commas between them"
                + (ascending ? ", ascending" : "") + ", of at most " + most.toDays() + "d";
        if (value != null && value.readable()) {
            List<Duration> durations = Durations.read(value.text(), ascending, most);
            if (!durations.isEmpty()) {
                return durations;
            }
            fault(key, expected, value.shown(value.text()));
        }
        return Durations.read(whereLeftOut, ascending, most);
    }

    /** A secret that must be there; it may be empty, for a database that asks for none. */
    public Secret secret(String key) {
        return new Secret(kept(key, required(key, "a value", ConfigFile::utf8)).text());
    }

    /** A secret that must be there; where it is kept in a file, it follows that file. */
    public <T> Reloadable<T> live(String key, String expected, Reloadable.Reader<T> reader) {
        Value value = kept(key, required(key, expected, reader::text));
        if (value.readable() && !value.hidden() && values.isFile(value.text())) {
            // Its name would be the secret, and anybody could guess it.
            fault(key, expected + ", or " + Values.FILE + "path}", "the name of a file");
            return new Reloadable<>(prefix + key, reader);
        }
        return value.readable()
                ? watched(key, value.file(), value.text(), reader, "")
                : new Reloadable<>(prefix + key, reader);
    }

    /** The same as {@link #liveFile} of a key that nobody else may have. */
    public <T> Reloadable<T> liveSecretFile(String key, Reloadable.Reader<T> reader) {
        return liveFile(key, reader, true);
    }

    /** What stands there itself, or the content of the file whose path it is; it follows the file. */
    public <T> Reloadable<T> liveFile(String key, Reloadable.Reader<T> reader) {
        return liveFile(key, reader, false);
    }

    private <T> Reloadable<T> liveFile(String key, Reloadable.Reader<T> reader, boolean secret) {
        Value value = required(key, "a key, or the path of a file with one", reader::text);
        if (value.text().isEmpty()) {
            fault(key, "a key, or the path of a file with one", "nothing");
            return new Reloadable<>(prefix + key, reader);
        }
        boolean isPath = value.readable() && !reader.isValue(value.text());
        // The path is not shown: it may be a secret in the wrong place.
        Value content = isPath
                ? values.content(prefix + key, value.text(), ", by its path from " + values.folder(), reader::text)
                : value;
        if (secret) {
            kept(key, content);
        }
        return content.readable()
                ? watched(
                        key,
                        content.file(),
                        content.text(),
                        reader,
                        content.file() == null ? "" : " in the file " + content.file())
                : new Reloadable<>(prefix + key, reader);
    }

    /** All values read so far that may change. */
    public List<Reloadable<?>> watched() {
        return List.copyOf(watched);
    }

    /** notify.properties, and the files of the secrets read so far. */
    public Set<Path> secretFiles() {
        return Set.copyOf(secretFiles);
    }

    /**
     * What only those know who know all secrets read so far: the same for all Tomcats that have the same configuration, and of no
     * use for finding one of them out. Null if there is no secret.
     */
    public @Nullable Secret commonSecret() {
        if (secrets.values().stream().allMatch(String::isEmpty)) {
            return null;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            secrets.forEach((key, secret) -> {
                digest.update((key + "\0" + secret.length() + "\0").getBytes(UTF_8));
                digest.update(secret.getBytes(UTF_8));
            });
            return new Secret(HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** @param where behind what was found, if it can't be taken */
    private <T> Reloadable<T> watched(
            String key, @Nullable Path file, String text, Reloadable.Reader<T> reader, String where) {
        try {
            Reloadable<T> live = new Reloadable<>(prefix + key, file, text, reader);
            watched.add(live);
            return live;
        } catch (InvalidValue e) {
            fault(key, e.expected(), e.found() + where);
            return new Reloadable<>(prefix + key, reader);
        }
    }

    /** Throws what has been collected, the keys that nobody asked for included. */
    public void done() throws ConfigException {
        for (String key : left.keySet()) {
            faults.add(key + ": expected a known key, found an unknown one");
        }
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
    }

    private boolean isFit(String key, String expected, String pattern, Value value, String text) {
        boolean fit = text.matches(pattern);
        if (!fit) {
            fault(key, expected, value.shown(text));
        }
        return fit;
    }

    private Value required(String key, String expected, ConfigFile.Decoder decoder) {
        Value value = value(key, decoder);
        if (value == null) {
            fault(key, expected, "no such key");
            return Value.UNREADABLE;
        }
        return value;
    }

    /** Takes the key away; null where there is none. */
    private @Nullable Value value(String key, ConfigFile.Decoder decoder) {
        String text = left.remove(prefix + key);
        return text == null ? null : values.of(prefix + key, text, decoder);
    }

    /** A secret, whose file nobody else should read. */
    private Value kept(String key, Value secret) {
        secrets.put(prefix + key, secret.text());
        if (secret.file() != null) {
            secretFiles.add(secret.file());
        }
        return secret;
    }
}
