package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Outcome;
import paynotify.sender.Payments;
import paynotify.sender.Reading;

/** Contract, section 9: the months of the log, on a real PostgreSQL. */
class LogMonthsTest {
    private static final String REST = "payment_log_rest";

    private final Database shop = Postgres.shared().newDatabase();
    private final YearMonth now = YearMonth.now(ZoneOffset.UTC);
    private long nanos;
    private Store store;

    @BeforeEach
    void open() throws Exception {
        store = openAs(shop, true);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Store openAs(Database database, boolean migrate) throws Exception {
        return Store.open(
                new DatabaseSettings(
                        null, new Secret(database.url()), database.user(), new Secret(database.password()), 4, migrate),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
    }

    private LogMonths months(int keepMonths) {
        return new LogMonths(store.background(), keepMonths, () -> nanos);
    }

    private static String name(YearMonth month) {
        return "payment_log_" + month.format(DateTimeFormatter.ofPattern("yyyy_MM"));
    }

    private List<String> partitions() {
        return shop
                .rows("select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                        + " where i.inhparent = 'payment_log'::regclass order by 1")
                .stream()
                .map(row -> row.get("relname").toString())
                .toList();
    }

    private List<String> fromTo(YearMonth first, YearMonth last) {
        List<String> names = new ArrayList<>();
        for (YearMonth month = first; !month.isAfter(last); month = month.plusMonths(1)) {
            names.add(name(month));
        }
        names.add(REST);
        return names;
    }

    private void add(YearMonth month, String no) {
        shop.execute(
                "insert into payment_log (received_at, account, channel, outcome, took_us, body, out_trade_no)"
                        + " values (cast(? as timestamptz), 'a', 'c', 'MALFORMED', 1, '', ?)",
                month.atDay(1) + "T00:00:00Z",
                no);
    }

    private String placeOf(String no) {
        return (String) shop.value("select tableoid::regclass::text from payment_log where out_trade_no = ?", no);
    }

    private List<String> dropBefore(YearMonth month) {
        return shop
                .rows(
                        "select payment_log_drop_before(cast(? as date)) as n",
                        month.atDay(17).toString())
                .stream()
                .map(row -> row.get("n").toString())
                .toList();
    }

    private Outcome pay(String no, Instant receivedAt) throws Unavailable {
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', ?, 101)", no);
        return settle(no, receivedAt);
    }

    private Outcome settle(String no, Instant receivedAt) throws Unavailable {
        long start = System.nanoTime();
        Callback callback = new Callback("a", new byte[0], false, name -> null, null, receivedAt, start, start);
        return store.settle(new Reading(
                        callback, "wechat-v2", null, Payments.of("m", no, "t-" + no, 101, "CNY", receivedAt, null)))
                .get(0)
                .outcome();
    }

    @Test
    void migrate_ofNewTables_makesThisMonthAndThreeMore() {
        assertEquals(fromTo(now, now.plusMonths(3)), partitions());
    }

    @Test
    void settle_clockThatJumpsBy400Days_isLogged() throws Exception {
        assertEquals(Outcome.APPLIED, pay("ahead", Instant.now().plus(Duration.ofDays(400))));
        assertEquals(Outcome.APPLIED, pay("behind", Instant.now().minus(Duration.ofDays(400))));
        assertEquals(Outcome.APPLIED, pay("today", Instant.now()));
        assertEquals(REST, placeOf("ahead"));
        assertEquals(REST, placeOf("behind"));
        assertEquals(name(now), placeOf("today"));
        assertEquals(
                List.of("ahead", "behind", "today"),
                shop.rows("select out_trade_no from payment_log order by id").stream()
                        .map(row -> row.get("out_trade_no"))
                        .toList());
    }

    @Test
    void keep_monthsThatAreMissing_areMadeLikeTheirParentAndTakeTheirRows() throws Exception {
        shop.execute("drop table " + name(now.plusMonths(2)) + ", " + name(now.plusMonths(3)));
        add(now.plusMonths(2), "ahead");
        add(now.minusMonths(5), "late");
        add(now.minusMonths(1200), "long ago");
        add(now.plusMonths(13), "far");
        LogMonths months = months(0);
        assertTrue(months.keep());
        List<String> expected = new ArrayList<>(List.of(name(now.minusMonths(5))));
        expected.addAll(fromTo(now, now.plusMonths(3)));
        assertEquals(expected, partitions());
        assertEquals(name(now.plusMonths(2)), placeOf("ahead"));
        assertEquals(name(now.minusMonths(5)), placeOf("late"));
        assertEquals(REST, placeOf("long ago"));
        assertEquals(REST, placeOf("far"));
        assertEquals(4, shop.count("payment_log"));
        for (String each : partitions()) {
            assertEquals(
                    List.of(),
                    shop.rows(
                            "select attname from pg_attribute a where attrelid = cast(? as regclass) and attnum > 0"
                                    + " and coalesce(col_description(attrelid, attnum), '') = ''",
                            each),
                    each);
            assertEquals(
                    1,
                    shop.count(
                            "pg_class where relname = ? and obj_description(oid, 'pg_class') like '%Append-only.'",
                            each));
            assertEquals(
                    shop.count("pg_index where indrelid = 'payment_log'::regclass"),
                    shop.count("pg_index where indrelid = cast(? as regclass) and indisvalid", each));
            for (String change : List.of("update %s set detail = ''", "update %s set detail = '' where false")) {
                assertThrows(IllegalStateException.class, () -> shop.execute(String.format(change, each)));
            }
        }
        shop.execute("drop table " + name(now.plusMonths(3)));
        nanos += TimeUnit.DAYS.toNanos(1);
        assertTrue(months.keep());
        assertEquals(expected, partitions());
    }

    @Test
    void keep_reportThatHoldsTheLog_isTriedAgainAndCallbacksGoOn() throws Exception {
        shop.execute("drop table " + name(now.plusMonths(3)));
        LogMonths months = months(12);
        add(now.minusMonths(15), "old");
        try (Connection report = shop.connect()) {
            report.setAutoCommit(false);
            report.createStatement().execute("select count(*) from payment_log");
            long start = System.nanoTime();
            assertFalse(months.keep());
            long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertTrue(waitedMs < 2_000, () -> "waited " + waitedMs + " ms");
            assertEquals(fromTo(now, now.plusMonths(2)), partitions());
            assertEquals(Outcome.APPLIED, pay("o", Instant.now()));
            nanos += TimeUnit.SECONDS.toNanos(29);
            report.rollback();
        }
        assertFalse(months.keep());
        assertEquals(fromTo(now, now.plusMonths(2)), partitions());
        nanos += TimeUnit.SECONDS.toNanos(1);
        assertTrue(months.keep());
        assertEquals(fromTo(now, now.plusMonths(3)), partitions());
        assertEquals(0, shop.count("payment_log where out_trade_no = 'old'"));
    }

    /** Contract, section 3: in all of the log, whoever has written its rows. */
    @Test
    void settle_transactionOfYearsAgo_isAConflict() throws Exception {
        shop.execute("insert into payment_log (received_at, account, channel, event, outcome, took_us, body, mch_id,"
                + " out_trade_no, transaction_id) select now() - n * interval '11 months', 'a', 'c', 'PAYMENT', w, 1, '',"
                + " 'm', 'old', 't-' || p from (values ('other', 'APPLIED', 1), ('same', 'REFUNDED', 2),"
                + " ('late', 'APPLIED', 3), ('unapplied', 'UNKNOWN_ORDER', 4), ('late', 'APPLIED', 5)) v (p, w, n)");
        shop.execute("select payment_log_prepare()");
        assertEquals(Outcome.CONFLICT, pay("other", Instant.now()));
        assertEquals(Outcome.CONFLICT, pay("same", Instant.now()));
        assertEquals(Outcome.APPLIED, pay("unapplied", Instant.now()));
        assertEquals(Outcome.APPLIED, pay("again", Instant.now()));
        // The order is the same, so its transaction may pay it again, until it is given back.
        shop.execute("update payment_order set status = 'PENDING', transaction_id = null where out_trade_no = 'again'");
        assertEquals(Outcome.APPLIED, settle("again", Instant.now()));
        shop.execute(
                "insert into payment_log (received_at, account, channel, event, outcome, took_us, body, mch_id,"
                        + " out_trade_no, transaction_id) values (now(), 'a', 'c', 'PAYMENT', 'REFUNDED', 1, '', 'm', 'again', 't-again')");
        shop.execute("update payment_order set status = 'PENDING', transaction_id = null where out_trade_no = 'again'");
        assertEquals(Outcome.CONFLICT, settle("again", Instant.now()));
        assertEquals(3, shop.count("payment_log where outcome = 'CONFLICT'"));
    }

    @Test
    void dropBefore_wholeMonths_areDroppedAndNamed() {
        add(now.minusMonths(3), "3");
        add(now.minusMonths(2), "2");
        add(now.minusMonths(1), "1");
        add(now, "0");
        shop.execute("select payment_log_prepare()");
        add(now.minusMonths(200), "long ago");
        assertEquals(List.of(name(now.minusMonths(3)), REST), dropBefore(now.minusMonths(2)));
        assertEquals(List.of(), dropBefore(now.minusMonths(2)));
        // Neither this month nor a coming one, whatever the day.
        assertEquals(List.of(name(now.minusMonths(2)), name(now.minusMonths(1))), dropBefore(now.plusMonths(40)));
        assertEquals(fromTo(now, now.plusMonths(3)), partitions());
        assertEquals(name(now), placeOf("0"));
        assertEquals(1, shop.count("payment_log"));
    }

    @Test
    void keep_manyRowsOfTheDefaultPartition_areDroppedInPieces() throws Exception {
        shop.execute("insert into payment_log (received_at, account, channel, outcome, took_us, body)"
                + " select '2001-02-03', 'a', 'c', 'MALFORMED', 1, '' from generate_series(1, 20001)");
        add(now, "kept");
        assertEquals(List.of(REST), dropBefore(now));
        assertEquals(2, shop.count("payment_log"));
        months(1200).keep();
        assertEquals(2, shop.count("payment_log"));
        nanos += TimeUnit.DAYS.toNanos(1);
        months(1).keep();
        assertEquals(name(now), placeOf("kept"));
        assertEquals(1, shop.count("payment_log"));
    }

    @Test
    void functions_roleWithoutTheRight_isRefusedAndTheApplicationGoesOn() throws Exception {
        Database least = shop.as(shop.user() + "_least", "pw-" + Long.toHexString(System.nanoTime()));
        Postgres.shared()
                .admin("postgres")
                .execute("create role " + least.user() + " login password '" + least.password() + "'");
        shop.execute("grant select, insert, update, delete on all tables in schema public to " + least.user());
        for (String call : List.of(
                "payment_log_prepare()",
                "payment_log_drop_before('2020-01-01')",
                "payment_log_partitions()",
                "payment_log_add_month('2020-01-01')")) {
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> least.execute("select " + call));
            assertEquals("42501", ((SQLException) refused.getCause()).getSQLState());
        }
        store.close();
        store = openAs(least, false);
        shop.execute("drop table " + name(now.plusMonths(3)));
        months(12).keep();
        assertEquals(fromTo(now, now.plusMonths(2)), partitions());
        shop.execute("grant execute on function payment_log_prepare() to " + least.user());
        months(12).keep();
        assertEquals(fromTo(now, now.plusMonths(3)), partitions());
        assertEquals(Outcome.APPLIED, pay("o", Instant.now()));
    }

    /** The session's own settings must not matter. */
    @Test
    void functions_inAnySession_knowTheMonthsOfUtc() throws Exception {
        try (Connection session = shop.connect();
                var statement = session.createStatement()) {
            statement.execute("drop table " + name(now.plusMonths(3)));
            statement.execute(
                    "set timezone = 'Pacific/Kiritimati'; set datestyle = 'ISO, DMY'; set search_path = pg_temp");
            statement.execute("create temp table payment_log (id int)");
            statement.execute("select public.payment_log_prepare()");
            statement.execute("select public.payment_log_drop_before('1.1.2020')");
        }
        assertEquals(fromTo(now, now.plusMonths(3)), partitions());
    }

    @Test
    void keep_databaseThatIsAway_waits() {
        store.close();
        LogMonths months = months(0);
        assertThrows(Unavailable.class, months::keep);
    }
}
