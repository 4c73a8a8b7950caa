package paynotify.signature;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import paynotify.config.InvalidValue;
import paynotify.config.Reloadable;

/**
 * One key that sender and shop share, or two while the sender changes it: the newer first, a comma or a line end between
 * them (contract, section 3, "Secrets").
 */
public final class KeyList {
    private static final int KEYS_MAX = 2;

    /** What begins or ends like a file's path. */
    private static final Pattern PATH = Pattern.compile(
            "(?:/|\\./|\\.\\./|~/|[A-Za-z]:).*|.*\\.(?:key|pem|txt|cer|crt|der|p12|pfx)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private KeyList() {}

    /** Reads one or two of what this one reads. A path in the place of a secret is no secret: anybody could guess it. */
    public static <K> Reloadable.Reader<List<K>> of(Reloadable.Reader<K> one) {
        return text -> {
            String[] parts = text.split(",|[ \\t]*\\R\\s*", -1);
            if (parts.length > KEYS_MAX) {
                throw new InvalidValue("at most " + KEYS_MAX + " keys", String.valueOf(parts.length));
            }
            List<K> keys = new ArrayList<>();
            for (String part : parts) {
                keys.add(one.read(checked(part.strip())));
            }
            return List.copyOf(keys);
        };
    }

    private static String checked(String key) throws InvalidValue {
        if (PATH.matcher(key).matches()) {
            throw new InvalidValue(
                    "a secret, or ${file:path} for one that is kept in a file", "what looks like a path");
        }
        return key;
    }
}
