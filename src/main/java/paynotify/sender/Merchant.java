package paynotify.sender;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.message.Text;

/**
 * Whose callbacks an account takes.
 *
 * @param mchId the merchant number at the sender
 * @param appIdsKey what apps, or the like, are called in the configuration
 * @param appIds the apps that may have placed the order; empty for any
 * @param subMchIds in service-provider mode, the merchants for whom the provider may sell; empty for any
 * @param hasOwnKey whether the sender signs with a key of this merchant's own; if not, any other merchant of the sender's
 *     can cause a rightly signed message
 */
record Merchant(String mchId, String appIdsKey, Set<String> appIds, Set<String> subMchIds, boolean hasOwnKey) {
    private static final String ID = "1 to 32 letters, digits, - or _";
    private static final String ID_PATTERN = "[A-Za-z0-9_-]{1,32}";

    /**
     * @param appIdsKey null for a sender whose callbacks name no app
     * @param namesSubMerchants whether the sender's callbacks name them
     */
    static Merchant read(Config account, @Nullable String appIdsKey, boolean namesSubMerchants, boolean hasOwnKey) {
        return new Merchant(
                account.text("mch-id", ID, ID_PATTERN),
                appIdsKey == null ? "app-id" : appIdsKey,
                appIdsKey == null ? Set.of() : inOrder(account.list(appIdsKey, ID, ID_PATTERN)),
                namesSubMerchants ? Set.copyOf(account.list("sub-mch-id", ID, ID_PATTERN)) : Set.of(),
                hasOwnKey);
    }

    /** The first one is sent where we ask (contract, section 7). */
    private static Set<String> inOrder(List<String> ids) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(ids));
    }

    /** @throws WrongMerchant also where apps or sub merchants are configured and the message names none */
    void check(Parties found) throws WrongMerchant {
        String foundMchId = found.mchId();
        if (foundMchId == null || !foundMchId.equals(mchId)) {
            throw new WrongMerchant("expected mch_id '" + mchId + "', found " + Text.quoted(foundMchId));
        }
        if (found.namesApp()) {
            check(appIdsKey, appIds, found.appId());
        }
        check("sub-mch-id", subMchIds, found.subMchId());
    }

    /** For a message that need not say whose it is: what it doesn't say is not compared. */
    void checkWhereGiven(Parties found) throws WrongMerchant {
        String subMchId = found.subMchId();
        check(new Parties(
                found.mchId() == null ? mchId : found.mchId(),
                found.appId(),
                subMchId == null && !subMchIds.isEmpty() ? subMchIds.iterator().next() : subMchId,
                found.namesApp() && found.appId() != null));
    }

    /** The same for a line of a bill, which may leave the app out. */
    boolean takes(@Nullable String appId, @Nullable String subMchId) {
        return (appId == null || appIds.isEmpty() || appIds.contains(appId))
                && (subMchIds.isEmpty() || (subMchId != null && subMchIds.contains(subMchId)));
    }

    private static void check(String key, Set<String> expected, @Nullable String found) throws WrongMerchant {
        if (!expected.isEmpty() && (found == null || !expected.contains(found))) {
            throw new WrongMerchant("expected one of the account's " + key + ", found " + Text.quoted(found));
        }
    }
}
