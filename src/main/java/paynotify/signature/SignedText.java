package paynotify.signature;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import paynotify.message.Fields;

/**
 * The text that senders of name=value pairs sign: all pairs with a value, known or not, but the sign itself, sorted by
 * name, {@code name=value} joined by {@code &}, in UTF-8 (protocol.md, sections 1.2 and 4b); and the digests of it by
 * which those sign who share a key with the shop. Thread-safe.
 */
public final class SignedText {
    private static final byte[] NO_TAIL = {};

    private SignedText() {}

    /**
     * The text that is signed.
     *
     * @param leftOut the names of fields that are not signed, in ASCII
     * @param tail what the text ends in, behind the last pair; may be empty
     */
    public static byte[] of(Fields fields, List<String> leftOut, byte[] tail) {
        Fields.Field[] notSigned = new Fields.Field[leftOut.size()];
        for (int i = 0; i < notSigned.length; i++) {
            notSigned[i] = fields.find(leftOut.get(i));
        }
        int length = 0;
        for (int i = 0; i < fields.size(); i++) {
            Fields.Field field = fields.at(i);
            length += isSigned(field, notSigned) ? 1 + field.pairLength() : 0;
        }
        // There is one & less than there are pairs.
        byte[] text = new byte[Math.max(length - 1, 0) + tail.length];
        int to = 0;
        for (int i = 0; i < fields.size(); i++) {
            Fields.Field field = fields.at(i);
            if (isSigned(field, notSigned)) {
                if (to > 0) {
                    text[to++] = '&';
                }
                to = field.writePair(text, to);
            }
        }
        System.arraycopy(tail, 0, text, to, tail.length);
        return text;
    }

    /** The same without a tail. */
    public static byte[] of(Fields fields, List<String> leftOut) {
        return of(fields, leftOut, NO_TAIL);
    }

    private static boolean isSigned(Fields.Field field, Fields.@Nullable Field[] notSigned) {
        for (Fields.Field each : notSigned) {
            if (field == each) {
                return false;
            }
        }
        return !field.isEmpty();
    }

    public static byte[] md5(byte[] text) {
        try {
            return MessageDigest.getInstance("MD5").digest(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    public static byte[] hmacSha256(SecretKeySpec key, byte[] text) {
        return HmacSha256.of(key, text);
    }

    /** Whether this claim is the digest in hex, of either case; in a time that doesn't tell how much of it is right. */
    public static boolean isHexOf(byte[] digest, String claim) {
        try {
            return MessageDigest.isEqual(digest, HexFormat.of().parseHex(claim));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
