package paynotify.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Of which accounts events are written (contract, section 11): where there is a channel, of all; else of those that have
 * a webhook. Immutable.
 */
public final class EventRules {
    /** Nobody is told of anything: not a statement is spent on it. */
    public static final EventRules NONE = new EventRules(Set.of(), null);

    private final Set<String> webhooks;
    private final @Nullable String channel;

    /**
     * @param webhooks the accounts that have one
     * @param channel on which listeners are woken; null for none
     */
    public EventRules(Set<String> webhooks, @Nullable String channel) {
        this.webhooks = Set.copyOf(webhooks);
        this.channel = channel;
    }

    @Nullable
    String channel() {
        return channel;
    }

    boolean writes(String account) {
        return channel != null || sends(account);
    }

    /** Whether its events are posted, too. */
    boolean sends(String account) {
        return webhooks.contains(account);
    }
}
