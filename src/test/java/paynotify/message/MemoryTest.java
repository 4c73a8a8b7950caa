package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import paynotify.kit.Vectors;

/** What a reader allocates for the worst bodies of the largest size, refused or not: at most 8 times the body. */
class MemoryTest {
    private static final int TIMES_MAX = 8;

    private final Map<String, byte[]> bodies = new LinkedHashMap<>();

    private interface Read {
        void read(byte[] body) throws Malformed;
    }

    /** A piece as often as it fits into the largest body, and blanks for what is left. */
    private void add(String start, String piece, String end) {
        int left = Input.BYTES_MAX - (start + end).getBytes(UTF_8).length;
        int length = piece.getBytes(UTF_8).length;
        String body = start + piece.repeat(left / length) + end + " ".repeat(left % length);
        bodies.put(start + piece + "…" + end, body.getBytes(UTF_8));
    }

    /** So many pieces with their numbers for {@code #}, each as long as it may be for all to fit; joined by this. */
    private void addNumbered(int count, String start, String piece, String joint, String end) {
        int each = (Input.BYTES_MAX - (start + end).length()) / count - joint.length();
        StringBuilder body = new StringBuilder(start);
        for (int i = 0; i < count; i++) {
            String numbered = piece.replace("#", String.valueOf(i));
            // The last character of a value is none of Latin-1, so that a String of it takes two bytes for each.
            String value = "a".repeat(each - numbered.getBytes(UTF_8).length - 3) + "中";
            body.append(i == 0 ? "" : joint).append(numbered.replace("$", value));
        }
        bodies.put(count + " of " + piece, (body + end).getBytes(UTF_8));
    }

    private static void assertSmall(String name, byte[] body, Read read) {
        long before = allocated();
        boolean taken = isTaken(body, read);
        double times = (double) (allocated() - before) / body.length;
        assertTrue(times <= TIMES_MAX, () -> name + (taken ? ", taken: " : ", refused: ") + times);
    }

    private static boolean isTaken(byte[] body, Read read) {
        try {
            read.read(body);
            return true;
        } catch (Malformed e) {
            return false;
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private void assertAllSmall(byte[] sample, Read read) {
        // Loads the classes.
        assertTrue(isTaken(sample, read));
        bodies.forEach((name, body) -> assertSmall(name, body, read));
    }

    @Test
    void json_worstBodies_takeLittleMemory() {
        add("{\"a\":\"", "a", "\"}");
        add("{\"a\":\"", "a", "中\"}");
        add("{\"a\":\"", "é", "\"}");
        add("{\"a\":\"", "中", "\"}");
        add("{\"a\":\"", "😀", "\"}");
        add("{\"a\":\"", "\\n", "\"}");
        add("{\"a\":\"", "\\u4e2d", "\"}");
        add("{\"a\":\"", "a", "");
        add("{\"", "a", "中\":1}");
        add("{\"a\":", "1", "}");
        add("{\"a\":", " ", "1}");
        add("{\"a\":[", "{},", "1]}");
        add("{\"a\":[", "[{}],", "1]}");
        add("{\"a\":[", "\"\",", "1]}");
        add("{\"a\":[", "{\"a\":{\"b\":{}}},", "1]}");
        add("", "{\"a\":", "");
        add("{" + "\"a\":1,".repeat(1_000), " ", "\"a\":1}");
        addNumbered(2, "{", "\"#\":\"$\"", ",", "}");
        addNumbered(15, "{", "\"#\":\"$\"", ",", "}");
        addNumbered(1_000, "{", "\"#\":\"$\"", ",", "}");
        addNumbered(500, "{", "\"#\":{\"a\":\"$\"}", ",", "}");
        addNumbered(1_023, "{\"a\":[", "\"$\"", ",", "]}");
        assertAllSmall(Vectors.bytes("v3-pay/body.json"), Json::parse);
    }

    @Test
    void xml_worstBodies_takeLittleMemory() {
        add("<xml><a>", "a", "</a></xml>");
        add("<xml><a>", "&lt;", "</a></xml>");
        add("<xml><a>", "&#x4e2d;", "</a></xml>");
        add("<xml><a>", "\r", "</a></xml>");
        add("<xml><a>", "<![CDATA[]]>", "</a></xml>");
        add("<xml><a>", "<![CDATA[a]]>", "</a></xml>");
        add("<xml><a>", "<!---->a", "</a></xml>");
        add("<xml>", "<!---->", "</xml>");
        add("<xml>", "<a/>", "</xml>");
        add("<xml><", "a", "/></xml>");
        add("", "<xml>", "");
        addNumbered(256, "<xml>", "<a#>&lt;$</a#>", "", "</xml>");
        assertAllSmall(Vectors.bytes("v2-pay-md5/body.xml"), body -> XmlParser.parse(body, "xml"));
    }

    @Test
    void pairs_worstBodies_takeLittleMemory() {
        add("a=", "a", "");
        add("a=", "%41", "");
        add("a=", "%E4%B8%AD", "");
        add("a=", "中", "");
        add("a=", "a", "中");
        add("", "&", "a=1");
        add("", "a", "=1");
        add("", "a&", "");
        addNumbered(256, "", "a#=$", "&", "");
        byte[] sample = Vectors.bytes("allinpay-md5/body.form");
        assertAllSmall(sample, body -> Pairs.parse(body, UTF_8));
        assertAllSmall(sample, body -> Pairs.parse(body, Charset.forName("GBK")));
        assertAllSmall(sample, Pairs::parseInAnyCharset);
    }
}
