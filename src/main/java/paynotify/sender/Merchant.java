package paynotify.sender;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;

/**
 * Whose callbacks an account takes.
 *
 * @param mchId the merchant number at the sender
 * @param appIdsKey what apps, or the like, are called in the configuration
 * @param appIds the apps that may have placed the order; empty for any
 */
record Merchant(String mchId, String appIdsKey, Set<String> appIds) {
    private static final String ID = "1 to 32 letters, digits, - or _";
    private static final String ID_PATTERN = "[A-Za-z0-9_-]{1,32}";

    static Merchant read(Config account, String appIdsKey) {
        return new Merchant(readMchId(account), appIdsKey, Set.copyOf(account.list(appIdsKey, ID, ID_PATTERN)));
    }

    /** Of a sender whose callbacks name no app. */
    static Merchant readWithoutApps(Config account) {
        return new Merchant(readMchId(account), "app-id", Set.of());
    }

    private static String readMchId(Config account) {
        return account.text("mch-id", ID, ID_PATTERN);
    }

    /** @throws Refused as WRONG_MERCHANT, also where apps are configured and the callback names none */
    void check(String foundMchId, @Nullable String foundAppId) throws Refused {
        checkMchId(foundMchId);
        checkAppId(foundAppId);
    }

    private void checkMchId(String foundMchId) throws Refused {
        if (!foundMchId.equals(mchId)) {
            throw wrong("expected mch_id '" + mchId + "', found " + Text.quoted(foundMchId));
        }
    }

    private void checkAppId(@Nullable String foundAppId) throws Refused {
        if (!appIds.isEmpty() && (foundAppId == null || !appIds.contains(foundAppId))) {
            throw wrong("expected one of the account's " + appIdsKey + ", found " + Text.quoted(foundAppId));
        }
    }

    /** For a callback that need not say whose it is: what it doesn't say is not compared. */
    void checkWhereGiven(@Nullable String foundMchId, @Nullable String foundAppId) throws Refused {
        checkMchId(foundMchId == null ? mchId : foundMchId);
        if (foundAppId != null) {
            checkAppId(foundAppId);
        }
    }

    private static Refused wrong(String detail) {
        return new Refused(Outcome.WRONG_MERCHANT, detail);
    }
}
