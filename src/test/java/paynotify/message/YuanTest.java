package paynotify.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YuanTest {
    @ParameterizedTest
    @CsvSource({
        "1.15, 115",
        "1.1, 110",
        "1, 100",
        "0.01, 1",
        "0.10, 10",
        "0, 0",
        "0.00, 0",
        "500.00, 50000",
        "92233720368547758.07, 9223372036854775807",
        "92233720368547758, 9223372036854775800"
    })
    void parse_yuan_isExactInFen(String yuan, long fen) {
        assertEquals(fen, Yuan.parseFenOrNull(yuan));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1.",
                ".5",
                "1.155",
                "1.150",
                "-1",
                "+1",
                "1e2",
                "1.1.1",
                "01",
                "00.5",
                "1,000",
                " 1",
                "1 ",
                "１",
                "0x1",
                "1.-1",
                "1.+1",
                "1. 1",
                "92233720368547758.08",
                "99999999999999999999",
                "NaN"
            })
    void parse_anythingElse_isNone(String text) {
        assertNull(Yuan.parseFenOrNull(text));
    }

    @Test
    void parse_nothing_isNone() {
        assertNull(Yuan.parseFenOrNull(null));
    }
}
