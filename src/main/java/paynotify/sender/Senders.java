package paynotify.sender;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import paynotify.config.Config;

/** The one place where the channels are named. */
public final class Senders {
    private static final Map<String, Function<Config, Sender>> BY_CHANNEL = new TreeMap<>(Map.of(
            "wechat",
            Wechat::new,
            "ccb",
            Ccb::new,
            "allinpay",
            Allinpay::new,
            "lakala",
            Lakala::new,
            "form",
            Form::new));

    private Senders() {}

    /** The values of {@code account.NAME.channel}. */
    public static Set<String> channels() {
        return BY_CHANNEL.keySet();
    }

    /** Makes the sender of an account from the account's own keys; their faults are collected there. */
    public static Sender of(String channel, Config account) {
        return Objects.requireNonNull(BY_CHANNEL.get(channel), channel).apply(account);
    }
}
