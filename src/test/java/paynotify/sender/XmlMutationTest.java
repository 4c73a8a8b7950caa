package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Holds the parser against dom4j over mutations of genuine messages: whatever it takes, dom4j takes with the same
 * fields (so whatever is not well-formed, it refuses), what it refuses is not in the dialect, and it throws nothing but
 * its own refusal.
 */
class XmlMutationTest {
    private static final long SEED = 20261120;
    private static final int MUTATIONS = 200_000;

    /** What XML is made of, and what breaks it. */
    private static final List<String> PIECES = List.of(
            "<",
            ">",
            "/",
            "</",
            "/>",
            "&",
            ";",
            "&lt;",
            "&amp;",
            "&#65;",
            "&#x41;",
            "&#0;",
            "&#xFFFF;",
            "&x;",
            "#",
            "]]>",
            "]",
            "<![CDATA[",
            "<![CDATA[x]]>",
            "<!--",
            "-->",
            "--",
            "<!---->",
            "<?",
            "?>",
            "<?xml version=\"1.0\"?>",
            "<!DOCTYPE x>",
            "<a>",
            "</a>",
            "<a/>",
            "<xml>",
            "</xml>",
            " x=\"1\"",
            "xmlns=\"u\"",
            ":",
            "=",
            "\"",
            "'",
            " ",
            "\n",
            "\r",
            "\r\n",
            "\t",
            "\u0000",
            "\u0001",
            "\u007F",
            "\u0085",
            "\u2028",
            "中",
            "é",
            "😀",
            "\uFEFF",
            "\uFFFE",
            "sign",
            "total_fee",
            "0");

    private static final byte[][] BAD_BYTES = {
        {(byte) 0x80}, {(byte) 0xC3}, {(byte) 0xE4, (byte) 0xB8}, {(byte) 0xFF}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80}
    };

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<byte[]> seeds = new ArrayList<>();

    XmlMutationTest() {
        Vectors.READABLE.forEach(vector -> seeds.add(Vectors.bytes(vector + "/body.xml")));
        seeds.add(Vectors.bytes("v2-pay-xxe/body.xml"));
        seeds.add(
                "\uFEFF<?xml version='1.0' encoding='UTF-8'?>\n<!--c--><xml><a>1<![CDATA[2]]>&#51;<!--4-->\r\n</a><b/></xml>"
                        .getBytes(UTF_8));
    }

    @Test
    void parse_mutations_agreesWithDom4j() {
        XmlOracle oracle = new XmlOracle();
        int taken = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] body = mutation();
            Map<String, String> fields;
            try {
                fields = XmlParserTest.parse(body);
            } catch (Refused refused) {
                assertFalse(oracle.isInDialect(body), () -> refused.getMessage() + ": " + new String(body, UTF_8));
                continue;
            } catch (RuntimeException e) {
                throw new AssertionError("mutation " + i + ": " + new String(body, UTF_8), e);
            }
            assertEquals(oracle.read(body), fields, () -> new String(body, UTF_8));
            taken++;
        }
        // Else the mutations were so wild that nothing was compared.
        assertTrue(taken > MUTATIONS / 20, "taken: " + taken);
    }

    /** One of the seeds, changed in one to three places. */
    private byte[] mutation() {
        byte[] body = seeds.get(random.nextInt(seeds.size()));
        for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
            body = changed(body);
        }
        return body;
    }

    private byte[] changed(byte[] body) {
        int from = random.nextInt(body.length + 1);
        int to = Math.min(body.length, from + random.nextInt(1, 20));
        return switch (random.nextInt(6)) {
            case 0 -> replaced(body, from, from, piece());
            case 1 -> replaced(body, from, Math.min(from + 1, body.length), piece());
            case 2 -> replaced(body, from, to, new byte[0]);
            case 3 -> replaced(body, from, from, Arrays.copyOfRange(body, from, to));
            case 4 -> Arrays.copyOf(body, from);
            default -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                int begin = random.nextInt(other.length);
                int end = Math.min(other.length, begin + random.nextInt(1, 40));
                yield replaced(body, from, from, Arrays.copyOfRange(other, begin, end));
            }
        };
    }

    private byte[] piece() {
        return random.nextInt(12) == 0
                ? BAD_BYTES[random.nextInt(BAD_BYTES.length)]
                : PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8);
    }

    private static byte[] replaced(byte[] body, int from, int to, byte[] piece) {
        byte[] result = Arrays.copyOf(body, body.length - (to - from) + piece.length);
        System.arraycopy(piece, 0, result, from, piece.length);
        System.arraycopy(body, to, result, from + piece.length, body.length - to);
        return result;
    }
}
