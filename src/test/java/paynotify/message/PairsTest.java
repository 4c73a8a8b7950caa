package paynotify.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.signature.SignedText;

class PairsTest {
    private static Fields parse(String message) throws Malformed {
        return Pairs.parse(message.getBytes(ISO_8859_1), UTF_8);
    }

    private static String signed(String message) throws Malformed {
        return new String(SignedText.of(parse(message), List.of()), UTF_8);
    }

    private static String refused(String message) {
        return assertThrows(Malformed.class, () -> parse(message)).detail();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "b=2&a=1             | a=1&b=2",
                "a=1&&b=2&           | a=1&b=2",
                "&a=1                | a=1",
                "a=&b=2&c            | b=2",
                "a=1=2               | a=1=2",
                "a=%31%2B%2b+%20%26  | a=1++  &",
                "%E6%A1%8C=%e5%8f%b7 | 桌=号",
                "B=1&a=2&A=3         | A=3&B=1&a=2",
            })
    void parse_pairs_areTheDecodedOnes(String message, String expected) throws Malformed {
        assertEquals(expected, signed(message));
    }

    @Test
    void parse_nothing_hasNoFields() throws Malformed {
        assertEquals(0, parse("").size());
        assertEquals("", signed("&&"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=1&a=2",
                "a=&a=2",
                "a&a",
                "a=1&%61=2",
                "=1",
                "=",
                "a=%",
                "a=%4",
                "a=%4&b=1",
                "a=%zz",
                "a=%-1",
                "a=% 1",
                "a=%00",
                "%00=1",
                "a=\0",
                "a=%E6%A1",
                "a=\u00e6",
                "%E6=%A1%8C",
                "a=%ED%A0%80",
                "a=%C0%80",
                "%=1",
                "a%4=1"
            })
    void parse_noPairsInUtf8_isMalformed(String message) {
        assertTrue(refused(message).startsWith("pairs: "));
    }

    @Test
    void parse_overALimit_isMalformed() throws Malformed {
        String most = IntStream.range(0, Fields.FIELDS_MAX)
                .mapToObj(i -> "a" + i + "=1")
                .collect(Collectors.joining("&"));
        assertEquals(Fields.FIELDS_MAX, parse(most).size());
        assertTrue(refused(most + "&b=1").contains("at most 256 pairs"));
        String longest = "%61".repeat(Fields.NAME_BYTES_MAX);
        assertEquals("1", parse((longest + "=1")).get("a".repeat(Fields.NAME_BYTES_MAX)));
        refused(longest + "a=1");
    }

    @Test
    void parse_anyCharset_takesWhatIsNoUtf8() throws Malformed {
        Fields fields = Pairs.parseInAnyCharset("REMARK1=%B5%A5&x=%00".getBytes(UTF_8));
        assertEquals(2, fields.size());
        assertEquals("\uFFFD\uFFFD", fields.get("REMARK1"));
        assertNull(fields.get("remark1"));
        assertThrows(Malformed.class, () -> Pairs.parseInAnyCharset("a=%g0".getBytes(UTF_8)));
        assertThrows(Malformed.class, () -> Pairs.parseInAnyCharset("a=1&a=1".getBytes(UTF_8)));
    }

    /** Whatever the JDK's own encoder writes is read back. */
    @Test
    void parse_anyTextEncodedByTheJdk_isThatText() throws Malformed {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            TreeMap<String, String> pairs = new TreeMap<>();
            for (int i = 0; i < 5; i++) {
                pairs.put("n" + i, text(random) + "x");
            }
            String message = pairs.entrySet().stream()
                    .map(pair -> pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), UTF_8))
                    .collect(Collectors.joining("&"));
            String expected = pairs.entrySet().stream()
                    .map(pair -> pair.getKey() + "=" + pair.getValue())
                    .collect(Collectors.joining("&"));
            assertEquals(expected, signed(message));
        }
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(9), 1, 0x3000)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
