package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Outcome;
import paynotify.sender.Payments;
import paynotify.sender.Reading;

/** How the server carries our statements out, and the shop's triggers within them, on a real PostgreSQL. */
class PlansTest {
    private static final int ORDERS = 100_000;
    private Database shop = Postgres.shared().newDatabase();
    private Store store;

    @BeforeEach
    void open() throws Exception {
        store = openStore();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Store openStore() throws Exception {
        return openStore(shop);
    }

    private static Store openStore(Database database) throws Exception {
        return Store.open(
                new DatabaseSettings(
                        null, new Secret(database.url()), database.user(), new Secret(database.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
    }

    private Outcome pay(String order) throws Unavailable {
        long now = System.nanoTime();
        Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.EPOCH, now, now);
        return store.settle(new Reading(
                        callback,
                        "wechat-v2",
                        null,
                        Payments.of("m", order, "t-" + order, 101, "CNY", Instant.EPOCH, "p")))
                .get(0)
                .outcome();
    }

    private void addOrders(String table, String prefix, int number) {
        shop.execute("insert into " + table + " (mch_id, out_trade_no, total_fee)" + " select 'm', '" + prefix
                + "' || n, 101 from generate_series(1, " + number + ") n");
    }

    private static final String LOG =
            "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, transaction_id,"
                    + " outcome, took_us, body) select now(), 'a', 'c', 'PAYMENT', 'm', 'l' || n, 'l' || n, 'APPLIED', 1, ''"
                    + " from generate_series(1, " + ORDERS + ") n";

    /**
     * The server keeps a plan as long as its connection and nobody analyses the tables: one that was made while there
     * was nothing in them, or next to nothing, must not read all of what has come since.
     */
    @ParameterizedTest
    @ValueSource(strings = {"table, empty", "table, few", "view, empty", "view, few"})
    void settle_tablesThatGrowUnderAKeptPlan_areReadByTheIndex(String growth) throws Exception {
        String table = growth.startsWith("view") ? "orders" : "payment_order";
        String month = (String) shop.value("select to_char(now() at time zone 'UTC', '\"payment_log_\"YYYY_MM')");
        for (String each : List.of("payment_order", month)) {
            shop.execute("alter table " + each + " set (autovacuum_enabled = off)");
        }
        if (growth.startsWith("view")) {
            store.close();
            shop.execute("alter table payment_order rename to orders");
            shop.execute("create view payment_order as select * from orders");
            store = openStore();
        }
        int before = growth.endsWith("few") ? 30 : 0;
        addOrders(table, "few", before);
        shop.execute("vacuum analyze " + table);
        shop.execute("vacuum analyze payment_log");
        for (int i = 1; i <= 30; i++) {
            assertEquals(before > 0 ? Outcome.APPLIED : Outcome.UNKNOWN_ORDER, pay("few" + i));
        }
        addOrders(table, "many", ORDERS);
        shop.execute(LOG);
        // The plans are that old at most; each connection may use its own once more before it finds out.
        TimeUnit.MILLISECONDS.sleep(1_100);
        for (int i = 1; i <= 30; i++) {
            assertEquals(Outcome.APPLIED, pay("many" + i));
        }
        assertTuplesRead(table);
        assertTuplesRead(month);
    }

    /** What scans have read is counted when its session is idle. */
    private void assertTuplesRead(String table) throws InterruptedException {
        TimeUnit.SECONDS.sleep(2);
        long read = ((Number) shop.value("select seq_tup_read from pg_stat_user_tables where relname = ?", table))
                .longValue();
        // Two writers' connections and three others, each once, and what the test itself and the indexes' own making
        // read.
        assertTrue(read <= 6L * ORDERS, () -> "rows of " + table + " read by scans: " + read);
    }

    /** The shop's triggers run in the session as the shop's DBA has set it. */
    @Test
    void settle_shopsTriggers_runUnderTheShopsSettings() throws Exception {
        shop.execute("create table seen (name text, setting text)");
        shop.execute("create table a as select n from generate_series(1, 20000) n");
        shop.execute("create table b as select n from generate_series(1, 20000) n");
        shop.execute("analyze a, b");
        shop.execute("create function see() returns trigger language plpgsql as $$ declare line record; begin"
                + " insert into seen select name, setting from pg_settings where name like 'enable\\_%'"
                + " or name in ('plan_cache_mode', 'random_page_cost', 'work_mem', 'search_path');"
                + " for line in execute 'explain (costs off) select * from a join b using (n)' loop"
                + " insert into seen values ('plan', line.\"QUERY PLAN\"); end loop;"
                + " perform count(*) from a join b using (n); return null; end $$");
        shop.execute("create trigger see after update on payment_order for each row execute function see()");
        shop.execute("alter role " + shop.user() + " set enable_mergejoin = off");
        shop.execute("alter role " + shop.user() + " set random_page_cost = 1.25");
        store.close();
        store = openStore();
        addOrders("payment_order", "o", 30);
        for (int i = 1; i <= 30; i++) {
            assertEquals(Outcome.APPLIED, pay("o" + i));
        }
        Map<String, String> ofTheShop;
        try (Connection connection = shop.connect()) {
            ofTheShop = settings(connection);
        }
        assertEquals("off", ofTheShop.get("enable_mergejoin"));
        assertEquals("1.25", ofTheShop.get("random_page_cost"));
        ofTheShop.forEach((name, setting) -> assertEquals(
                List.of(Map.of("setting", setting)),
                shop.rows("select distinct setting from seen where name = ?", name),
                name));
        assertEquals(30, shop.count("seen where name = 'plan' and setting like 'Hash Join%'"));
    }

    private static Map<String, String> settings(Connection connection) throws SQLException {
        Map<String, String> settings = new java.util.HashMap<>();
        try (var rows = connection
                .createStatement()
                .executeQuery("select name, setting from pg_settings where name like 'enable\\_%'"
                        + " or name in ('plan_cache_mode', 'random_page_cost', 'work_mem', 'search_path')")) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return settings;
    }

    /** A view whose columns no index fits is told at start; a table of ours, or a view that an index fits, is not. */
    @Test
    void orderScan_ofAView_isNamedWhereNoIndexFits() throws Exception {
        try (Connection connection = shop.connect()) {
            assertNull(OrderScan.find(connection));
            shop.execute("alter table payment_order rename to orders");
            shop.execute("create view payment_order as select * from orders where currency <> 'USD'");
            assertNull(OrderScan.find(connection));
            shop.execute("drop view payment_order");
            shop.execute("create view payment_order as select upper(mch_id) as mch_id, upper(out_trade_no) as"
                    + " out_trade_no, total_fee, currency, status, transaction_id, paid_at, payer from orders");
            String scan = OrderScan.find(connection);
            assertNotNull(scan);
            assertTrue(scan.matches("(Seq|Index|Index Only|Bitmap Heap) Scan .*on orders.*"), scan);
            shop.execute("create index fits on orders (upper(out_trade_no))");
            assertNull(OrderScan.find(connection));
            shop.execute("drop index fits");
            shop.execute("alter table orders drop constraint payment_order_pkey");
            assertEquals("Seq Scan on orders", OrderScan.find(connection));
            assertTrue(connection.getAutoCommit());
            assertEquals("on", settings(connection).get("enable_seqscan"));
        }
    }

    /** It has a lock that a migration needs: nothing waits behind us for more than 2 s, and it is tried again. */
    @Test
    void migrate_tableThatSomebodyHoldsLocked_givesUpAndTriesAgain() throws Exception {
        store.close();
        Database old = Postgres.shared().newDatabase();
        Migrations.upTo(old, "9");
        try (Connection other = old.connect()) {
            other.setAutoCommit(false);
            other.createStatement()
                    .execute("insert into payment_log (received_at, account, channel, outcome, took_us,"
                            + " body) values (now(), 'a', 'c', 'MALFORMED', 1, '')");
            long start = System.nanoTime();
            store = openStore(old);
            long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertTrue(waitedMs >= 1_900 && waitedMs < 20_000, () -> "waited " + waitedMs + " ms");
            assertFalse(store.isUp());
            other.commit();
        }
        paynotify.kit.Wait.until(java.time.Duration.ofSeconds(30), store::isUp, () -> "not up");
        old.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', 'o1', 101)");
        assertEquals(Outcome.APPLIED, pay("o1"));
    }

    /** The driver then puts the values into the text, and knows of no parameters. */
    @Test
    void settle_simpleQueryMode_works() throws Exception {
        Database simple = shop.at(shop.url() + "?preferQueryMode=simple");
        addOrders("payment_order", "o", 3);
        store.close();
        store = Store.open(
                new DatabaseSettings(null, new Secret(simple.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
        for (String order : List.of("o1", "o2", "o3")) {
            assertEquals(Outcome.APPLIED, pay(order));
            assertEquals(Outcome.DUPLICATE, pay(order));
        }
        assertEquals(Outcome.UNKNOWN_ORDER, pay("it's \\ none"));
        assertEquals(1, shop.count("payment_log where out_trade_no = ?", "it's \\ none"));
    }
}
