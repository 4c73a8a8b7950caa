package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Outcome;
import paynotify.sender.Payments;
import paynotify.sender.Reading;

/** The log of years gets months, on the oldest server and on the newest. */
class LogMigrationTest {
    private final YearMonth now = YearMonth.now(ZoneOffset.UTC);

    @Test
    void migrate_onTheNewestServer_takesTheRowsOver() throws Exception {
        assertTakesOver(Postgres.shared());
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void migrate_onTheOldestServer_takesTheRowsOver() throws Exception {
        try (Postgres oldest = Postgres.startOldest()) {
            assertTrue(oldest.admin("postgres")
                    .value("show server_version")
                    .toString()
                    .startsWith("14."));
            assertTakesOver(oldest);
        }
    }

    private void assertTakesOver(Postgres server) throws Exception {
        small_isMovedIntoMonths(server);
        large_becomesAPartition(server);
    }

    private static Store open(Database shop) throws Exception {
        return Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
    }

    private Database before(Postgres server) {
        Database shop = server.newDatabase();
        Migrations.upTo(shop, "9");
        for (YearMonth month :
                List.of(now.minusMonths(150), now.minusMonths(30), now.minusMonths(1), now, now.plusMonths(14))) {
            shop.execute(
                    "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no,"
                            + " transaction_id, outcome, took_us, body) values (cast(? as timestamptz), 'a', 'c',"
                            + " 'PAYMENT', 'm', ?, 't-old', 'APPLIED', 1, 'body')",
                    month.atDay(1) + "T12:00:00Z",
                    month.toString());
        }
        String role = shop.user() + "_run";
        server.admin("postgres").execute("create role " + role);
        shop.execute("grant select, insert on payment_log to " + role);
        shop.execute("grant select (id, outcome) on payment_log to public");
        shop.execute("create index shops_own on payment_log (account)");
        return shop;
    }

    private static String name(YearMonth month) {
        return "payment_log_" + month.format(DateTimeFormatter.ofPattern("yyyy_MM"));
    }

    private static String placeOf(Database shop, YearMonth month) {
        return (String)
                shop.value("select tableoid::regclass::text from payment_log where out_trade_no = ?", month.toString());
    }

    private void small_isMovedIntoMonths(Postgres server) throws Exception {
        Database shop = before(server);
        List<?> rows = shop.rows("select * from payment_log order by id");
        try (Store store = open(shop)) {
            assertEquals(rows, shop.rows("select * from payment_log order by id"));
            assertEquals("payment_log_rest", placeOf(shop, now.minusMonths(150)));
            assertEquals(name(now.minusMonths(30)), placeOf(shop, now.minusMonths(30)));
            assertEquals(name(now.minusMonths(1)), placeOf(shop, now.minusMonths(1)));
            assertEquals(name(now), placeOf(shop, now));
            assertEquals("payment_log_rest", placeOf(shop, now.plusMonths(14)));
            assertWorks(server, shop, store);
            assertEquals(
                    List.of("payment_log_rest", name(now.minusMonths(30))),
                    shop.rows("select n from payment_log_drop_before(current_date - 60) n order by n desc").stream()
                            .map(row -> row.get("n"))
                            .toList());
        }
    }

    private void large_becomesAPartition(Postgres server) throws Exception {
        Database shop = before(server);
        shop.execute("insert into payment_log (received_at, account, channel, outcome, took_us, body)"
                + " select now() - interval '30 days', 'a', 'c', 'MALFORMED', 1, string_agg(md5(n::text || i), '')"
                + " from generate_series(1, 1000) n, generate_series(1, 3000) i group by n");
        long count = shop.count("payment_log");
        String old = name(now.plusMonths(1)).replace("log_", "log_until_");
        try (Store store = open(shop)) {
            assertEquals(count, shop.count("payment_log"));
            assertEquals(count - 1, shop.count(old));
            for (YearMonth month : List.of(now.minusMonths(150), now.minusMonths(30), now.minusMonths(1), now)) {
                assertEquals(old, placeOf(shop, month));
            }
            assertEquals("payment_log_rest", placeOf(shop, now.plusMonths(14)));
            assertEquals(1, shop.count("pg_class where relname = ?", name(now.plusMonths(2))));
            assertWorks(server, shop, store);
            // What is older goes row by row until all of it is.
            assertEquals(
                    List.of(old),
                    shop.rows("select payment_log_drop_before(current_date - 120) as n").stream()
                            .map(row -> row.get("n"))
                            .toList());
            // The two of years ago, and one more that assertWorks has added.
            assertEquals(count - 2, shop.count(old));
            assertThrows(IllegalStateException.class, () -> shop.execute("update " + old + " set detail = ''"));
        }
    }

    private static void assertWorks(Postgres server, Database shop, Store store) throws Exception {
        long last = ((Number) shop.value("select max(id) from payment_log")).longValue();
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', 'new', 101)");
        long start = System.nanoTime();
        Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.now(), start, start);
        // What an old row says is known.
        assertEquals(
                Outcome.CONFLICT,
                store.settle(new Reading(
                                callback, "c", null, Payments.of("m", "new", "t-old", 101, "CNY", Instant.now(), null)))
                        .get(0)
                        .outcome());
        long next = ((Number) shop.value("select max(id) from payment_log")).longValue();
        assertTrue(next > last && next < last + 5, () -> last + ", then " + next);
        // The rights are as they were, and lead nowhere else.
        String role = shop.user() + "_run";
        assertEquals(
                "true true false true true false",
                shop.value(
                        "select concat_ws(' ', has_table_privilege(r, 'payment_log', 'select')::text,"
                                + " has_table_privilege(r, 'payment_log', 'insert')::text,"
                                + " has_table_privilege(r, 'payment_log', 'update')::text,"
                                + " has_column_privilege('public', 'payment_log', 'outcome', 'select')::text,"
                                + " has_function_privilege(r, 'payment_log_prepare()', 'execute')::text,"
                                + " has_function_privilege(r, 'payment_log_drop_before(date)', 'execute')::text)"
                                + " from (select cast(? as text) as r) q",
                        role));
        assertEquals(
                0,
                shop.count("pg_inherits i join pg_class c on c.oid = i.inhrelid, aclexplode(c.relacl) a"
                        + " where i.inhparent = 'payment_log'::regclass and a.grantee <> c.relowner"));
        assertEquals(1, shop.count("pg_indexes where tablename = 'payment_log' and indexdef like '%(account)'"));
        assertEquals(
                "payment_log_pkey",
                shop.value("select conname::text from pg_constraint where contype = 'p'"
                        + " and conrelid = 'payment_log'::regclass"));
        store.close();
        open(shop).close();
    }

