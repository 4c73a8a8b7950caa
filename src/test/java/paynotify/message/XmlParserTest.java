package paynotify.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Vectors;

class XmlParserTest {
    private final XmlOracle oracle = new XmlOracle();

    static Map<String, String> parse(byte[] body) throws Malformed {
        Fields fields = XmlParser.parse(body, "xml");
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            Fields.Field field = fields.at(i);
            String pair = pair(field);
            map.put(pair.substring(0, pair.indexOf('=')), field.value());
        }
        return map;
    }

    static String pair(Fields.Field field) {
        byte[] pair = new byte[field.pairLength()];
        assertEquals(pair.length, field.writePair(pair, 0));
        return new String(pair, UTF_8);
    }

    /** Takes it, and reads what dom4j reads. */
    private Map<String, String> taken(String xml) throws Malformed {
        Map<String, String> fields = parse(xml.getBytes(UTF_8));
        assertEquals(oracle.read(xml.getBytes(UTF_8)), fields);
        return fields;
    }

    private static String refused(byte[] body) {
        return assertThrows(Malformed.class, () -> XmlParser.parse(body, "xml")).detail();
    }

    private static String refused(String xml) {
        return refused(xml.getBytes(UTF_8));
    }

    @Test
    void parse_samples_readWhatDom4jReads() throws Malformed {
        for (String vector : Vectors.READABLE) {
            byte[] body = Vectors.bytes(vector + "/body.xml");
            Map<String, String> fields = parse(body);
            assertTrue(fields.size() >= 2, vector);
            assertEquals(oracle.read(body), fields, vector);
        }
    }

    @Test
    void parse_fieldsInAnyOrder_sortsByBytes() throws Malformed {
        Map<String, String> fields = taken("<xml><b>1</b><a_0>2</a_0><a>3</a><B>4</B><a0>5</a0><付>6</付></xml>");
        assertEquals("[B, a, a0, a_0, b, 付]", fields.keySet().toString());
        assertEquals(new TreeMap<>(fields).toString(), fields.toString());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "<xml><a>1</a></xml>                                      | 1",
                "<xml><a><![CDATA[1]]></a></xml>                          | 1",
                "<xml><a>x<![CDATA[<y>&amp;]]>z<![CDATA[]]>1</a></xml>    | x<y>&amp;z1",
                "<xml><a><![CDATA[]]]></a></xml>                          | ]",
                "<xml><a><![CDATA[]]]]><![CDATA[>]]></a></xml>            | ]]>",
                "<xml><a>&lt;&gt;&amp;&apos;&quot;</a></xml>              | <>&'\"",
                "<xml><a>&#20013;&#x6587;&#x1F600;&#xe9;</a></xml>        | 中文😀é",
                "<xml><a>&#0000000000000000000065;</a></xml>              | A",
                "<xml><a>1<!-- - -->2</a></xml>                           | 12",
                "<xml ><a >1</a ></xml >                                  | 1",
                "<xml><!-- c --><a>1</a><!--c--></xml><!---->             | 1",
                "<?xml version='1.0'?><xml><a>1</a></xml>                 | 1",
                "<?xml version = \"1.0\" encoding='utf-8' ?><xml><a>1</a></xml> | 1",
                "<?xml version=\"1.0\" standalone='yes'?><xml><a>1</a></xml>     | 1",
                "\uFEFF<xml><a>1</a></xml>                                | 1",
                "\uFEFF<?xml version='1.0'?><xml><a>1</a></xml>           | 1",
                "<xml><a>]]</a></xml>                                     | ]]",
                "<xml><a>a>b</a></xml>                                    | a>b",
                "<xml><a>中文</a></xml>                                   | 中文",
                "<xml><a>1</a><b/><c></c><d /></xml>                      | 1",
            })
    void parse_dialect_isTaken(String xml, String a) throws Malformed {
        assertEquals(a, taken(xml.strip()).get("a"));
    }

    @Test
    void parse_blanks_areKeptInValuesAndAnywhereBetween() throws Malformed {
        assertEquals(
                "{a= \t1 \n, b=}",
                taken("\n <xml>\t<a> \t1 \n</a>\r\n<b></b> </xml>\n \t").toString());
        assertEquals("1 2", taken("<xml><a>1<!-- --> 2</a></xml>").get("a"));
    }

    @Test
    void parse_lineEnds_areNormalizedAsXmlWantsIt() throws Malformed {
        assertEquals(
                "1\n2\n\n3\n",
                taken("<xml><a>1\r\n2\r\r\n<![CDATA[3\r]]></a></xml>").get("a"));
        assertEquals("1\r\n", taken("<xml><a>1&#13;\n</a></xml>").get("a"));
    }

    @Test
    void parse_emptyRoot_hasNoFields() throws Malformed {
        assertTrue(taken("<xml/>").isEmpty());
        assertTrue(taken("<xml></xml>").isEmpty());
    }

    @Test
    void get_emptyOrMissing_isNull() throws Malformed {
        Fields fields = XmlParser.parse("<xml><a/><b>1</b></xml>".getBytes(UTF_8), "xml");
        assertNull(fields.get("a"));
        assertNull(fields.get("c"));
        assertEquals("1", fields.get("b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "text",
                "<",
                "<xml",
                "<xml>",
                "<xml><a>",
                "<xml><a>1</a>",
                "<xml><a>1</a></xml",
                "<xml></xml>text",
                "<xml></xml><xml></xml>",
                "<XML></XML>",
                "<xmls></xmls>",
                "<root></root>",
                "<xml></xmls>",
                "<xml><a>1</b></xml>",
                "<xml><a>1</aa></xml>",
                "<xml><a>1</a>text</xml>",
                "<xml>text</xml>",
                "<xml><![CDATA[1]]></xml>",
                "<xml>&#32;</xml>",
                "<xml><a><b>1</b></a></xml>",
                "<xml><a/ ></xml>",
                "<xml><a x='1'>1</a></xml>",
                "<xml x='1'></xml>",
                "<xml xmlns='u'></xml>",
                "<xml><a:b>1</a:b></xml>",
                "<xml>< a>1</a></xml>",
                "<xml><1a>1</1a></xml>",
                "<xml><-a>1</-a></xml>",
                "<xml><a>1</ a></xml>",
                "<xml><a>1</a><a>2</a></xml>",
                "<xml><a/><a/></xml>",
                "<xml><a>]]></a></xml>",
                "<xml><a><![CDATA[1]]</a></xml>",
                "<xml><a><![cdata[1]]></a></xml>",
                "<xml><a>&nbsp;</a></xml>",
                "<xml><a>&lt</a></xml>",
                "<xml><a>& </a></xml>",
                "<xml><a>&#;</a></xml>",
                "<xml><a>&#x;</a></xml>",
                "<xml><a>&#X41;</a></xml>",
                "<xml><a>&#0;</a></xml>",
                "<xml><a>&#8;</a></xml>",
                "<xml><a>&#xD800;</a></xml>",
                "<xml><a>&#xFFFE;</a></xml>",
                "<xml><a>&#x110000;</a></xml>",
                "<xml><a>&#4294967361;</a></xml>",
                "<xml><a>&#65</a></xml>",
                "<xml><a>&#6５;</a></xml>",
                "<xml><a>\u0000</a></xml>",
                "<xml><a>\u0008</a></xml>",
                "<xml><a>\u001F</a></xml>",
                "<xml><a>\uFFFE</a></xml>",
                "<xml><a>\uFFFF</a></xml>",
                "<xml><a><![CDATA[\u0001]]></a></xml>",
                "<xml><!--\u0001--></xml>",
                "<xml><!-- -- --></xml>",
                "<xml><!-- --->",
                "<xml><!--",
                "<xml><!- -></xml>",
                "<xml><?pi?></xml>",
                "<?pi?><xml></xml>",
                "<?xml-stylesheet href='x'?><xml></xml>",
                " <?xml version='1.0'?><xml></xml>",
                "<?xml?><xml></xml>",
                "<?xml ?><xml></xml>",
                "<?xml version='1.1'?><xml></xml>",
                "<?xml version=1.0?><xml></xml>",
                "<?xml version'1.0'?><xml></xml>",
                "<?xml version='1.0?><xml></xml>",
                "<?xml version='1.0' ><xml></xml>",
                "<?xml encoding='UTF-8'?><xml></xml>",
                "<?xml version='1.0'encoding='UTF-8'?><xml></xml>",
                "<?xml version='1.0' encoding='GBK'?><xml></xml>",
                "<?xml version='1.0' encoding='UTF-16'?><xml></xml>",
                "<?xml version='1.0' standalone='maybe'?><xml></xml>",
                "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><xml></xml>",
                "<?xml version='1.0' encoding='UTF-8",
                "<!DOCTYPE xml><xml></xml>",
                "<!DOCTYPE xml [<!ENTITY a 'b'>]><xml><c>&a;</c></xml>",
                "<xml><!DOCTYPE xml></xml>",
                "<xml><!ELEMENT a></xml>",
                "<xml><a></a></xml>\uFEFF",
                "{\"id\":1}",
            })
    void parse_anythingElse_isRefused(String xml) {
        String detail = refused(xml);
        assertTrue(detail.matches("XML: (expected|found) .* line [0-9]+, column [0-9]+"), detail);
    }

    @Test
    void parse_bytesThatAreNotUtf8_areRefused() {
        refused("<xml><a>中文</a></xml>".getBytes(UTF_16));
        refused("<xml><a>é</a></xml>".getBytes(ISO_8859_1));
        byte[][] wrong = {
            {(byte) 0x80},
            {(byte) 0xC0, (byte) 0x80},
            {(byte) 0xC1, (byte) 0xBF},
            {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
            {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            {(byte) 0xF0, (byte) 0x80, (byte) 0x80, (byte) 0x80},
            {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80},
            {(byte) 0xE4, (byte) 0xB8},
            {(byte) 0xFF},
        };
        for (byte[] bytes : wrong) {
            String latin = new String(bytes, ISO_8859_1);
            for (String around :
                    new String[] {"<xml><a>@</a></xml>", "<xml><!--@--></xml>", "<xml><a>1</a>", "<xml><@/>"}) {
                String body = around.contains("@") ? around.replace("@", latin) : around + latin;
                assertNotNull(refused(body.getBytes(ISO_8859_1)));
            }
        }
    }

    @Test
    void parse_refusal_saysWhatAndWhere() {
        assertEquals(
                "XML: expected every element once, found a second b, at line 3, column 2",
                refused("<xml>\n<b>中</b>\n <b/></xml>"));
        assertEquals(
                "XML: expected encoding UTF-8, found another, at line 1, column 20",
                refused("<?xml version='1.0' encoding='GBK'?><xml/>"));
        assertEquals("XML: expected an element, found text, at line 4, column 2", refused("\uFEFF\r\n\r\r x"));
        assertEquals(
                "XML: expected > after an element's name, found something else, at line 1, column 9",
                refused("<xml><a / ></xml>"));
        assertEquals("XML: expected the root element xml, found another, at line 1, column 1", refused("<a/>"));
        assertEquals(
                "XML: found an attribute, which is not taken, at line 1, column 9", refused("<xml><中 x='1'/></xml>"));
    }

    @Test
    void parse_numberOfFields_isLimited() throws Malformed {
        assertEquals(256, parse(fields(256)).size());
        assertTrue(refused(fields(257)).startsWith("XML: expected at most 256 elements"));
    }

    @Test
    void parse_fieldsBackwards_areSortedAndDoublesFound() throws Malformed {
        StringBuilder xml = new StringBuilder("<xml>");
        for (int i = 255; i > 0; i--) {
            xml.append("<f").append(1000 + i).append("/>");
        }
        assertEquals(255, taken(xml + "</xml>").size());
        assertTrue(refused(xml + "<f1100/></xml>").contains("a second f1100"));
    }

    private static byte[] fields(int count) {
        StringBuilder xml = new StringBuilder("<xml>");
        for (int i = 0; i < count; i++) {
            xml.append("<f")
                    .append(i)
                    .append('>')
                    .append(i)
                    .append("</f")
                    .append(i)
                    .append('>');
        }
        return xml.append("</xml>").toString().getBytes(UTF_8);
    }

    @Test
    void parse_lengthOfNames_isLimited() throws Malformed {
        assertEquals(1, taken("<xml><" + "a".repeat(128) + "/></xml>").size());
        refused("<xml><" + "a".repeat(129) + "/></xml>");
    }

    @Test
    void parse_lengthOfBody_isLimited() throws Malformed {
        int frame = "<xml><a></a></xml>".length();
        byte[] most = ("<xml><a>" + "1".repeat(Input.BYTES_MAX - frame) + "</a></xml>").getBytes(UTF_8);
        assertEquals(Input.BYTES_MAX - frame, parse(most).get("a").length());
        assertEquals(
                "XML: expected at most 1048576 bytes, found 1048577",
                refused((new String(most, UTF_8) + " ").getBytes(UTF_8)));
    }

    /** Every character as a name, as a part of a name, as text and as a reference: what we take, dom4j takes. */
    @Test
    void parse_everyCharacter_isTakenOnlyIfDom4jTakesIt() {
        int taken = 0;
        for (int c = 0; c <= 0x10FFFF; c += c < 0x10000 ? 1 : 0x0FFF) {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                continue;
            }
            String s = Character.toString(c);
            taken += sameAsOracle("<xml><" + s + ">1</" + s + "></xml>") ? 1 : 0;
            taken += sameAsOracle("<xml><a" + s + ">1</a" + s + "></xml>") ? 1 : 0;
            sameAsOracle("<xml><a>x" + s + "</a></xml>");
            sameAsOracle("<xml><a>x&#" + c + ";</a></xml>");
        }
        assertTrue(taken > 2 * 0x5000, "Han characters are names: " + taken);
    }

    private boolean sameAsOracle(String xml) {
        byte[] body = xml.getBytes(UTF_8);
        try {
            Map<String, String> fields = parse(body);
            assertEquals(oracle.read(body), fields, xml);
            return true;
        } catch (Malformed refused) {
            return false;
        }
    }
}
