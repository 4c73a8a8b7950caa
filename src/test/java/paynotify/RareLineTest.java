package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RareLineTest {
    private static final Duration EVERY = Duration.ofMinutes(1);

    private long nanos = Long.MAX_VALUE - 10;
    private final RareLine line = new RareLine(EVERY, () -> nanos);

    @Test
    void add_firstAtOnce_thenOneForAllOfAPeriod() {
        assertEquals(1, line.add());
        assertEquals(0, line.add());
        nanos += EVERY.toNanos() - 1;
        assertEquals(0, line.add());
        nanos++;
        assertEquals(3, line.add());
        assertEquals(0, line.add());
    }

    @Test
    void due_noneFollows_isToldWhenThePeriodIsOver() {
        assertEquals(0, line.due());
        assertEquals(1, line.add());
        assertEquals(0, line.add());
        assertEquals(0, line.due());
        nanos += EVERY.toNanos();
        assertEquals(1, line.due());
        assertEquals(0, line.due());
        nanos += EVERY.toNanos();
        assertEquals(1, line.add());
    }

    @Test
    void rest_atTheEnd_isToldWhateverTheTime() {
        assertEquals(0, line.rest());
        assertEquals(1, line.add());
        assertEquals(0, line.add());
        assertEquals(1, line.rest());
        assertEquals(0, line.rest());
    }
}
