package paynotify.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that may come from a file, and then follows the file: a changed one is taken up when two looks ({@link #refresh})
 * one after the other have found the same, for the first may have seen a file that is just being written. A broken one is
 * told once, and the old value stays in use. Thread-safe.
 */
public final class Reloadable<T> {
    /** Makes a value of a text, or says why it can't. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(String text) throws InvalidValue;

        /** What stands in a file: text in UTF-8. */
        default String text(byte[] content) throws CharacterCodingException {
            return ConfigFile.utf8(content);
        }

        /** Whether this text is a value itself, where it could be the path of a file that holds one. */
        default boolean isValue(String text) {
            return false;
        }

        /** What should be seen to soon about a value that is good today, or null. */
        default @Nullable String concern(T value, Instant now) {
            return null;
        }

        /** Whether it is somebody else's key or certificate, which is renewed some day; no secret is. */
        default boolean isRenewed() {
            return false;
        }

        /** When a value that is renewed expires; null for one that doesn't. */
        default @Nullable Instant expires(T value) {
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
    private @Nullable Look lastLook;
    private @Nullable Look settled;
    private @Nullable Instant lastConcern;

    /**
     * What a look at the file has found.
     *
     * @param text null if it can't be read
     * @param problem why it can't be
     */
    private record Look(@Nullable String text, @Nullable String problem) {
        /** Not equals: the one that Java makes would keep the undeployed application in memory (Order.Key). */
        boolean agreesWith(@Nullable Look before) {
            return before != null && Objects.equals(text, before.text) && Objects.equals(problem, before.problem);
        }
    }

    /** @param file where the text came from, or null if it stood in the configuration itself */
    Reloadable(String key, @Nullable Path file, String text, Reader<T> reader) throws InvalidValue {
        this.key = key;
        this.file = file;
        this.reader = reader;
        this.settled = new Look(text, null);
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

    /** The key of the configuration. */
    public String key() {
        return key;
    }

    /** See {@link Reader#isRenewed}. */
    public boolean isRenewed() {
        return reader.isRenewed();
    }

    /** See {@link Reader#expires}. */
    public @Nullable Instant expires() {
        return reader.expires(get());
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
        Look look = look(changing);
        boolean agree = look.agreesWith(lastLook);
        lastLook = look;
        if (look.agreesWith(settled) || !agree) {
            return;
        }
        settled = look;
        if (look.text() == null) {
            LOG.error(
                    "{}: expected a readable file in UTF-8, found {}; the old value stays in use", key, look.problem());
        } else if (look.text().equals(textInUse)) {
            LOG.info("{}: its file is again as it was; the value in use is the file's", key);
        } else {
            takeUp(look.text());
        }
    }

    private Look look(Path changing) {
        try {
            return new Look(ConfigFile.text(changing, reader::text).strip(), null);
        } catch (IOException e) {
            return new Look(null, e.toString());
        }
    }

    private void takeUp(String text) {
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