    /** V19 to V21: what a transaction has paid is known whenever it was written, also while another Tomcat still updates. */
    @Test
    void migrate_whatWasPaidBeforeAndMeanwhile_isKnown() {
        Database shop = Postgres.shared().newDatabase();
        Migrations.upTo(shop, "18");
        log(shop, "", "t1", "APPLIED");
        log(shop, "on", "t2", "APPLIED");
        log(shop, "", "t2", "REFUNDED");
        log(shop, "on", "t2", "DUPLICATE");
        Migrations.upTo(shop, "19");
        log(shop, "on", "t3", "APPLIED");
        log(shop, "", "t1", "REFUNDED");
        log(shop, "", "t3", "APPLIED");
        assertThrows(IllegalStateException.class, () -> log(shop, "on", "t3", "APPLIED"));
        Migrations.upTo(shop, "20");
        log(shop, "on", "t4", "APPLIED");
        log(shop, "", "t3", "REFUNDED");
        assertThrows(IllegalStateException.class, () -> log(shop, "on", "t1", "APPLIED"));
        Migrations.upTo(shop, "21");
        log(shop, "on", "t5", "APPLIED");
        log(shop, "", "t6", "APPLIED");
        log(shop, "", "t5", "REFUNDED");
        for (int n = 1; n <= 6; n++) {
            String known = "t" + n;
            assertThrows(IllegalStateException.class, () -> log(shop, "on", known, "APPLIED"));
        }
        assertEquals(
                "t1 none, t2 none, t3 none, t4 its own, t5 none, t6 its own",
                shop.value("select string_agg(t || case p.order_hash when 0 then ' none'"
                        + " when hashtextextended('order of ' || t, 1) then ' its own' end, ', ' order by t)"
                        + " from payment_log_paid p join (select distinct transaction_id as t from payment_log) l"
                        + " on p.transaction_hash = payment_log_transaction_key('m', t)"));
        assertEquals(6, shop.count("payment_log_paid"));
    }

