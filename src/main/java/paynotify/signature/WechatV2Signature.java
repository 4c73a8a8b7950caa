package paynotify.signature;

import java.util.HexFormat;
import java.util.List;
import paynotify.config.Reloadable;
import paynotify.message.Fields;

/**
 * The signature of WeChat Pay API v2: MD5 or HMAC-SHA256 over all fields that are not empty, known or not, sorted by
 * name, {@code name=value} joined by {@code &}, then {@code &key=} and the API key; in hex of either case (protocol.md,
 * section 1.2). Thread-safe.
 */
public final class WechatV2Signature implements JoinedPairs.Rule {
    /** Which signatures an account accepts. */
    public enum SignType {
        ANY,
        MD5,
        HMAC_SHA256;

        boolean accepts(SignType found) {
            return this == ANY || this == found;
        }
    }

    private static final List<String> SIGN = List.of("sign");
    private static final int MD5_HEX_LENGTH = 32;
    private static final int HMAC_SHA256_HEX_LENGTH = 64;

    private final Reloadable<List<ApiKey>> apiKeys;
    private final SignType accepted;

    public WechatV2Signature(Reloadable<List<ApiKey>> apiKeys, SignType accepted) {
        this.apiKeys = apiKeys;
        this.accepted = accepted;
    }

    /**
     * Which kind of sign it is, its length tells: a notification of an order placed with HMAC-SHA256 may lack
     * {@code sign_type} (WxJava issue 1585), and either kind needs the key.
     */
    @Override
    public void verify(Fields fields) throws BadSignature {
        String sign = fields.get("sign");
        if (sign == null) {
            throw new BadSignature("expected a sign, found none");
        }
        SignType found =
                switch (sign.length()) {
                    case MD5_HEX_LENGTH -> SignType.MD5;
                    case HMAC_SHA256_HEX_LENGTH -> SignType.HMAC_SHA256;
                    default -> throw new BadSignature("expected a sign of 32 or 64 characters, found " + sign.length());
                };
        if (!accepted.accepts(found)) {
            throw new BadSignature("expected a sign of sign-type " + accepted + ", found one of " + found);
        }
        for (ApiKey key : apiKeys.get()) {
            if (SignedText.isHexOf(digest(found, fields, key), sign)) {
                return;
            }
        }
        throw new BadSignature(
                "expected the " + found + " sign of these fields by the account's api-key, found another");
    }

    /** With what we sign: MD5, the documents' default, unless HMAC-SHA256 is all that the account accepts. */
    public SignType ours() {
        return accepted == SignType.HMAC_SHA256 ? SignType.HMAC_SHA256 : SignType.MD5;
    }

    /**
     * The sign of a message of ours, in upper-case hex.
     *
     * @param olderKey whether by the older of two keys; by the only one, if there is one only
     */
    public String sign(Fields fields, boolean olderKey) {
        List<ApiKey> keys = apiKeys.get();
        ApiKey key = keys.get(olderKey ? keys.size() - 1 : 0);
        return HexFormat.of().withUpperCase().formatHex(digest(ours(), fields, key));
    }

    /** Whether there is an older key than the one that signs. */
    public boolean hasOlderKey() {
        return apiKeys.get().size() > 1;
    }

    private static byte[] digest(SignType type, Fields fields, ApiKey key) {
        byte[] text = SignedText.of(fields, SIGN, key.signTail());
        return type == SignType.MD5 ? SignedText.md5(text) : SignedText.hmacSha256(key.hmacKey(), text);
    }
}
