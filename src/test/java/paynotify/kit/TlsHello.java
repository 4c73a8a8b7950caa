package paynotify.kit;

import java.util.HexFormat;
import java.util.Locale;

/** The first message of a TLS client (RFC 5246, section 7.4.1.2), and what is answered to it. */
final class TlsHello {
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int SERVER_HELLO = 2;

    /** ECDHE-RSA and RSA with AES-CBC and SHA-1, which all versions know, and with AES-GCM, which 1.2 knows. */
    private static final String SUITES = "c013" + "c014" + "002f" + "0035" + "c02f" + "c030";

    /** The curves x25519 and secp256r1, uncompressed points, RSA with SHA-256, SHA-1 or PSS, no renegotiation so far. */
    private static final String EXTENSIONS =
            "000a00060004001d0017" + "000b00020100" + "000d0008000604010804" + "0201" + "ff01000100";

    private TlsHello() {}

    static byte[] of(int newest) {
        String body = hex(newest, 2) + "5a".repeat(32) + "00" + sized(SUITES, 2) + "0100" + sized(EXTENSIONS, 2);
        return HexFormat.of().parseHex("160301" + sized("01" + sized(body, 3), 2));
    }

    static String answer(byte[] head, byte[] record) {
        if (head.length == 0) {
            return "closed";
        }
        if (head[0] == ALERT && record.length == 2) {
            return "alert " + record[1];
        }
        if (head[0] == HANDSHAKE && record.length > 5 && record[0] == SERVER_HELLO) {
            return "ServerHello " + HexFormat.of().formatHex(record, 4, 6);
        }
        return "record of type " + head[0];
    }

    private static String sized(String hex, int lengthBytes) {
        return hex(hex.length() / 2, lengthBytes) + hex;
    }

    private static String hex(int number, int bytes) {
        return String.format(Locale.ROOT, "%0" + 2 * bytes + "x", number);
    }
}
