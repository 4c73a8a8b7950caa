package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnverifiedLimitTest {
    private Instant now = Instant.parse("2025-06-01T04:00:00Z");
    private final UnverifiedLimit limit = new UnverifiedLimit(2, new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private int allowed(int calls, String remoteAddr) {
        int allowed = 0;
        for (int i = 0; i < calls; i++) {
            allowed += limit.allows(remoteAddr) ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void allows_oneAddress_soManyASecond() {
        assertEquals(2, allowed(9, "10.0.0.1"));
        assertEquals(2, allowed(9, "10.0.0.2"));
        now = now.plusMillis(999);
        assertEquals(0, allowed(9, "10.0.0.1"));
        now = now.plusMillis(1);
        assertEquals(2, allowed(9, "10.0.0.1"));
    }

    @Test
    void allows_aMillionAddresses_tenTimesAsManyInAll() {
        int allowed = 0;
        for (int i = 0; i < 1_000_000; i++) {
            allowed += limit.allows(
                            "2001:db8:" + Integer.toHexString(i >> 16) + ":" + Integer.toHexString(i & 0xFFFF) + "::1")
                    ? 1
                    : 0;
        }
        assertEquals(20, allowed);
        assertFalse(limit.allows("10.0.0.1"));
        now = now.plusSeconds(1);
        assertTrue(limit.allows("10.0.0.1"));
    }

    /** Counted together, or not. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:1::1, 2001:DB8::1:ffff:0:0:7, true",
        "2001:db8:0:1::1, 2001:db8:0:2::1, false",
        "::1, ::2, true",
        "1::, ::1, false",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.11, false",
        "10.0.0.1:4711, 10.0.0.1:4712, true",
        "10.0.0.1:4711, 10.0.0.2:4711, false",
        "unknown, , true",
        "unknown, 10.0.0.1, false"
    })
    void allows_twoAddresses_areOneOrTwo(String one, String other, boolean together) {
        assertEquals(2, allowed(2, one));
        assertEquals(!together, limit.allows(other));
    }

    @Test
    void allows_clockPutBack_countsAnew() {
        assertEquals(2, allowed(9, "10.0.0.1"));
        now = now.minus(Duration.ofHours(1));
        assertEquals(2, allowed(9, "10.0.0.1"));
    }
}
