package paynotify.config;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that may come from a file, and then follows the file: a changed one is taken up at the next {@link #refresh}, a
 * broken one is told once and the old value stays in use. Thread-safe.
 */
public final class Reloadable<T> {
    /** Makes a value of a text, or says why it can't. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(String text) throws InvalidValue;

        /** Whether this text is a value itself, where it could be the path of a file that holds one. */
        default boolean isValue(String text) {
            return false;
        }

        /** What should be seen to soon about a value that is good today, or null. */
        default @Nullable String concern(T value, Instant now) {
            return null;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Reloadable.class);
    private static final Duration CONCERN_EVERY = Duration.ofDays(1);

    private final String key;
    private final @Nullable Path file;
    private final Reader<T> reader;
    private volatile @Nullable T value;

    private @Nullable String textInUse;
    private @Nullable String lastText;
    private @Nullable Instant lastConcern;

    /** @param file where the text came from, or null if it stood in the configuration itself */
    Reloadable(String key, @Nullable Path file, String text, Reader<T> reader) throws InvalidValue {
        this.key = key;
        this.file = file;
        this.reader = reader;
        this.lastText = text;
        this.textInUse = text;
        this.value = reader.read(text);
    }

    /** Of a key with a fault: nobody will ask for its value. */
    Reloadable(String key, Reader<T> reader) {
        this.key = key;
        this.file = null;
        this.reader = reader;
    }

    public T get() {
        return Objects.requireNonNull(value);
    }

    /** Looks at the file again, and at what should be seen to soon. */
    synchronized void refresh(Instant now) {
        if (file != null) {
            follow(file);
        }
        String concern = reader.concern(get(), now);
        if (concern != null && (lastConcern == null || !now.isBefore(lastConcern.plus(CONCERN_EVERY)))) {
            LOG.warn("{}: {}", key, concern);
            lastConcern = now;
        }
    }

    private void follow(Path changing) {
        String text;
        try {
            text = ConfigFile.text(changing).strip();
        } catch (IOException e) {
            if (lastText != null) {
                LOG.error(
                        "{}: expected a readable file in UTF-8, found {}; the old value stays in use",
                        key,
                        e.toString());
            }
            lastText = null;
            return;
        }
        if (text.equals(lastText)) {
            return;
        }
        lastText = text;
        if (text.equals(textInUse)) {
            LOG.info("{}: its file is again as it was; the value in use is the file's", key);
            return;
        }
        try {
            value = reader.read(text);
            textInUse = text;
            lastConcern = null;
            LOG.info("{}: its file has changed, the new value is in use", key);
        } catch (InvalidValue e) {
            LOG.error("{}: {}; the old value stays in use", key, e.getMessage());
        }
    }
}
