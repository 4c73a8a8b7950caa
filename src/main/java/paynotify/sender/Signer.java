package paynotify.sender;

import java.util.List;
import paynotify.config.Live;

/**
 * The signature of WeChat Pay API v2: MD5 or HMAC-SHA256 over all fields that are not empty, known or not, sorted by
 * name, {@code name=value} joined by {@code &}, then {@code &key=} and the API key; in hex of either case (protocol.md,
 * section 1.2). Thread-safe.
 */
final class Signer {
    /** Which signatures an account accepts. */
    enum SignType {
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

    private final Live<ApiKey> apiKey;
    private final SignType accepted;

    Signer(Live<ApiKey> apiKey, SignType accepted) {
        this.apiKey = apiKey;
        this.accepted = accepted;
    }

    /**
     * Returns only if the fields bear a signature by our key. Which kind it is, its length tells: a notification of an
     * order placed with HMAC-SHA256 may lack {@code sign_type} (WxJava issue 1585), and either kind needs the key.
     *
     * @throws Refused as BAD_SIGNATURE
     */
    void verify(Fields fields) throws Refused {
        String sign = fields.get("sign");
        if (sign == null) {
            throw Refused.badSignature("expected a sign, found none");
        }
        SignType found =
                switch (sign.length()) {
                    case MD5_HEX_LENGTH -> SignType.MD5;
                    case HMAC_SHA256_HEX_LENGTH -> SignType.HMAC_SHA256;
                    default ->
                        throw Refused.badSignature("expected a sign of 32 or 64 characters, found " + sign.length());
                };
        if (!accepted.accepts(found)) {
            throw Refused.badSignature("expected a sign of sign-type " + accepted + ", found one of " + found);
        }
        if (!SignedText.isHexOf(digest(found, fields), sign)) {
            throw Refused.badSignature(
                    "expected the " + found + " sign of these fields by the account's api-key, found another");
        }
    }

    private byte[] digest(SignType type, Fields fields) {
        ApiKey key = apiKey.get();
        byte[] text = SignedText.of(fields, SIGN, key.signTail());
        return type == SignType.MD5 ? SignedText.md5(text) : SignedText.hmacSha256(key.hmacKey(), text);
    }
}
