package paynotify.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import paynotify.signature.HmacSha256;
import paynotify.store.Store;

/**
 * What all pages are made of.
 *
 * @param accounts as they are configured, sorted by name
 * @param keys as they are now, for they follow their files
 */
public record Desk(Store store, AdminSettings settings, List<Account> accounts, Supplier<List<Key>> keys, Clock clock) {

    public Desk {
        accounts = List.copyOf(accounts);
    }

    /** An account and its merchant number. */
    public record Account(String name, String mchId) {}

    /**
     * A public key or certificate of a sender's.
     *
     * @param name the configuration's key
     * @param expires null for a key that doesn't
     */
    public record Key(String name, @Nullable Instant expires) {}

    List<String> mchIds() {
        return accounts.stream().map(Account::mchId).distinct().toList();
    }

    FormToken formToken() {
        byte[] key = settings.formSecret().reveal().getBytes(UTF_8);
        return new FormToken(HmacSha256.key(key), clock);
    }
}
