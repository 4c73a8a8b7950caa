package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.sender.Callback;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;
import paynotify.store.UnverifiedLimit.Share;

class UnverifiedLimitTest {
    private static final int BYTES = 10_000;

    private Instant now = Instant.parse("2025-06-01T04:00:00Z");
    private final UnverifiedLimit limit = new UnverifiedLimit(2, BYTES, clock());

    private Clock clock() {
        return new Clock() {
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
        };
    }

    private boolean allows(String remoteAddr) {
        return limit.take(reading(remoteAddr, new byte[1])) == Share.WHOLE;
    }

    private static Reading reading(String remoteAddr, byte[] body) {
        Callback callback = new Callback("a", body, false, name -> null, remoteAddr, Instant.EPOCH, 0, 0);
        return new Reading(callback, "wechat-v3", "ab", NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no"));
    }

    private int allowed(int calls, String remoteAddr) {
        int allowed = 0;
        for (int i = 0; i < calls; i++) {
            allowed += allows(remoteAddr) ? 1 : 0;
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
            allowed +=
                    allows("2001:db8:" + Integer.toHexString(i >> 16) + ":" + Integer.toHexString(i & 0xFFFF) + "::1")
                            ? 1
                            : 0;
        }
        assertEquals(20, allowed);
        assertFalse(allows("10.0.0.1"));
        now = now.plusSeconds(1);
        assertTrue(allows("10.0.0.1"));
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
        assertEquals(!together, allows(other));
    }

    @Test
    void allows_clockPutBack_countsAnew() {
        assertEquals(2, allowed(9, "10.0.0.1"));
        now = now.minus(Duration.ofHours(1));
        assertEquals(2, allowed(9, "10.0.0.1"));
    }

    /** 2 bytes of each are its headers. */
    @Test
    void take_bytesUsedUp_bodiesAreCutAndThenNothingIsLogged() {
        UnverifiedLimit bytes = new UnverifiedLimit(10, BYTES, clock());
        Reading most = reading("10.0.0.1", new byte[BYTES - 2]);
        Reading one = reading("10.0.0.1", new byte[1]);
        assertEquals(Share.WHOLE, bytes.take(most));
        assertEquals(Share.CUT, bytes.take(most));
        assertEquals(Share.CUT, bytes.take(one));
        now = now.plusSeconds(1);
        assertEquals(Share.WHOLE, bytes.take(one));
        assertEquals(Share.CUT, bytes.take(most));
        assertEquals(Share.WHOLE, bytes.take(reading("10.0.0.1", new byte[5_000])));
    }

    @Test
    void take_fourTimesTheBytes_areTheMost() {
        UnverifiedLimit bytes = new UnverifiedLimit(100_000, 1_024, clock());
        long logged = 0;
        int cut = 0;
        for (int i = 0; i < 1_000; i++) {
            Share share = bytes.take(reading("10.0.0." + i % 256, new byte[64_000]));
            assertNotEquals(Share.WHOLE, share);
            cut += share == Share.CUT ? 1 : 0;
            logged += share == Share.CUT ? UnverifiedLimit.CUT_BYTES + 2 : 0;
        }
        assertEquals(3, cut);
        assertTrue(logged <= 4 * 1_024);
        // One that was not logged for its size has not used up its address's number.
        assertEquals(Share.CUT, bytes.take(reading("10.0.1.1", new byte[900])));
    }

    /** PostgreSQL stores what is no UTF-8 as U+FFFD, in three bytes. */
    @Test
    void take_bodyThatIsNoText_countsAsItIsStored() {
        byte[] body = new byte[BYTES / 2];
        Arrays.fill(body, (byte) 0xFF);
        assertEquals(Share.CUT, limit.take(reading("10.0.0.1", body)));
        assertEquals(Share.CUT, limit.take(reading("10.0.0.1", new byte[BYTES])));
    }
}
