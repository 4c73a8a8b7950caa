package paynotify.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the text of a key stands for: itself, an environment variable ({@code ${env:NAME}}) or a file's content
 * ({@code ${file:/path}}). Faults go into the list that it was given. Belongs to one thread, at start.
 */
final class Values {
    static final String ENV = "${env:";
    static final String FILE = "${file:";

    private final List<String> faults;
    private final Path folder;
    private final Environment environment;

    /**
     * @param hidden whether it came from outside the file, where secrets are kept: then it is not shown
     * @param readable false if its fault is told already
     * @param file where it came from, if from a file of its own
     */
    record Value(
            String text,
            boolean hidden,
            boolean readable,
            @Nullable Path file) {
        static final Value UNREADABLE = new Value("-", true, false, null);

        String shown(String part) {
            return hidden ? "something else (not shown)" : "'" + part + "'";
        }
    }

    Values(List<String> faults, Path folder, Environment environment) {
        this.faults = faults;
        this.folder = folder;
        this.environment = environment;
    }

    /** The same, whose faults nobody is told. */
    Values silent() {
        return new Values(new ArrayList<>(), folder, environment);
    }

    Path folder() {
        return folder;
    }

    void fault(String key, String expected, String found) {
        faults.add(key + ": expected " + expected + ", found " + found);
    }

    /**
     * The value.
     *
     * @param key in full, for faults
     * @param decoder how the bytes of a file become text
     */
    Value of(String key, String text, ConfigFile.Decoder decoder) {
        if (!text.startsWith("${") && (text.contains(ENV) || text.contains(FILE))) {
            fault(key, ENV + "NAME} or " + FILE + "/path} as the whole value", "it inside of one");
            return Value.UNREADABLE;
        }
        if (!text.startsWith("${")) {
            return new Value(text, false, true, null);
        }
        if (text.startsWith(ENV) && text.endsWith("}")) {
            return variable(key, text.substring(ENV.length(), text.length() - 1));
        }
        if (text.startsWith(FILE) && text.endsWith("}")) {
            String path = text.substring(FILE.length(), text.length() - 1);
            return content(key, path, shown(path), decoder);
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
    Value content(String key, String path, String where, ConfigFile.Decoder decoder) {
        String expected = "a readable file in UTF-8" + where;
        try {
            Path file = folder.resolve(path);
            return new Value(ConfigFile.text(file, decoder).strip(), true, true, file);
        } catch (NoSuchFileException e) {
            fault(key, expected, "no such file");
        } catch (InvalidPathException e) {
            fault(key, expected, "what can be no path");
        } catch (IOException e) {
            fault(key, expected, e.toString());
        }
        return Value.UNREADABLE;
    }

    private String shown(String path) {
        try {
            return " at " + folder.resolve(path);
        } catch (InvalidPathException e) {
            return "";
        }
    }

    boolean isFile(String path) {
        try {
            return Files.isRegularFile(folder.resolve(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
