package paynotify.signature;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a DER encoding (ITU-T X.690) holds: keys and certificates are told apart by the first elements of their SEQUENCE. */
final class Der {
    /** A SEQUENCE whose length takes more than one byte, as that of every RSA key and certificate does. */
    private static final int LONG_FORM = 0x80;

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int SEQUENCE = 0x30;
    /** So many elements tell all kinds apart. */
    private static final int ELEMENTS_MAX = 3;
    /** A length of more bytes would be that of a larger file than is read. */
    private static final int LENGTH_BYTES_MAX = 3;

    private static final BigInteger PFX_VERSION = BigInteger.valueOf(3);

    enum Kind {
        /** RFC 5280, section 4.1: SEQUENCE, SEQUENCE, BIT STRING. A request for one (RFC 2986) looks alike. */
        CERTIFICATE,
        /** RFC 5280, section 4.1: SubjectPublicKeyInfo is SEQUENCE, BIT STRING. */
        PUBLIC_KEY,
        /** PKCS#1 (RFC 8017, appendix A.1.1): INTEGER, INTEGER. */
        RSA_PUBLIC_KEY,
        /** PKCS#1: more than two INTEGERs; PKCS#8 (RFC 5208): INTEGER, SEQUENCE, or encrypted SEQUENCE, OCTET STRING; RFC 5915: INTEGER, OCTET STRING. */
        PRIVATE_KEY,
        /** RFC 7292, section 4: INTEGER 3, SEQUENCE. */
        PKCS12,
        /** RFC 5652, section 3: OBJECT IDENTIFIER first. */
        PKCS7,
        OTHER
    }

    private static final class Element {
        final int tag;
        final byte[] content;

        Element(int tag, byte[] content) {
            this.tag = tag;
            this.content = content;
        }
    }

    private final List<Element> elements;

    private Der(List<Element> elements) {
        this.elements = elements;
    }

    /** Whether these bytes begin like a key's or a certificate's; no text in UTF-8 has such a second byte. */
    static boolean begins(byte[] content) {
        int lengthBytes = content.length > 1 && content[0] == SEQUENCE ? (content[1] & 0xFF) - LONG_FORM : 0;
        return lengthBytes > 0 && lengthBytes <= LENGTH_BYTES_MAX;
    }

    /** Of bytes that are no DER, or a damaged one, there are no elements. */
    static Der of(byte[] encoded) {
        List<Element> outer = elements(encoded, 1);
        return new Der(
                outer.size() == 1 && outer.get(0).tag == SEQUENCE
                        ? elements(outer.get(0).content, ELEMENTS_MAX)
                        : List.of());
    }

    /** The first elements that stand one behind another. */
    private static List<Element> elements(byte[] bytes, int most) {
        List<Element> elements = new ArrayList<>();
        int at = 0;
        while (elements.size() < most && at + 1 < bytes.length) {
            int tag = bytes[at] & 0xFF;
            int length = bytes[at + 1] & 0xFF;
            at += 2;
            if (length >= LONG_FORM) {
                int lengthBytes = length - LONG_FORM;
                if (lengthBytes == 0 || lengthBytes > LENGTH_BYTES_MAX || lengthBytes > bytes.length - at) {
                    return List.of();
                }
                length = new BigInteger(1, Arrays.copyOfRange(bytes, at, at + lengthBytes)).intValue();
                at += lengthBytes;
            }
            if (length > bytes.length - at) {
                return List.of();
            }
            elements.add(new Element(tag, Arrays.copyOfRange(bytes, at, at + length)));
            at += length;
        }
        return elements;
    }

    Kind kind() {
        return switch (tag(0)) {
            case SEQUENCE ->
                switch (tag(1)) {
                    case SEQUENCE -> Kind.CERTIFICATE;
                    case BIT_STRING -> Kind.PUBLIC_KEY;
                    case OCTET_STRING -> Kind.PRIVATE_KEY;
                    default -> Kind.OTHER;
                };
            case INTEGER ->
                switch (tag(1)) {
                    case INTEGER -> elements.size() == 2 ? Kind.RSA_PUBLIC_KEY : Kind.PRIVATE_KEY;
                    case SEQUENCE -> number(0).equals(PFX_VERSION) ? Kind.PKCS12 : Kind.PRIVATE_KEY;
                    case OCTET_STRING -> Kind.PRIVATE_KEY;
                    default -> Kind.OTHER;
                };
            case OBJECT_IDENTIFIER -> Kind.PKCS7;
            default -> Kind.OTHER;
        };
    }

    /** The key of a {@link Kind#RSA_PUBLIC_KEY}: modulus and exponent. */
    RSAPublicKey rsaPublicKey() throws GeneralSecurityException {
        if (number(0).signum() <= 0 || number(1).signum() <= 0) {
            throw new InvalidKeySpecException("modulus or exponent is not positive");
        }
        return (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(number(0), number(1)));
    }

    private int tag(int index) {
        return index < elements.size() ? elements.get(index).tag : -1;
    }

    private BigInteger number(int index) {
        byte[] content = elements.get(index).content;
        return content.length == 0 ? BigInteger.ZERO : new BigInteger(content);
    }
}
