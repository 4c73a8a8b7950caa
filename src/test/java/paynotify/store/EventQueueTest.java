package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.store.EventQueue.Due;
import paynotify.store.EventQueue.Result;

/** What is due and what becomes of it, on a real PostgreSQL. */
class EventQueueTest {
    private final Database shop = Postgres.shared().newDatabase();
    private Store store;
    private EventQueue queue;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
        queue = store.events();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void add(String account, String outTradeNo, String nextAt) {
        shop.execute(
                "insert into payment_event (type, account, mch_id, out_trade_no, outcome, occurred_at, next_at)"
                        + " values ('payment.paid', ?, 'm', ?, 'APPLIED', 'epoch', " + nextAt + ")",
                account,
                outTradeNo);
    }

    private List<Due> claim(Map<String, Integer> rooms) throws Unavailable {
        return queue.exchange(List.of(), rooms);
    }

    private Map<String, Object> row(Due due) {
        return shop.row("select *, next_at - now() as wait from payment_event where id = ?", due.id());
    }

    private static List<String> numbers(List<Due> events) {
        return events.stream().map(Due::outTradeNo).sorted().toList();
    }

    @Test
    void claim_takesWhatIsDueForEachAccountByItsRoom() throws Exception {
        for (int i = 0; i < 5; i++) {
            add("a", "a" + i, "now() - interval '" + (10 - i) + " s'");
            add("b", "b" + i, "now()");
        }
        add("a", "later", "now() + interval '1 hour'");
        add("a", "never", "null");
        add("unknown", "u", "now()");
        List<Due> first = claim(Map.of("a", 3, "b", 9));
        assertEquals(List.of("a0", "a1", "a2", "b0", "b1", "b2", "b3", "b4"), numbers(first));
        assertEquals(List.of("a3", "a4"), numbers(claim(Map.of("a", 3, "b", 9))));
        assertEquals(List.of(), claim(Map.of("a", 3, "b", 9)));
        assertEquals(List.of(), claim(Map.of()));
        Due one = first.get(0);
        assertEquals(Instant.EPOCH, one.occurredAt());
        assertNull(one.totalFee());
        assertEquals(0, one.tries());
        assertTrue(queue.isReady());
    }

    @Test
    void lease_endsAfterAMinute() throws Exception {
        add("a", "o", "now()");
        assertEquals(1, claim(Map.of("a", 1)).size());
        assertEquals(
                1, shop.count("payment_event where leased_until - now() between interval '50 s' and interval '60 s'"));
        shop.execute("update payment_event set leased_until = now() - interval '1 s'");
        Due again = claim(Map.of("a", 1)).get(0);
        // Whoever comes back late has lost it.
        Due late = new Due(
                again.id(),
                "payment.paid",
                "a",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "APPLIED",
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                0,
                again.claimed(),
                "2000-01-01 00:00:00+00");
        queue.exchange(List.of(Result.failed(late, 500, "no", null)), Map.of());
        assertEquals(0, row(again).get("tries"));
        queue.exchange(List.of(Result.delivered(again, 200), Result.delivered(again, 200)), Map.of());
        assertEquals(1, row(again).get("tries"));
    }

    @Test
    void results_areNoted() throws Exception {
        for (int i = 0; i < 4; i++) {
            add("a", "o" + i, "now() - interval '" + (10 - i) + " s'");
        }
        List<Due> due = claim(Map.of("a", 9));
        queue.exchange(
                List.of(
                        Result.delivered(due.get(0), 204),
                        Result.failed(due.get(1), 500, "n\0".repeat(400) + "x", Duration.ofMillis(90_500)),
                        Result.failed(due.get(2), null, "gone \uD83D\uDE00", null),
                        Result.released(due.get(3))),
                Map.of());
        Map<String, Object> delivered = row(due.get(0));
        assertNotNull(delivered.get("delivered_at"));
        assertNull(delivered.get("next_at"));
        assertEquals(204, delivered.get("last_status"));
        Map<String, Object> failed = row(due.get(1));
        assertNull(failed.get("delivered_at"));
        assertEquals(500, failed.get("last_status"));
        assertEquals("n\uFFFD".repeat(250), failed.get("last_error"));
        assertEquals(1, failed.get("tries"));
        assertTrue(failed.get("wait").toString().contains("1 mins 30."), failed::toString);
        Map<String, Object> givenUp = row(due.get(2));
        assertNull(givenUp.get("next_at"));
        assertNull(givenUp.get("last_status"));
        assertEquals("gone \uD83D\uDE00", givenUp.get("last_error"));
        assertEquals(0, row(due.get(3)).get("tries"));
        assertEquals(0, shop.count("payment_event where leased_until is not null"));
        assertEquals(List.of("o3"), numbers(claim(Map.of("a", 9))));
    }

