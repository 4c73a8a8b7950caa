package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import paynotify.kit.AtOnce;
import paynotify.kit.Wait;
import paynotify.sender.Callback;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;

/** What is not logged one by one is counted, and told in the end, whatever happens to the database meanwhile. */
class UnverifiedLogTest {
    private static final Instant FIRST = Instant.parse("2025-06-01T04:00:00Z");
    private static final int NEVER_MS = 3_600_000;
    private static final int SOON_MS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<PaymentLog.Row> written = new ArrayList<>();
    /** So many writings fail. */
    private final AtomicInteger failures = new AtomicInteger();

    private UnverifiedLog open(int everyMs) {
        UnverifiedLimit limit = new UnverifiedLimit(1, 1_024, Clock.fixed(FIRST, ZoneOffset.UTC));
        return new UnverifiedLog(limit, this::write, everyMs);
    }

    private synchronized void write(List<PaymentLog.Row> rows) throws Unavailable {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new Unavailable("away");
        }
        written.addAll(rows);
    }

    private synchronized List<String> details() {
        return written.stream()
                .map(row -> row.decision().outcome() + ": " + row.decision().detail())
                .toList();
    }

    private synchronized long told() {
        return written.stream()
                .mapToLong(row -> Long.parseLong(row.decision().detail().replaceAll(".*found (\\d+) more.*", "$1")))
                .sum();
    }

    private static Reading reading(String account, int second, Outcome outcome) {
        Callback callback = new Callback(
                account, new byte[] {'x'}, false, name -> "x", "10.0.0.1", FIRST.plusSeconds(second), 0, 0);
        return new Reading(callback, "wechat-v2", "Name: x", NothingToBook.unverified(outcome, "no"));
    }

    /** As the store does it; true where it is only counted. */
    private static boolean takes(UnverifiedLog log, Reading reading) {
        NothingToBook nothing = (NothingToBook) reading.findings().get(0);
        boolean taken = log.admit(reading, nothing) == null;
        if (taken) {
            log.count(reading, nothing);
        }
        return taken;
    }

    @Test
    void admit_bodyOverTheBytes_isCutAndTheRowSaysSo() {
        try (UnverifiedLog log = open(NEVER_MS)) {
            byte[] body = "x".repeat(2_000).getBytes(StandardCharsets.US_ASCII);
            Callback callback = new Callback("a", body, true, name -> "x", "10.0.0.1", FIRST, 3, 4);
            NothingToBook nothing = NothingToBook.unverified(Outcome.TOO_LARGE, "no");
            Reading cut = log.admit(new Reading(callback, "wechat-v2", "Name: x", nothing), nothing);
            assertEquals("x".repeat(1_024), new String(cut.callback().body(), StandardCharsets.US_ASCII));
            assertEquals("a", cut.callback().account());
            assertTrue(cut.callback().tooLarge());
            assertEquals("x", cut.callback().headers().apply("any"));
            assertEquals("10.0.0.1", cut.callback().remoteAddr());
            assertEquals(FIRST, cut.callback().receivedAt());
            assertEquals(3, cut.callback().startNanos());
            assertEquals(4, cut.callback().bodyReadNanos());
            assertEquals("Name: x", cut.headers());
            NothingToBook told = (NothingToBook) cut.findings().get(0);
            assertEquals(
                    "no; the body is cut: expected at most 1024 bytes of them (log.unverified-bytes-per-second) a second,"
                            + " found more",
                    told.detail());
            assertEquals(Outcome.TOO_LARGE, told.outcome());
        }
    }

    @Test
    void admit_shortBodyOverTheBytes_isAsItWas() {
        UnverifiedLimit limit = new UnverifiedLimit(9, 1_024, Clock.fixed(FIRST, ZoneOffset.UTC));
        try (UnverifiedLog log = new UnverifiedLog(limit, this::write, NEVER_MS)) {
            Callback callback = new Callback("a", new byte[700], false, name -> null, null, FIRST, 3, 4);
            NothingToBook nothing = NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no");
            Reading reading = new Reading(callback, "wechat-v2", null, nothing);
            assertSame(reading, log.admit(reading, nothing));
            assertSame(reading, log.admit(reading, nothing));
        }
    }

    @Test
    void close_whatIsLeft_isTold() throws Exception {
        UnverifiedLog log = open(NEVER_MS);
        assertFalse(takes(log, reading("a", 0, Outcome.BAD_SIGNATURE)));
        assertTrue(takes(log, reading("a", 1, Outcome.BAD_SIGNATURE)));
        assertTrue(takes(log, reading("b", 7, Outcome.BAD_SIGNATURE)));
        assertTrue(takes(log, reading("a", 2, Outcome.TOO_LARGE)));
        log.close();
        String expected = "expected at most 1 unverified callbacks a second from one address and 10 in all"
                + " (log.unverified-per-second), and 1024 bytes of them (log.unverified-bytes-per-second),"
                + " and a database that takes them in time, found ";
        String end = ", which are not logged one by one";
        assertEquals(
                List.of(
                        "BAD_SIGNATURE: " + expected + "2 more from 2025-06-01T04:00:01Z to 2025-06-01T04:00:07Z" + end,
                        "TOO_LARGE: " + expected + "1 more from 2025-06-01T04:00:02Z to 2025-06-01T04:00:02Z" + end),
                details());
        Reading last = written.get(0).reading();
        assertEquals("b", last.callback().account());
        assertEquals(0, last.callback().body().length);
        assertEquals(FIRST.plusSeconds(1), last.callback().receivedAt());
        // Tomcat's log tells of it now.
        assertTrue(takes(log, reading("a", 8, Outcome.MALFORMED)));
        assertEquals(2, written.size());
    }

    @Test
    void write_databaseAway_countsOnAndTellsLater() throws Exception {
        failures.set(3);
        try (UnverifiedLog log = open(SOON_MS)) {
            assertFalse(takes(log, reading("a", 0, Outcome.MALFORMED)));
            for (int i = 1; i <= 50; i++) {
                assertTrue(takes(log, reading("a", i, Outcome.MALFORMED)));
            }
            Wait.until(LIMIT, () -> told() == 50, () -> details().toString());
            assertEquals(
                    FIRST.plusSeconds(1), written.get(0).reading().callback().receivedAt());
        }
        assertEquals(0, failures.get());
    }

    @Test
    void takes_fromManyThreadsWhileItWrites_losesNone() throws Exception {
        int each = 20_000;
        int taken = 0;
        try (UnverifiedLog log = open(1)) {
            Callable<Integer> flood = () -> {
                int over = 0;
                for (int i = 0; i < each; i++) {
                    over += takes(log, reading("a", 0, Outcome.SIGNATURE_PROBE)) ? 1 : 0;
                }
                return over;
            };
            for (int over : AtOnce.all(Collections.nCopies(4, flood))) {
                taken += over;
            }
        }
        assertEquals(4 * each - 1, taken);
        assertEquals(taken, told());
    }

    @Test
    void close_databaseAway_isForTomcatsLog() throws Exception {
        failures.set(1);
        UnverifiedLog log = open(NEVER_MS);
        takes(log, reading("a", 0, Outcome.MALFORMED));
        takes(log, reading("a", 0, Outcome.MALFORMED));
        Thread.currentThread().interrupt();
        log.close();
        assertTrue(Thread.interrupted());
        assertEquals(List.of(), details());
    }
}
