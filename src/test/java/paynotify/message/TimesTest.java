package paynotify.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of the senders' documents, and times that a column of PostgreSQL and a reader of years with four digits can hold. */
class TimesTest {
    private interface Read {
        Instant read(String name, String text) throws Malformed;
    }

    private static void assertMalformed(Read read, String text) {
        Malformed refused = assertThrows(Malformed.class, () -> read.read("paid", text));
    }

    @ParameterizedTest
    @CsvSource({
        "20250601120005, 2025-06-01T04:00:05Z",
        "20240229000000, 2024-02-28T16:00:00Z",
        "00010101080000, 0001-01-01T00:00:00Z",
        "99991231235959, 9999-12-31T15:59:59Z"
    })
    void compact_isOfBeijing(String text, Instant expected) throws Malformed {
        assertEquals(expected, Times.compact("paid", text));
        String spaced = text.replaceFirst("(....)(..)(..)(..)(..)(..)", "$1-$2-$3 $4:$5:$6");
        assertEquals(expected, Times.dateAndTime("paid", spaced));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2025060112000",
                "202506011200050",
                "2025060112000x",
                "２0250601120005",
                "20250601120060",
                "20250601126000",
                "20250601240000",
                "20250631000000",
                "20250229000000",
                "20251301000000",
                "20250600000000",
                "00000101120000",
                // In UTC of the year before the first.
                "00010101075959",
            })
    void compact_otherForm_isMalformed(String text) {
        assertMalformed(Times::compact, text);
        assertMalformed(Times::dateAndTime, text);
        assertMalformed(Times::rfc3339, text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2025-06-01T12:00:05+08:00",
                "2025-06-01T12:00:05Z",
                "2025-06-01T12:00:05-00:00",
                "2025-06-01T12:00:05.1+08:00",
                "2025-06-01T12:00:05.123456789Z",
                "2025-06-01T12:00:05+18:00",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z"
            })
    void rfc3339_isAsTheJdkReadsIt(String text) throws Malformed {
        assertEquals(OffsetDateTime.parse(text).toInstant(), Times.rfc3339("paid", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2025-06-01T12:00:05",
                "2025-06-01 12:00:05Z",
                "2025-06-01t12:00:05z",
                "2025-06-01T12:00Z",
                "2025-06-01T12:00:05.Z",
                "2025-06-01T12:00:05.1234567890Z",
                "2025-06-01T12:00:05+0800",
                "2025-06-01T12:00:05+08",
                "2025-06-01T12:00:05+18:01",
                "2025-06-01T12:00:05+08:60",
                "2025-06-01T12:00:05Zx",
                "2025-06-01T24:00:00Z",
                "2025-02-29T00:00:00Z",
                "0000-12-31T23:59:59Z",
                "0001-01-01T00:00:00+00:01",
                "9999-12-31T23:59:59-00:01",
                "12025-06-01T12:00:05Z",
                "-2025-06-01T12:00:05Z"
            })
    void rfc3339_otherForm_isMalformed(String text) {
        assertMalformed(Times::rfc3339, text);
    }
}
