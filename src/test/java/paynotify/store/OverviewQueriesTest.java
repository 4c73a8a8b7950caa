package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.store.OverviewQueries.Flow;

/** What the overview counts, on a real PostgreSQL, against plain SQL. */
class OverviewQueriesTest {
    private final Database shop = Postgres.shared().newDatabase();
    private Store store;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 1 << 30, Clock.systemUTC()));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void flow_ofAnEmptyLog_isEmpty() throws Exception {
        Flow flow = store.overview().flow(Instant.now().minus(Duration.ofDays(30)));
        assertEquals(0, flow.hours().size());
        assertNull(flow.took().number("median"));
        assertNull(flow.took().number("p99"));
    }

    /** Times differ for callbacks only; what was asked or replayed is counted, and its time is not. */
    @Test
    void flow_countsHoursOutcomesAndTimes_asSqlDoes() throws Exception {
        shop.execute("insert into payment_log (received_at, account, channel, outcome, took_us, body, source)"
                + " select now() - n * interval '11 minutes', 'a', 'wechat-v2',"
                + " (array['APPLIED', 'DUPLICATE', 'MALFORMED'])[1 + n % 3], (n * 7919) % 1000 + n % 2,"
                + " '', (array['CALLBACK', 'CALLBACK', 'CALLBACK', 'INQUIRY', 'REPLAY'])[1 + n % 5]"
                + " from generate_series(1, 5000) n");
        for (int days : new int[] {1, 7, 30}) {
            Instant since = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofDays(days));
            Flow flow = store.overview().flow(since);
            Map<String, Long> found = new TreeMap<>();
            flow.hours()
                    .forEach(row -> found.put(row.time("hour") + " " + row.word("outcome"), row.count("callbacks")));
            Map<String, Long> expected = new TreeMap<>();
            shop.rows(
                            "select extract(epoch from date_trunc('hour', received_at, 'UTC'))::bigint as hour, outcome,"
                                    + " count(*) as n from payment_log where received_at >= cast(? as timestamptz) group by 1, 2",
                            since.toString())
                    .forEach(row -> expected.put(
                            Instant.ofEpochSecond(((Number) row.get("hour")).longValue()) + " " + row.get("outcome"),
                            ((Number) row.get("n")).longValue()));
            assertEquals(expected, found);
            Map<String, Object> took = shop.row(
                    "select p[1] as median, p[2] as p99 from (select percentile_disc(array[0.5, 0.99]) within group"
                            + " (order by took_us) as p from payment_log where received_at >= cast(? as timestamptz)"
                            + " and source = 'CALLBACK') t",
                    since.toString());
            assertEquals(((Number) took.get("median")).longValue(), flow.took().count("median"));
            assertEquals(((Number) took.get("p99")).longValue(), flow.took().count("p99"));
        }
    }
}
