package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class JsonTest {
    private final Json json;

    JsonTest() throws Malformed {
        json = Json.parse("""
                {"text":"订单","empty":"","number":12,"digits":"34","decimal":1.5,"no":null,"yes":true,
                 "object":{"inner":{"a":"b"}},"list":[{"a":1},{"a":2}],"mixed":[{"a":1},2],"none":[],
                 "long":"%s"}
                """.formatted("1".repeat(129)).getBytes(UTF_8));
    }

    private static void assertMalformed(String expected, Executable read) {
        assertEquals(expected, assertThrows(Malformed.class, read).detail());
    }

    @Test
    void text_isWhatIsInQuotes() throws Malformed {
        assertEquals("订单", json.text("text"));
        assertEquals("订单", json.textOrNull("text"));
        assertEquals("订单", json.optionalText("text"));
        assertEquals("订单", json.identifier("text"));
        assertMalformed("expected a text as missing, found none", () -> json.text("missing"));
        assertMalformed("expected a text as empty, found ''", () -> json.text("empty"));
        assertMalformed("expected a text as number, found '12'", () -> json.text("number"));
        assertMalformed("expected a text as object, found something else", () -> json.text("object"));
        assertMalformed("expected a long of at most 128 characters, found 129", () -> json.identifier("long"));
    }

    @Test
    void optionalText_missingNullOrEmpty_isNull() throws Malformed {
        assertNull(json.optionalText("missing"));
        assertNull(json.optionalText("no"));
        assertNull(json.optionalText("empty"));
        assertMalformed("expected a text as yes, found something else", () -> json.optionalText("yes"));
        assertNull(json.textOrNull("yes"));
    }

    @Test
    void has_isTrueOfAllButNull() {
        assertTrue(json.has("empty"));
        assertTrue(json.has("yes"));
        assertFalse(json.has("no"));
        assertFalse(json.has("missing"));
        assertFalse(Json.EMPTY.has("text"));
    }

    @Test
    void wholeNumber_isOneAsItIsWritten() throws Malformed {
        assertEquals(12, json.wholeNumber("number"));
        assertEquals(12, json.wholeNumberOrText("number"));
        assertEquals(34, json.wholeNumberOrText("digits"));
        assertEquals("34", json.textOrDigitsOrNull("digits"));
        assertEquals("1.5", json.textOrDigitsOrNull("decimal"));
        assertNull(json.textOrDigitsOrNull("yes"));
        assertNull(json.wholeNumberOrNull("digits"));
        assertNull(json.wholeNumberOrNull("decimal"));
        assertMalformed("expected a whole number as digits, found '34'", () -> json.wholeNumber("digits"));
        assertMalformed("expected a whole number as decimal, found '1.5'", () -> json.wholeNumberOrText("decimal"));
        assertMalformed("expected a whole number as no, found none", () -> json.wholeNumber("no"));
    }

    @Test
    void objectOrEmpty_saysInErrorsWhereItIs() throws Malformed {
        Json inner = json.objectOrEmpty("object").objectOrEmpty("inner");
        assertEquals("b", inner.text("a"));
        assertMalformed("expected a whole number as object.inner.a, found 'b'", () -> inner.wholeNumber("a"));
        assertMalformed("expected a text as text.a, found none", () -> json.objectOrEmpty("text")
                .text("a"));
        assertMalformed("expected a text as missing.a, found none", () -> json.objectOrEmpty("missing")
                .text("a"));
    }

    @Test
    void objects_areThoseOfTheArray() throws Malformed {
        List<Json> objects = json.objects("list");
        assertEquals(2, objects.size());
        assertEquals(2, objects.get(1).wholeNumber("a"));
        assertMalformed(
                "expected a text as list[1].a, found '2'", () -> objects.get(1).text("a"));
        assertEquals(List.of(), json.objects("none"));
        assertEquals(List.of(), json.objects("missing"));
        assertEquals(List.of(), json.objects("no"));
        assertMalformed("expected an object as mixed[1], found something else", () -> json.objects("mixed"));
        assertMalformed("expected an array as object, found something else", () -> json.objects("object"));
        assertMalformed("expected an array as text, found '订单'", () -> json.objects("text"));
    }
}
