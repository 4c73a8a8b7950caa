package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonToken;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8259 by hand: what it has is read as it says, and all else is refused. */
class JsonReaderTest {
    private static Map<String, Object> parse(String json) throws Malformed {
        return JsonReader.read(json.getBytes(UTF_8), JsonReader.VALUES_MAX);
    }

    /** Sorted, with texts in quotes. */
    private static String shown(Object value) {
        if (value instanceof Map<?, ?> members) {
            return members.entrySet().stream()
                    .map(member -> member.getKey() + "=" + shown(member.getValue()))
                    .sorted()
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> elements) {
            return elements.stream().map(JsonReaderTest::shown).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof JsonReader.NumberText number) {
            return number.digits();
        }
        return value instanceof JsonToken literal ? literal.asString() : "\"" + value + "\"";
    }

    private static String refused(byte[] json) {
        return assertThrows(Malformed.class, () -> JsonReader.read(json, JsonReader.VALUES_MAX))
                .detail();
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
                "{\"a\":[1,[\"x\"],{\"a\":1},{\"a\":2}],\"b\":[]} | {a=[1, [\"x\"], {a=1}, {a=2}], b=[]}",
                "{\"a\":null,\"b\":true,\"c\":false} | {a=null, b=true, c=false}",
                "{\"a\":0,\"b\":-0,\"c\":-12.50,\"d\":1e5,\"e\":1.0E-7,\"f\":0e+1} | {a=0, b=-0, c=-12.50, d=1e5, e=1.0E-7, f=0e+1}",
                "{\"a\":\"\",\"\":\"b\"}         | {=\"b\", a=\"\"}",
                "{\"\\u0061\":\"\\u0041\\u00e9\\u4E2D\\uD83D\\uDE00.\"} | {a=\"Aé中😀.\"}",
                "{\"a\":\"\\\"\\\\\\/x\"}    | {a=\"\"\\/x\"}",
                "{\"中\":\"é😀\u007F\u2028\"}      | {中=\"é😀\u007F\u2028\"}",
                "{\"a\":\"x\\u0061y\",\"b\":\"z\\u0062\",\"c\":\"c\"} | {a=\"xay\", b=\"zb\", c=\"c\"}",
            })
    void read_object_isReadAsTheRfcSays(String json, String expected) throws Malformed {
        assertEquals(expected, shown(parse(json)));
    }

    @Test
    void read_blanks_areReadOverAnywhere() throws Malformed {
        assertEquals("{}", shown(parse(" {\t} \n")));
        assertEquals("{a=[1, 2], b=1}", shown(parse("\r\n{ \"a\"\t:\n[ 1 , 2 ]\r, \"b\" : 1\n}\t")));
    }

    @Test
    void read_escapes_areWhatSection7SaysTheyAre() throws Malformed {
        assertEquals(
                "\"\\/\b\f\n\r\t",
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
    void read_noObject_isRefused(String json) {
        String detail = refused(json);
        assertTrue(detail.matches("JSON: .+, at line \\d+, column \\d+"), detail);
    }

    @Test
    void read_noUtf8_isRefused() {
        refused("{\"a\":\"b\"}".getBytes(UTF_16));
        for (int bad : new int[] {0x80, 0xC0, 0xC3, 0xE4, 0xF5, 0xFF}) {
            byte[] json = "{\"a\":\"_\"}".getBytes(UTF_8);
            json[6] = (byte) bad;
            assertTrue(refused(json).contains("UTF-8"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "[]                     | expected an object, found something else, at line 1, column 1",
                "\uFEFF {}x             | expected the end after the object, found more, at line 1, column 4",
                "{} {}                  | expected the end after the object, found more, at line 1, column 4",
                "{\"a\":1 x}             | expected a member or the end of an object, found something else, at line 1, column 8",
                "{\"secret\":nosecret}   | expected a member or the end of an object, found something else, at line 1, column 11",
                "{\"a\":[1 2]}           | expected a value or the end of an array, found something else, at line 1, column 9",
                "{\"a\":\"secret          | expected the end of the object, found the end of the message, at line 1, column 13",
                "{\"a\":\"\\u0000\"}      | expected escapes of characters but NUL, found something else, at line 1, column 6",
            })
    void read_refusal_saysWhatAndWhereAndQuotesNoValue(String json, String expected) {
        assertEquals("JSON: " + expected, refused(json));
    }

    @Test
    void read_secondName_isRefusedWhereItStands() {
        assertEquals(
                "JSON: expected every name once, found a second 'total', at line 2, column 4",
                refused("{\"total\":1,\n   \"total\":2}"));
    }

    @Test
    void read_values_areLimitedInAllObjectsAndArraysTogether() throws Malformed {
        int most = JsonReader.VALUES_MAX;
        assertEquals(most, parse(of(most, "\"a%d\":1")).size());
        String half = of(most / 2 - 1, "\"a%d\":{}");
        assertEquals(2, parse("{\"a\":" + half + ",\"b\":" + half + "}").size());
        String expected = "expected at most 1024 members and elements, found another";
        assertTrue(refused(of(most + 1, "\"a%d\":1")).contains(expected));
        assertTrue(refused("{\"a\":" + half + ",\"b\":" + half + ",\"c\":1}").contains(expected));
        assertEquals(1, parse("{\"a\":[0" + ",0".repeat(most - 2) + "]}").size());
        assertTrue(refused("{\"a\":[0" + ",0".repeat(most - 1) + "]}").contains(expected));
    }

    @Test
    void read_proved_mayHaveMoreValues() throws Malformed {
        String most = of(JsonReader.VALUES_PROVED_MAX, "\"a%d\":1");
        assertTrue(Json.parseProved(most.getBytes(UTF_8)).has("a0"));
        String more = of(JsonReader.VALUES_PROVED_MAX + 1, "\"a%d\":1");
        assertThrows(Malformed.class, () -> Json.parseProved(more.getBytes(UTF_8)));
        assertThrows(Malformed.class, () -> Json.parse(most.getBytes(UTF_8)));
    }

    @Test
    void read_namesNumbersAndLevels_areLimited() throws Malformed {
        String name = "中".repeat(JsonReader.NAME_CHARS_MAX);
        assertEquals("{" + name + "=1}", shown(parse("{\"" + name + "\":1}")));
        String limits = "expected at most 16 levels, names of at most 128 and numbers of at most 32 characters";
        assertTrue(refused("{\"" + name + "c\":1}").contains(limits));

        String number = "1".repeat(JsonReader.NUMBER_CHARS_MAX);
        assertEquals("{a=" + number + "}", shown(parse("{\"a\":" + number + "}")));
        assertTrue(refused("{\"a\":-" + number + "}").contains(limits));
        assertTrue(refused("{\"a\":1." + number.substring(1) + "}").contains(limits));
        assertTrue(refused("{\"a\":" + "1".repeat(1_000) + "}").contains(limits));

        int depth = JsonReader.DEPTH_MAX;
        assertEquals(
                1,
                parse("{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1))
                        .size());
        assertTrue(refused("{\"a\":".repeat(depth) + "{}" + "}".repeat(depth)).contains(limits));
        assertEquals(
                1,
                parse("{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}")
                        .size());
        assertTrue(
                refused("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}").contains(limits));
    }

    @Test
    void read_length_isLimited() throws Malformed {
        assertEquals(0, parse("{}" + " ".repeat(Input.BYTES_MAX - 2)).size());
        String text = "a".repeat(Input.BYTES_MAX - "{'a':''}".length());
        assertEquals(text, parse("{\"a\":\"" + text + "\"}").get("a"));
        assertTrue(refused("{}" + " ".repeat(Input.BYTES_MAX - 1)).contains("at most 1048576 bytes"));
    }

    /** Jackson keeps its buffers for the next message; what one leaves there must not get into another. */
    @Test
    void read_manyAtOnce_areReadApart() {
        List<String> wrong = IntStream.range(0, 2_000)
                .parallel()
                .mapToObj(i -> String.valueOf(i).repeat(i % 300 + 1))
                .filter(text ->
                        !shown(unchecked("{\"a\":\"\\u0061" + text + "\"}")).equals("{a=\"a" + text + "\"}"))
                .toList();
        assertEquals(List.of(), wrong);
    }

    private static Map<String, Object> unchecked(String json) {
        try {
            return parse(json);
        } catch (Malformed e) {
            throw new AssertionError(e);
        }
    }
}
