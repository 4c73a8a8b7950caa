package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.sender.Mutations;
import paynotify.sender.Reader;

class JsonParserTest {
    private static final int MUTATIONS = 200_000;

    /** What JSON is made of, and what breaks it. */
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ":",
            ",",
            " ",
            "\n",
            "\t",
            "\\",
            "\\\"",
            "\\/",
            "\\n",
            "\\x",
            "\\u0041",
            "\\u00e9",
            "\\u0000",
            "\\ud83d\\ude00",
            "\\ud83d",
            "\\ude00",
            "\\u12",
            "\"a\":1",
            "\"a\":\"b\",",
            ",\"total\":1",
            "\"x\":{\"y\":[1,{}]},",
            "{}",
            "[]",
            "[1,2]",
            "true",
            "false",
            "null",
            "nul",
            "0",
            "-0",
            "01",
            "-",
            "1.5",
            "1.",
            ".5",
            "1e5",
            "1E+5",
            "1e",
            "+1",
            "NaN",
            "//",
            "/**/",
            "'",
            "\u0000",
            "\u0001",
            "\u007F",
            "\u0085",
            "\u2028",
            "\uFEFF",
            "中",
            "😀");

    private final JsonOracle oracle = new JsonOracle();

    private static Map<String, Object> parse(String json) throws Malformed {
        return members(JsonParser.parse(json.getBytes(UTF_8)));
    }

    /** In the words of the oracle. */
    private static Map<String, Object> members(Fields fields) {
        Map<String, Object> members = new TreeMap<>();
        for (int i = 0; i < fields.size(); i++) {
            Json.Member member = (Json.Member) fields.at(i);
            String pair = XmlParserTest.pair(member);
            String name = pair.substring(0, pair.length() - member.value().length() - 1);
            members.put(name, value(member));
        }
        return members;
    }

    private static Object value(Json.Member member) {
        return switch (member.kind()) {
            case TEXT -> '"' + member.value() + '"';
            case OBJECT -> members(member.members());
            case OTHER -> member.value().startsWith("[") ? "array" : member.value();
            case NUMBER, NULL -> member.value();
        };
    }

    private static String refused(byte[] json) {
        Malformed refused = assertThrows(Malformed.class, () -> JsonParser.parse(json));
        return refused.detail();
    }

    private static String refused(String json) {
        return refused(json.getBytes(UTF_8));
    }

    private static String of(int count, String member) {
        return IntStream.range(0, count).mapToObj(member::formatted).collect(Collectors.joining(",", "{", "}"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{}                                      | {}",
                "\uFEFF{}                               | {}",
                "{\"a\":\"b\"}                       | {a=\"b\"}",
                "{ \"a\" : \"b\" , \"c\" : 1 }     | {a=\"b\", c=1}",
                "{\"b\":1,\"a\":2}                   | {a=2, b=1}",
                "{\"a\":{\"b\":{\"c\":1}},\"d\":2} | {a={b={c=1}}, d=2}",
                "{\"a\":{\"b\":1},\"c\":{}}        | {a={b=1}, c={}}",
                "{\"a\":[1,[\"x\"],{\"a\":1},{\"a\":2}],\"b\":[]} | {a=array, b=array}",
                "{\"a\":null,\"b\":true,\"c\":false} | {a=null, b=true, c=false}",
                "{\"a\":0,\"b\":-0,\"c\":-12.50,\"d\":1e5,\"e\":1.0E-7,\"f\":0e+1} | {a=0, b=-0, c=-12.50, d=1e5, e=1.0E-7, f=0e+1}",
                "{\"a\":\"\",\"\":\"b\"}         | {=\"b\", a=\"\"}",
                "{\"\\u0061\":\"\\u0041\\u00e9\\u4E2D\\uD83D\\uDE00.\"} | {a=\"Aé中😀.\"}",
                "{\"a\":\"\\\"\\\\\\/x\"}    | {a=\"\"\\/x\"}",
                "{\"中\":\"é😀\u007F\u2028\"}      | {中=\"é😀\u007F\u2028\"}",
                "{\"a\":\"x\\u0061y\",\"b\":\"z\\u0062\",\"c\":\"c\"} | {a=\"xay\", b=\"zb\", c=\"c\"}",
            })
    void parse_object_isTakenAsJacksonTakesIt(String json, String expected) throws Malformed {
        Map<String, Object> members = parse(json);
        assertEquals(expected, members.toString());
        assertEquals(oracle.read(json.getBytes(UTF_8)), members);
    }

    @Test
    void parse_blanks_areReadOverAnywhere() throws Malformed {
        assertEquals("{}", parse(" {\t} \n").toString());
        assertEquals(
                "{a=array, b=1}",
                parse("\r\n{ \"a\"\t:\n[ 1 , 2 ]\r, \"b\" : 1\n}\t").toString());
    }

    @Test
    void parse_escapes_areWhatSection7SaysTheyAre() throws Malformed {
        assertEquals(
                "\"\"\\/\b\f\n\r\t\"",
                parse("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}").get("a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[]",
                "[{}]",
                "\"a\"",
                "1",
                "null",
                "{}x",
                "{} {}",
                "{},",
                "{,}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1",
                "{\"a\":1,}",
                "{\"a\":1,,\"b\":1}",
                "{\"a\":1 \"b\":1}",
                "{\"a\" 1}",
                "{\"a\"=1}",
                "{a:1}",
                "{'a':1}",
                "{1:1}",
                "{null:1}",
                "{\"a\":1}}",
                "{\"a\":[}",
                "{\"a\":[1}",
                "{\"a\":[1,]}",
                "{\"a\":[,1]}",
                "{\"a\":[1 2]}",
                "{\"a\":{]}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"a\":null,\"a\":2}",
                "{\"a\":{\"b\":1,\"b\":2}}",
                "{\"a\":[{\"b\":1,\"b\":2}]}",
                "{\"a\":tru}",
                "{\"a\":True}",
                "{\"a\":truex}",
                "{\"a\":nullnull}",
                "{\"a\":NaN}",
                "{\"a\":-}",
                "{\"a\":+1}",
                "{\"a\":01}",
                "{\"a\":-01}",
                "{\"a\":1.}",
                "{\"a\":.1}",
                "{\"a\":1e}",
                "{\"a\":1e+}",
                "{\"a\":1e+-1}",
                "{\"a\":0x1}",
                "{\"a\":1_0}",
                "{\"a\":１}",
                "{\"a\":\"}",
                "{\"a\":\"b}",
                "{\"a\":\"\\\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\'\"}",
                "{\"a\":\"\\U0041\"}",
                "{\"a\":\"\\u\"}",
                "{\"a\":\"\\u004\"}",
                "{\"a\":\"\\u00g1\"}",
                "{\"a\":\"\\u+041\"}",
                "{\"a\":\"\\u0000\"}",
                "{\"a\":\"\\ud83d\"}",
                "{\"a\":\"\\ud83dx\"}",
                "{\"a\":\"\\ud83d\\n\"}",
                "{\"a\":\"\\ud83d\\u0041\"}",
                "{\"a\":\"\\ud83d\\ud83d\"}",
                "{\"a\":\"\\ude00\"}",
                "{\"a\":\"\\ude00\\ud83d\"}",
                "{\"\\u0000\":1}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\u0000\"}",
                "{\"a\":\"\u001F\"}",
                "{\"a\":1\u0000}",
                "{\"a\":1}\u0000",
                "{\u00A0\"a\":1}",
                "{\u000B\"a\":1}",
                "{\"a\":1//\n}",
                "{/**/\"a\":1}",
                "\uFEFF\uFEFF{}",
                "{\uFEFF}",
            })
    void parse_noObject_isRefusedAsByJackson(String json) {
        String detail = refused(json);
        assertTrue(detail.matches("JSON: .+, at line \\d+, column \\d+"), detail);
        assertNull(oracle.read(json.getBytes(UTF_8)));
    }

    @Test
    void parse_noUtf8_isRefused() {
        refused("{\"a\":\"b\"}".getBytes(UTF_16));
        for (int bad : new int[] {0x80, 0xC0, 0xC3, 0xE4, 0xF5, 0xFF}) {
            byte[] json = "{\"a\":\"_\"}".getBytes(UTF_8);
            json[6] = (byte) bad;
            assertTrue(refused(json).contains("UTF-8"));
        }
    }

    @Test
    void parse_refusal_saysWhatAndWhere() {
        assertEquals(
                "JSON: expected every name once, found a second 'total', at line 2, column 4",
                refused("{\"total\":1,\n   \"total\":2}"));
        assertEquals(
                "JSON: expected a comma or the end of an object, found something else, at line 1, column 9",
                refused("{\"中😀\":1 x}"));
    }

    @Test
    void parse_limits_areTakenAndOneMoreIsNot() throws Malformed {
        assertEquals(
                Fields.FIELDS_MAX, parse(of(Fields.FIELDS_MAX, "\"a%d\":1")).size());
        refused(of(Fields.FIELDS_MAX + 1, "\"a%d\":1"));
        refused("{\"o\":[" + of(Fields.FIELDS_MAX + 1, "\"a%d\":1") + "]}");

        String name = "中".repeat(Fields.NAME_BYTES_MAX / 3) + "ab";
        assertEquals(1, parse("{\"" + name + "\":1}").size());
        refused("{\"" + name + "c\":1}");

        String number = "1".repeat(JsonParser.NUMBER_CHARS_MAX);
        assertEquals(number, parse("{\"a\":" + number + "}").get("a"));
        refused("{\"a\":-" + number + "}");

        int depth = JsonParser.DEPTH_MAX;
        assertEquals(
                1,
                parse("{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1))
                        .size());
        refused("{\"a\":".repeat(depth) + "{}" + "}".repeat(depth));
        assertEquals(
                1,
                parse("{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}")
                        .size());
        refused("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}");

        assertEquals(0, parse("{}" + " ".repeat(Input.BYTES_MAX - 2)).size());
        assertTrue(refused("{}" + " ".repeat(Input.BYTES_MAX - 1)).contains("at most 1048576 bytes"));
    }

    @Test
    void parse_mutations_agreesWithJackson() {
        Mutations mutations = new Mutations(Reader.JSON.seeds(), PIECES);
        int taken = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] json = mutations.next();
            Map<String, Object> members;
            try {
                members = members(JsonParser.parse(json));
            } catch (Malformed refused) {
                // The oracle's limits are wider.
                boolean overLimit = refused.getMessage().contains("at most");
                assertTrue(
                        overLimit || oracle.read(json) == null,
                        () -> refused.getMessage() + ": " + new String(json, UTF_8));
                continue;
            } catch (RuntimeException e) {
                throw new AssertionError("mutation " + i + ": " + new String(json, UTF_8), e);
            }
            assertEquals(oracle.read(json), members, () -> new String(json, UTF_8));
            taken++;
        }
        // Else the mutations were so wild that nothing was compared.
        assertTrue(taken > MUTATIONS / 20, "taken: " + taken);
    }
}
