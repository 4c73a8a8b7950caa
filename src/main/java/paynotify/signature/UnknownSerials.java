package paynotify.signature;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.message.Text;

/**
 * Tells of keys that callbacks name and nobody configured: when WeChat Pay signs with a new one, all payments of API v3
 * are refused until it is configured, and somebody must hear of that. One line an hour for each of {@value #SERIALS_MAX}
 * serials at most, for strangers can name any (contract, section 3). Thread-safe.
 */
final class UnknownSerials {
    private static final Logger LOG = LoggerFactory.getLogger(UnknownSerials.class);
    private static final int SERIALS_MAX = 10;
    private static final Duration EVERY = Duration.ofHours(1);

    private final String configKey;
    private final Map<String, Instant> told = new HashMap<>();

    /** @param configKey the key of the configuration below which the keys stand */
    UnknownSerials(String configKey) {
        this.configKey = configKey;
    }

    void found(String serial, Instant now) {
        // Cut, so that what is remembered stays small.
        String shown = Text.quoted(serial);
        if (isNew(shown, now)) {
            LOG.warn(
                    "{}: a callback names the key {}, which is not configured, and was refused; if it came from WeChat"
                            + " Pay, add that key (pay.weixin.qq.com, API security), or payments stay unpaid here",
                    configKey,
                    shown);
        }
    }

    private synchronized boolean isNew(String serial, Instant now) {
        // Neither way: the clock may be put back.
        told.values().removeIf(at -> Duration.between(at, now).abs().compareTo(EVERY) >= 0);
        boolean isNew = !told.containsKey(serial) && told.size() < SERIALS_MAX;
        if (isNew) {
            told.put(serial, now);
        }
        return isNew;
    }
}
