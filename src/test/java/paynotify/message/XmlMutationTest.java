package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import paynotify.kit.Mutations;
import paynotify.kit.Vectors;

/**
 * Holds the parser against dom4j over mutations of genuine messages: whatever it takes, dom4j takes with the same
 * fields (so whatever is not well-formed, it refuses), what it refuses is not in the dialect, and it throws nothing but
 * its own refusal.
 */
class XmlMutationTest {
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
        Mutations mutations = new Mutations(seeds, PIECES);
        int taken = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] body = mutations.next();
            Map<String, String> fields;
            try {
                fields = XmlParserTest.parse(body);
            } catch (Malformed refused) {
                assertFalse(oracle.isInDialect(body), () -> refused.detail() + ": " + new String(body, UTF_8));
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
}
