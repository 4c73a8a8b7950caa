package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatsTest {
    private static final Instant TIME = Instant.parse("2026-11-28T16:00:05.999Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4990|CNY|¥49.90",
                "1||¥0.01",
                "0|CNY|¥0.00",
                "-105|CNY|-¥1.05",
                "123456789|CNY|¥1,234,567.89",
                "9223372036854775807|CNY|¥92,233,720,368,547,758.07",
                "4990|USD|USD 49.90",
                "1|WAYTOOLONG|WAYTOOLO… 0.01"
            })
    void amount_isInYuan(long fen, String currency, String shown) {
        assertEquals(shown, Formats.amount(fen, currency));
    }

    @Test
    void times_areBeijings() {
        assertEquals("2026-11-29 00:00:05", Formats.time(TIME));
        assertEquals("2026-11-29T00:00:05", Formats.field(TIME));
        assertEquals("", Formats.field(null));
        assertEquals("11-29 00:00", Formats.hour(TIME));
        assertEquals("11-29", Formats.day(TIME));
        assertEquals(Instant.parse("2026-11-28T16:00:00Z"), Formats.parseField("2026-11-29T00:00"));
        assertNull(Formats.parseField(""));
        assertThrows(DateTimeException.class, () -> Formats.parseField("2026-02-30T00:00"));
        assertThrows(DateTimeException.class, () -> Formats.parseField("1969-12-31T00:00"));
        assertThrows(DateTimeException.class, () -> Formats.parseField("+99999-01-01T00:00"));
    }

    @ParameterizedTest
    @CsvSource({
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o, oUpF8u…WeS6o",
        "oUpF8uMuAJO_M, oUpF8u…AJO_M",
        "short, sh…",
        "exactly12345, ex…",
        "x, x…"
    })
    void payer_isShortened(String payer, String shown) {
        assertEquals(shown, Formats.payer(payer));
    }

    @Test
    void numbers_areReadable() {
        assertEquals("999 µs", Formats.micros(999));
        assertEquals("1.2 ms", Formats.micros(1_200));
        assertEquals("1,234,567", Formats.count(1_234_567));
        assertEquals("", Formats.query());
        assertEquals("?a=%26%3D%E6%94%AF&d=1", Formats.query("a", "&=支", "b", "", "c", null, "d", "1"));
    }
}
