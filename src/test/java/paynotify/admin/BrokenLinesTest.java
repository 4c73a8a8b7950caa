package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BrokenLinesTest {
    @Test
    void json_isIndented() {
        assertEquals(
                "{\n  \"a\": [\n    1,\n    \"x,{\\\"\"\n  ],\n  \"b\": null\n}",
                BrokenLines.of("{\"a\" :[1, \"x,{\\\"\"],\n\"b\":null}"));
    }

    @Test
    void json_thatIsBroken_losesNothing() {
        for (String body : new String[] {"{\"a", "[[[}}}", "{\"a\\", "}{", "{" + "[".repeat(10_000)}) {
            assertEquals(body.replaceAll("\\s", ""), BrokenLines.of(body).replaceAll("\\s", ""));
        }
        assertTrue(BrokenLines.of("[".repeat(60_000)).length() < 60_000 * 43);
    }

    @Test
    void xml_hasALineForEachElement() {
        assertEquals(
                "<xml>\n  <a><![CDATA[1]]></a>\n  <b>2</b>\n</xml>",
                BrokenLines.of("<xml><a><![CDATA[1]]></a> <b>2</b></xml>\n"));
    }

    @Test
    void pairs_haveALineEach() {
        assertEquals("a=1\n&b=2", BrokenLines.of("a=1&b=2"));
        assertEquals("a\nb&c", BrokenLines.of("a\nb&c"));
    }
}
