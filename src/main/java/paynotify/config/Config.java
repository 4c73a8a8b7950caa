package paynotify.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values of the configuration, or of a part of it whose keys have a common prefix. Each reading method
 * takes its key away; a fault is collected and a harmless value returned, so that all faults are found at once, and
 * {@link #done} throws them. Belongs to one thread, at start.
 */
public final class Config {
    private static final String ENV = "${env:";
    private static final String FILE = "${file:";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,7})([smhd])");

    private final Map<String, String> left;
    private final List<String> faults;
    private final List<Reloadable<?>> watched;
    private final Path folder;
    private final Environment environment;
    private final String prefix;

    /** @param values the values by their keys; changed by reading them */
    Config(Map<String, String> values, List<String> faults, Path folder, Environment environment) {
        this(values, faults, new ArrayList<>(), folder, environment, "");
    }

    private Config(
            Map<String, String> left,
            List<String> faults,
            List<Reloadable<?>> watched,
            Path folder,
            Environment environment,
            String prefix) {
        this.left = left;
        this.faults = faults;
        this.watched = watched;
        this.folder = folder;
        this.environment = environment;
        this.prefix = prefix;
    }

    /** The part whose keys begin so; they are named without it there, and with it in faults. */
    public Config part(String keysBegin) {
        return new Config(left, faults, watched, folder, environment, prefix + keysBegin);
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

    /** Takes all keys of this part away, read or not: more about them would only be noise beside a fault. */
    public void skip() {
        left.keySet().removeIf(key -> key.startsWith(prefix));
    }

    public void fault(String key, String expected, String found) {
        faults.add(prefix + key + ": expected " + expected + ", found " + found);
    }

    /**
     * A text that must be there.
     *
     * @param expected what the pattern says, for people
     * @param pattern what the whole text must match
     */
    public String text(String key, String expected, String pattern) {
        Value value = required(key, expected);
        return value.readable() && isFit(key, expected, pattern, value, value.text()) ? value.text() : "";
    }

    /** Texts with commas between them; none where the key is not there. */
    public List<String> list(String key, String expected, String pattern) {
        Value value = value(key);
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
        Value value = value(key);
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
        Value value = value(key);
        if (value != null && value.readable()) {
            int number = value.text().matches("[0-9]{1,9}") ? Integer.parseInt(value.text()) : -1;
            if (number >= least && number <= most) {
                return number;
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
        Value value = value(key);
        String expected = "durations like 30s, 5m, 2h or 7d with commas between them, ascending, of at most "
                + most.toDays() + "d";
        if (value != null && value.readable()) {
            List<Duration> durations = ascending(value.text(), most);
            if (!durations.isEmpty()) {
                return durations;
            }
            fault(key, expected, value.shown(value.text()));
        }
        return ascending(whereLeftOut, most);
    }

    /** Nothing where one of them is none, or not longer than the one before. */
    private static List<Duration> ascending(String text, Duration most) {
        List<Duration> durations = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            Matcher matcher = DURATION.matcher(item.strip());
            if (!matcher.matches()) {
                return List.of();
            }
            Duration duration = Duration.of(
                    Long.parseLong(matcher.group(1)),
                    switch (matcher.group(2)) {
                        case "s" -> ChronoUnit.SECONDS;
                        case "m" -> ChronoUnit.MINUTES;
                        case "h" -> ChronoUnit.HOURS;
                        default -> ChronoUnit.DAYS;
                    });
            Duration before = durations.isEmpty() ? Duration.ZERO : durations.get(durations.size() - 1);
            if (duration.compareTo(before) <= 0 || duration.compareTo(most) > 0) {
                return List.of();
            }
            durations.add(duration);
        }
        return durations;
    }

    /** A secret that must be there; it may be empty, for a database that asks for none. */
    public Secret secret(String key) {
        return new Secret(required(key, "a value").text());
    }

    /** A secret that must be there; where it is kept in a file, it follows that file. */
    public <T> Reloadable<T> live(String key, String expected, Reloadable.Reader<T> reader) {
        Value value = required(key, expected);
        if (value.readable() && !value.hidden() && isFile(value.text())) {
            // Its name would be the secret, and anybody could guess it.
            fault(key, expected + ", or " + FILE + "path}", "the name of a file");
            return new Reloadable<>(prefix + key, reader);
        }
        return value.readable()
                ? watched(key, value.file(), value.text(), reader)
                : new Reloadable<>(prefix + key, reader);
    }

    /** What stands there itself, or the content of the file whose path it is; it follows the file. */
    public <T> Reloadable<T> liveFile(String key, Reloadable.Reader<T> reader) {
        Value value = required(key, "a key, or the path of a file with one");
        if (value.text().isEmpty()) {
            fault(key, "a key, or the path of a file with one", "nothing");
            return new Reloadable<>(prefix + key, reader);
        }
        boolean isPath = value.readable() && !reader.isValue(value.text());
        // The path is not shown: it may be a secret in the wrong place.
        Value content = isPath ? content(key, value.text(), ", by its path from " + folder) : value;
        return content.readable()
                ? watched(key, content.file(), content.text(), reader)
                : new Reloadable<>(prefix + key, reader);
    }

    /** All values read so far that may change. */
    public List<Reloadable<?>> watched() {
        return List.copyOf(watched);
    }

    private <T> Reloadable<T> watched(String key, @Nullable Path file, String text, Reloadable.Reader<T> reader) {
        try {
            Reloadable<T> live = new Reloadable<>(prefix + key, file, text, reader);
            watched.add(live);
            return live;
        } catch (InvalidValue e) {
            fault(key, e.expected(), e.found());
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

    private String shown(String path) {
        try {
            return " at " + folder.resolve(path);
        } catch (InvalidPathException e) {
            return "";
        }
    }

    private boolean isFile(String path) {
        try {
            return Files.isRegularFile(folder.resolve(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private boolean isFit(String key, String expected, String pattern, Value value, String text) {
        boolean fit = text.matches(pattern);
        if (!fit) {
            fault(key, expected, value.shown(text));
        }
        return fit;
    }

    private Value required(String key, String expected) {
        Value value = value(key);
        if (value == null) {
            fault(key, expected, "no such key");
            return Value.UNREADABLE;
        }
        return value;
    }

    /** The value with {@code ${env:…}} and {@code ${file:…}} replaced; null where there is none. */
    private @Nullable Value value(String key) {
        String text = left.remove(prefix + key);
        if (text != null && !text.startsWith("${") && (text.contains(ENV) || text.contains(FILE))) {
            fault(key, ENV + "NAME} or " + FILE + "/path} as the whole value", "it inside of one");
            return Value.UNREADABLE;
        }
        if (text == null || !text.startsWith("${")) {
            return text == null ? null : new Value(text, false, true, null);
        }
        if (text.startsWith(ENV) && text.endsWith("}")) {
            return variable(key, text.substring(ENV.length(), text.length() - 1));
        }
        if (text.startsWith(FILE) && text.endsWith("}")) {
            String path = text.substring(FILE.length(), text.length() - 1);
            return content(key, path, shown(path));
        }
        fault(key, ENV + "NAME} or " + FILE + "/path}", "something else that begins with ${");
        return Value.UNREADABLE;
    }

    private Value variable(String key, String name) {
        String found = environment.variable().apply(name);
        if (found == null) {
            fault(key, "an environment variable " + name, "none");
            return Value.UNREADABLE;
        }
        return new Value(found, true, true, null);
    }

    /** @param where the file is, for people */
    private Value content(String key, String path, String where) {
        String expected = "a readable file in UTF-8" + where;
        try {
            Path file = folder.resolve(path);
            return new Value(ConfigFile.text(file).strip(), true, true, file);
        } catch (NoSuchFileException e) {
            fault(key, expected, "no such file");
        } catch (InvalidPathException e) {
            fault(key, expected, "what can be no path");
        } catch (IOException e) {
            fault(key, expected, e.toString());
        }
        return Value.UNREADABLE;
    }

    /**
     * @param hidden whether it came from outside the file, where secrets are kept: then it is not shown
     * @param readable false if its fault is told already
     * @param file where it came from, if from a file of its own
     */
    private record Value(
            String text,
            boolean hidden,
            boolean readable,
            @Nullable Path file) {
        static final Value UNREADABLE = new Value("-", true, false, null);

        String shown(String part) {
            return hidden ? "something else (not shown)" : "'" + part + "'";
        }
    }
}
