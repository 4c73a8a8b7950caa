package paynotify.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.store.EventRules;

/** Who is told of events, and how (contract, section 11). Immutable. */
public final class EventSettings {
    private static final Duration DELAY_MAX = Duration.ofDays(30);
    private static final String RETRY_WHERE_LEFT_OUT = "5s,1m,5m,30m,2h,5h,10h,14h,20h,24h";
    private static final int KEEP_DAYS_MAX = 36_500;
    private static final int KEEP_DAYS_WHERE_LEFT_OUT = 30;
    /** PostgreSQL takes 63 bytes. What is not in small letters needs quotes after LISTEN. */
    private static final String CHANNEL = "[A-Za-z0-9_.:-]{1,63}";

    private final Map<String, WebhookSettings> webhooks;
    private final List<Duration> retry;
    private final int keepDays;
    private final @Nullable String channel;
    private final List<String> warnings;

    private EventSettings(
            Map<String, WebhookSettings> webhooks,
            List<Duration> retry,
            int keepDays,
            @Nullable String channel,
            List<String> warnings) {
        this.webhooks = Map.copyOf(webhooks);
        this.retry = List.copyOf(retry);
        this.keepDays = keepDays;
        this.channel = channel;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Takes the keys {@code webhook.*}, {@code event.*} and {@code account.NAME.webhook.*}.
     *
     * @param config the whole configuration
     * @param accounts the names of the accounts
     */
    public static EventSettings read(Config config, Set<String> accounts) {
        List<String> warnings = new ArrayList<>();
        WebhookSettings common = WebhookSettings.read(config.part("webhook."), warnings);
        Map<String, WebhookSettings> webhooks = new HashMap<>();
        for (String account : accounts) {
            WebhookSettings own = WebhookSettings.read(config.part("account." + account + ".webhook."), warnings);
            WebhookSettings webhook = own == null ? common : own;
            if (webhook != null) {
                webhooks.put(account, webhook);
            }
        }
        String channel = config.has("event.channel")
                ? config.text("event.channel", "a name of 1 to 63 letters, digits, _ . : or -", CHANNEL)
                : null;
        return new EventSettings(
                webhooks,
                config.delays("webhook.retry", DELAY_MAX, RETRY_WHERE_LEFT_OUT),
                config.number("event.keep-days", 1, KEEP_DAYS_MAX, KEEP_DAYS_WHERE_LEFT_OUT),
                channel,
                warnings);
    }

    /** By account. */
    Map<String, WebhookSettings> webhooks() {
        return webhooks;
    }

    /** After what time a delivery that failed is tried again, for each try. */
    List<Duration> retry() {
        return retry;
    }

    int keepDays() {
        return keepDays;
    }

    /** What is allowed and still should be seen to, a line each; no secrets. */
    public List<String> warnings() {
        return warnings;
    }

    /** Of which accounts events are written. */
    public EventRules rules() {
        return new EventRules(webhooks.keySet(), channel);
    }

    /** Whether nobody is told of anything. */
    public boolean off() {
        return webhooks.isEmpty() && channel == null;
    }
}
