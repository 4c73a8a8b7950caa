package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XmlWriterTest {
    private static String written(String name, String value) {
        Fields fields = new Fields();
        fields.add(XmlWriter.field("b", "2"));
        fields.add(XmlWriter.field(name, value));
        return XmlWriter.write("xml", fields);
    }

    /** Whatever stands in an order's number, it stays inside of its element. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ORD-1_2|3*4@5",
                "</a><mch_id>1</mch_id><a>",
                "]]>",
                "&amp; &lt; &#60;",
                "订单😀",
                "a\rb\nc\td \"'",
                " ",
                "<![CDATA[x]]>",
                "<!DOCTYPE xml>"
            })
    void write_anyValue_isReadAgainAsItIs(String value) throws Malformed {
        byte[] xml = written("a", value).getBytes(UTF_8);
        assertEquals(Map.of("a", value, "b", "2"), new XmlOracle().read(xml));
        Fields read = XmlParser.parse(xml, "xml");
        assertEquals(2, read.size());
        assertEquals(value, read.get("a"));
    }

    @Test
    void write_fields_standInTheirOrder() {
        assertEquals("<xml><a>1</a><b>2</b></xml>", written("a", "1"));
        assertEquals("<xml><b>2</b><c></c></xml>", written("c", ""));
    }

    @Test
    void field_whatXmlCannotHold_isReplaced() {
        assertEquals("<xml><a>1\uFFFD2\uFFFD</a><b>2</b></xml>", written("a", "1\u00002\uFFFE"));
    }
}
