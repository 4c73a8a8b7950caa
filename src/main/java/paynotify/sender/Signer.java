package paynotify.sender;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
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
            throw bad("expected a sign, found none");
        }
        SignType found =
                switch (sign.length()) {
                    case MD5_HEX_LENGTH -> SignType.MD5;
                    case HMAC_SHA256_HEX_LENGTH -> SignType.HMAC_SHA256;
                    default -> throw bad("expected a sign of 32 or 64 characters, found " + sign.length());
                };
        if (!accepted.accepts(found)) {
            throw bad("expected a sign of sign-type " + accepted + ", found one of " + found);
        }
        byte[] claimed;
        try {
            claimed = HexFormat.of().parseHex(sign);
        } catch (IllegalArgumentException e) {
            throw bad("expected a sign in hex, found other characters");
        }
        if (!MessageDigest.isEqual(digest(found, fields), claimed)) {
            throw bad("expected the " + found + " sign of these fields by the account's api-key, found another");
        }
    }

    private byte[] digest(SignType type, Fields fields) {
        ApiKey key = apiKey.get();
        byte[] text = new byte[signedLengthMax(fields, key)];
        int length = writeSignedText(fields, key, text);
        if (type == SignType.MD5) {
            MessageDigest md5 = md5();
            md5.update(text, 0, length);
            return md5.digest();
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key.hmacKey());
            mac.update(text, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    private static int signedLengthMax(Fields fields, ApiKey key) {
        int length = key.signTail().length;
        for (int i = 0; i < fields.size(); i++) {
            length += fields.at(i).pairLength() + 1;
        }
        return length;
    }

    /** Returns the length of what it wrote. */
    private static int writeSignedText(Fields fields, ApiKey key, byte[] out) {
        int to = 0;
        for (int i = 0; i < fields.size(); i++) {
            Fields.Field field = fields.at(i);
            if (field.isEmpty() || field.isNamed("sign")) {
                continue;
            }
            if (to > 0) {
                out[to++] = '&';
            }
            to = field.writePair(out, to);
        }
        byte[] tail = key.signTail();
        System.arraycopy(tail, 0, out, to, tail.length);
        return to + tail.length;
    }

    private static Refused bad(String detail) {
        return new Refused(Outcome.BAD_SIGNATURE, detail);
    }
}