    /** Whoever has run the former trigger and commits late is waited for: V20 would not see what he has paid. */
    @Test
    void migrate_transactionUnderWay_isWaitedFor() throws Exception {
        Database shop = Postgres.shared().newDatabase();
        Migrations.upTo(shop, "18");
        CompletableFuture<Void> update;
        try (Connection late = shop.connect();
                Statement old = late.createStatement()) {
            late.setAutoCommit(false);
            old.execute("insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no,"
                    + " transaction_id, outcome, took_us, body) values (now(), 'a', 'c', 'PAYMENT', 'm', 'o', 'late',"
                    + " 'APPLIED', 1, 'body')");
            update = CompletableFuture.runAsync(() -> Migrations.upTo(shop, "21"));
            Thread.sleep(700);
            assertEquals(0, shop.count(Schema.HISTORY + " where version = '19'"));
            late.commit();
        }
        update.get(30, TimeUnit.SECONDS);
        assertThrows(IllegalStateException.class, () -> log(shop, "on", "late", "APPLIED"));
    }

    /** What he makes is the owner's, as whom the log's trigger runs. */
    @ParameterizedTest
    @ValueSource(strings = {"superuser", "in role "})
    void migrate_bySomebodyElse_callbacksCanBeWritten(String how) {
        Database shop = Postgres.shared().newDatabase();
        Migrations.upTo(shop, "18");
        String role = shop.user() + (how.equals("superuser") ? "_super" : "_member");
        Postgres.shared()
                .admin("postgres")
                .execute("create role " + role + " login password 'of-this-role' " + how
                        + (how.equals("superuser") ? "" : shop.user()));
        Migrations.upTo(shop.as(role, "of-this-role"), "21");
        log(shop, "on", "t", "APPLIED");
        assertThrows(IllegalStateException.class, () -> log(shop, "on", "t", "APPLIED"));
    }

    /** pg_dump reads all tables until its end. Callbacks must not wait for V21 while V21 waits for it. */
    @Test
    void migrate_somebodyReadsTheFormerTable_givesUpAtOnce() throws Exception {
        Database shop = Postgres.shared().newDatabase();
        Migrations.upTo(shop, "20");
        try (Connection dump = shop.connect();
                Statement reads = dump.createStatement()) {
            dump.setAutoCommit(false);
            reads.execute("lock table payment_log_paid in access share mode");
            RuntimeException failure = assertThrows(RuntimeException.class, () -> Migrations.upTo(shop, "21"));
            assertTrue(failure.toString().contains("could not obtain lock on relation"), failure::toString);
        }
        Migrations.upTo(shop, "21");
    }

    @Test
    void migrate_roleHasAStatementTimeout_takesAsLongAsItTakes() throws Exception {
        Database shop = Postgres.shared().newDatabase();
        Migrations.upTo(shop, "21");
        try (Connection connection = shop.connect();
                Statement statement = connection.createStatement();
                InputStream before = Schema.class.getResourceAsStream("migration/beforeEachMigrate.sql")) {
            statement.execute("set statement_timeout = '1s'");
            connection.setAutoCommit(false);
            statement.execute(new String(Objects.requireNonNull(before).readAllBytes(), StandardCharsets.UTF_8));
            try (ResultSet shown = statement.executeQuery("show statement_timeout")) {
                shown.next();
                assertEquals("0", shown.getString(1));
            }
        }
    }

    /** @param once as the application has it for callbacks that are settled together */
    private static void log(Database shop, String once, String transactionId, String outcome) {
        shop.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, transaction_id,"
                        + " outcome, took_us, body) select now(), 'a', 'c', 'PAYMENT', 'm', 'order of ' || t, t, ?, 1, 'body'"
                        + " from (select cast(? as text) as t) k"
                        + " where (select set_config('paynotify.once', ?, true)) is not null",
                outcome,
                transactionId,
                once);
    }

    /** So that the server writes few pages of the index, however many millions of transactions are in it. */
    @Test
    void transactionKey_ofOneDay_standTogether() {
        Database shop = Postgres.shared().newDatabase();
        Migrations.upTo(shop, "21");
        String keys =
                "select concat_ws(' ', count(distinct k), count(distinct k >> 40), count(distinct k >> 52)) from ("
                        + "select payment_log_transaction_key(m, a || lpad(n::text, 10, '0')) as k"
                        + " from (values ('m'), ('n')) v (m), generate_series(1, 500) n, (select cast(? as text) as a) t) q";
        assertEquals("1000 1 1", shop.value(keys, "420000098420261129"));
        // Alipay's begins with the day.
        assertEquals("1000 1 1", shop.value(keys, "202611292200141234"));
        assertEquals(
                2L,
                shop.value(
                        "select count(distinct payment_log_transaction_key('m', '4200000984' || d || '0000000001') >> 40)"
                                + " from (values ('20261129'), ('20261130')) v (d)"));
    }
}