    @Test
    void error_isCutBetweenCharacters() throws Exception {
        add("a", "o", "now()");
        Due due = claim(Map.of("a", 9)).get(0);
        queue.exchange(List.of(Result.failed(due, 500, "x" + "\uD83D\uDE00".repeat(300), null)), Map.of());
        assertEquals("x" + "\uD83D\uDE00".repeat(249), row(due).get("last_error"));
    }

    /** Whoever asks for it while it is under way has it sent once more. */
    @Test
    void askedForMeanwhile_staysDue() throws Exception {
        add("a", "o", "now() - interval '1 hour'");
        Due due = claim(Map.of("a", 9)).get(0);
        shop.execute("update payment_event set next_at = now()");
        assertEquals(List.of(), claim(Map.of("a", 9)));
        queue.exchange(List.of(Result.delivered(due, 200)), Map.of());
        assertNotNull(row(due).get("delivered_at"));
        Due again = claim(Map.of("a", 9)).get(0);
        assertEquals(1, again.tries());
        shop.execute("update payment_event set next_at = null");
        queue.exchange(List.of(Result.failed(again, 500, "no", Duration.ofSeconds(5))), Map.of());
        assertNull(row(due).get("next_at"));
        for (String odd : List.of("'-infinity'", "'0044-03-15 BC'")) {
            shop.execute("update payment_event set next_at = " + odd);
            queue.exchange(List.of(Result.delivered(claim(Map.of("a", 9)).get(0), 200)), Map.of());
            assertNull(row(due).get("next_at"), odd);
        }
    }

    /** Many at once take each event once, while results are noted. */
    @Test
    void claims_atOnce_takeEachOnce() throws Exception {
        shop.execute("insert into payment_event (type, account, out_trade_no, outcome, occurred_at, next_at)"
                + " select 'payment.paid', 'a', n, 'APPLIED', now(), now() from generate_series(1, 2000) n");
        List<Thread> threads = new ArrayList<>();
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(new Thread(() -> {
                List<Due> claimed = List.of();
                try {
                    do {
                        claimed = queue.exchange(
                                claimed.stream()
                                        .map(due -> Result.delivered(due, 200))
                                        .toList(),
                                Map.of("a", 20));
                        synchronized (taken) {
                            claimed.forEach(due -> taken.add(due.id()));
                        }
                    } while (!claimed.isEmpty());
                } catch (Unavailable e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(2_000, taken.size());
        assertEquals(2_000, new HashSet<>(taken).size());
        assertEquals(2_000, shop.count("payment_event where delivered_at is not null and tries = 1"));
    }

    /** By the index, however many are delivered or wait. */
    @Test
    void claim_ofALongTable_isReadByTheIndex() throws Exception {
        shop.execute("insert into payment_event (type, account, out_trade_no, outcome, occurred_at, next_at)"
                + " select 'payment.paid', 'a', n, 'APPLIED', now(), case when n % 10 = 0 then now() end"
                + " from generate_series(1, 100000) n");
        shop.execute("analyze payment_event");
        long before = read();
        for (int i = 0; i < 10; i++) {
            List<Due> due = claim(Map.of("a", 20, "b", 20));
            queue.exchange(due.stream().map(each -> Result.delivered(each, 200)).toList(), Map.of());
        }
        assertEquals(0, queue.forget(30));
        assertEquals(before, read());
        assertEquals(200, shop.count("payment_event where delivered_at is not null"));
    }

    /** Whole-table reads so far. */
    private long read() throws Exception {
        store.close();
        long scans = (Long) shop.value("select seq_scan from pg_stat_user_tables where relname = 'payment_event'");
        open();
        return scans;
    }

    @Test
    void forget_deletesWhatIsOldAndNotDue() throws Exception {
        shop.execute(
                "insert into payment_event (type, account, outcome, occurred_at, created_at, next_at, out_trade_no)"
                        + " select 'payment.paid', 'a', 'APPLIED', now(), now() - n * interval '1 day',"
                        + " case when n = 40 then now() end, n from generate_series(1, 50) n");
        assertEquals(20, queue.forget(30));
        assertEquals(0, queue.forget(30));
        assertEquals(30, shop.count("payment_event"));
        assertEquals(Set.of("40"), Set.copyOf(numbers(claim(Map.of("a", 99)))));
    }
}
