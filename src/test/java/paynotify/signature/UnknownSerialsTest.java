package paynotify.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import paynotify.kit.CapturedLog;

class UnknownSerialsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");

    private final CapturedLog log = CapturedLog.of("paynotify.signature.UnknownSerials");
    private final UnknownSerials serials = new UnknownSerials("account.wechat.public-key");

    @AfterEach
    void close() {
        log.close();
    }

    private long told(String serial) {
        return log.lines().stream()
                .filter(line -> line.contains("'" + serial + "'"))
                .count();
    }

    @Test
    void found_oneSerial_isOneLineAnHour() {
        for (int minute = 0; minute < 180; minute++) {
            serials.found("3775B6A45ACD588826D15E583A95F5DD96D5C8B7", NOW.plus(Duration.ofMinutes(minute)));
        }
        assertEquals(3, log.lines().size());
        String line = log.lines().get(0);
        assertTrue(line.startsWith("WARNING account.wechat.public-key: "), line);
        assertTrue(line.contains("'3775B6A45ACD588826D15E583A95F5DD96D5C8B7'"), line);
    }

    @Test
    void found_moreThanTenSerials_areTenLinesAnHour() {
        for (int minute = 0; minute < 60; minute++) {
            serials.found("S" + minute, NOW.plus(Duration.ofMinutes(minute)));
        }
        assertEquals(10, log.lines().size());
        assertEquals(1, told("S9"));
        assertEquals(0, told("S10"));
        // An hour after the first, there is room for one.
        serials.found("S10", NOW.plus(Duration.ofMinutes(60)));
        serials.found("S11", NOW.plus(Duration.ofMinutes(60)));
        assertEquals(1, told("S10"));
        assertEquals(0, told("S11"));
    }

    @Test
    void found_clockPutBack_isToldAgain() {
        serials.found("S", NOW);
        serials.found("S", NOW.minus(Duration.ofMinutes(59)));
        assertEquals(1, told("S"));
        serials.found("S", NOW.minus(Duration.ofHours(2)));
        assertEquals(2, told("S"));
    }

    @Test
    void found_strangersSerial_isOneShortLine() {
        serials.found("x\r\nSEVERE forged " + "y".repeat(8000), NOW);
        String line = log.lines().get(0);
        assertTrue(line.length() < 500 && line.lines().count() == 1, line);
    }
}
