package paynotify.sender;

import org.jspecify.annotations.Nullable;

/**
 * Whose a message says it is.
 *
 * @param mchId the merchant number; null where the message leaves it out
 * @param appId the app or the like
 * @param subMchId in service-provider mode, the merchant for whom the provider sells
 * @param namesApp false for a form of message that has no place for an app: then none is asked for
 */
record Parties(
        @Nullable String mchId,
        @Nullable String appId,
        @Nullable String subMchId,
        boolean namesApp) {
    static Parties of(@Nullable String mchId, @Nullable String appId, @Nullable String subMchId) {
        return new Parties(mchId, appId, subMchId, true);
    }

    static Parties withoutApp(@Nullable String mchId, @Nullable String subMchId) {
        return new Parties(mchId, null, subMchId, false);
    }
}
