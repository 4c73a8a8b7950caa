package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/** Contract, section 4: the tables, however the shop's schema looks and whatever rights the role has. */
@ExtendWith(NoSecretInLogs.class)
class TablesIT {
    private static Tomcat tomcat;

    @BeforeAll
    static void start() {
        tomcat = Tomcat.on(TomcatVersion.TOMCAT_11).withoutWar().manager().start();
    }

    @AfterAll
    static void stop() {
        tomcat.close();
    }

    @Test
    void migrate_inASchemaWithTheShopsOwnTables_leavesTheseAlone() {
        Database owner = Postgres.shared().newDatabase();
        owner.execute("create schema laden");
        Database laden = owner.inSchema("laden");
        laden.execute("create table customers (id bigint primary key, name text)");
        laden.execute("insert into customers values (1, '王')");
        laden.execute("create table flyway_schema_history (installed_rank int primary key, version text, script text)");
        laden.execute("insert into flyway_schema_history values (1, '1', 'V1__the_shops_own.sql')");
        laden.execute("create table schema_version (version int)");

        Shop shop = shop("laden", laden, "");

        assertWorks(shop);
        assertEquals(
                List.of(
                        "customers",
                        "flyway_schema_history",
                        "notify_schema_history",
                        "payment_attention",
                        "payment_attention_done",
                        "payment_bill",
                        "payment_bill_difference",
                        "payment_bill_line",
                        "payment_daily",
                        "payment_event",
                        "payment_inquiry",
                        "payment_log",
                        "payment_order",
                        "payment_refund",
                        "payment_replay",
                        "schema_version"),
                names(owner, "laden").stream()
                        .filter(name -> !name.matches("payment_log_(rest|paid|[0-9]{4}_[0-9]{2})"))
                        .toList());
        assertEquals(List.of(), names(owner, "public"));
        assertEquals("V1__the_shops_own.sql", laden.value("select script from flyway_schema_history"));
        assertEquals("王", laden.value("select name from customers"));

        // A second start finds all done; a third one need not even be allowed to do anything.
        long rows = shop.lastLogId();
        assertWorks(shop("laden2", laden, "db.schema = migrate\n"));
        assertWorks(shop("laden3", laden, "db.schema = check\n"));
        assertEquals(rows + 2, shop.lastLogId());
    }

    @Test
    void check_ofAnEmptySchema_refusesToStartAndMakesNothing() {
        Database empty = Postgres.shared().newDatabase();
        String log = deploy("empty", empty, "db.schema = check\n");
        assertRefused("empty", log);
        assertEquals(List.of(), names(empty, "public"));
    }

    @Test
    void check_whereTheMigrationsAreNotRecorded_refusesToStart() {
        Database database = Postgres.shared().newDatabase();
        shop("recorded", database, "");
        database.execute("delete from notify_schema_history");
        assertRefused("unrecorded", deploy("unrecorded", database, "db.schema = check\n"));
    }

    @Test
    void migrate_whereItCannotBeDone_refusesToStartWithALine() {
        Database lacking = Postgres.shared().newDatabase();
        lacking.execute("create table shops (mch_id text, out_trade_no text, total_fee bigint, status text)");
        lacking.execute("create view payment_order as select * from shops");
        Database owner = Postgres.shared().newDatabase();
        Database stranger = leastRole(owner, "_stranger", List.of());
        Database latin = Postgres.shared().newDatabase("encoding 'LATIN1' locale 'C' template template0");

        String latinLog = deploy("latin", latin, "");

        assertRefused("latin", latinLog);
        assertTrue(latinLog.contains("LATIN1"), latinLog);
        assertRefused("lacking", deploy("lacking", lacking, ""));
        assertRefused("stranger", deploy("stranger", stranger, ""));
    }

    @Test
    void check_withTheLeastRights_works() {
        Database owner = Postgres.shared().newDatabase();
        shop("owner", owner, "");
        Database least = leastRole(owner);
        Shop shop = shop("least", least, "db.schema = check\n");
        Shop asOwner = Shop.of(tomcat, "least", owner);
        assertWorks(asOwner);
        assertEquals(200, Http.get(shop.health()).status());
        assertThrows(IllegalStateException.class, () -> least.execute("delete from payment_log"));
        assertThrows(IllegalStateException.class, () -> least.execute("update payment_log set detail = ''"));
    }

    @Test
    void paymentOrder_asAViewOverTheShopsTable_worksTheSame() {
        Database owner = Postgres.shared().newDatabase();
        owner.execute("create table auftrag (haendler varchar(32) not null, nummer varchar(64) not null,"
                + " betrag bigint not null, waehrung varchar(3) not null default 'CNY',"
                + " zustand varchar(20) not null default 'PENDING', wechat_nr varchar(64),"
                + " bezahlt timestamptz, zahler varchar(128), angelegt timestamptz not null default now(),"
                + " kunde bigint not null default 7, primary key (haendler, nummer))");
        owner.execute("create view payment_order as select haendler as mch_id, nummer as out_trade_no,"
                + " betrag as total_fee, waehrung as currency, zustand as status, wechat_nr as transaction_id,"
                + " bezahlt as paid_at, zahler as payer, angelegt as created_at from auftrag");

        assertWorks(shop("view", owner, ""));

        assertEquals("v", owner.value("select relkind::text from pg_class where oid = 'payment_order'::regclass"));
        Map<String, Object> row = owner.row("select * from auftrag where zustand = 'PAID'");
        assertEquals("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", row.get("zahler"));
        assertEquals(WechatV2Callback.transactionId((String) row.get("nummer")), row.get("wechat_nr"));
        assertEquals(7L, row.get("kunde"));

        Database least = leastRole(owner);
        shop("viewleast", least, "db.schema = check\n");
        owner.execute("delete from auftrag");
        assertWorks(Shop.of(tomcat, "viewleast", owner));
    }

    /** A plan is kept as long as its connection: one made while the tables are empty must do for many rows, too. */
    @Test
    void callback_whenTheTablesHaveGrown_looksItsOrderUpByTheIndex() throws InterruptedException {
        Database database = Postgres.shared().newDatabase();
        Shop shop = shop("plans", database, "");
        database.execute("alter table payment_order set (autovacuum_enabled = off)");
        database.execute("vacuum analyze payment_order");
        int callbacks = 20;
        for (int i = 0; i < callbacks; i++) {
            String unknown = WechatV2Callback.payment(Shop.MCH_ID, Shop.newOrderNo(), 101)
                    .xml(Shop.KEY);
            Exchange.post(shop, "wechat", unknown).answers("UNKNOWN_ORDER");
        }
        int orders = 50_000;
        database.execute("insert into payment_order (mch_id, out_trade_no, total_fee)"
                + " select 'many', n, 101 from generate_series(1, " + orders + ") n");
        // After this time plans are made anew, each connection's once it has been used once more.
        Thread.sleep(1_100);
        for (int i = 0; i < callbacks; i++) {
            WechatV2Callback payment = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
            Exchange.post(shop, "wechat", payment.xml(Shop.KEY)).answers("APPLIED");
        }
        // PostgreSQL counts with a delay.
        Wait.until(
                Duration.ofSeconds(30),
                () -> scans(database, "idx_scan") >= callbacks,
                () -> "scans by the index: " + scans(database, "idx_scan"));
        long others = scans(database, "seq_tup_read");
        assertTrue(others <= 10L * orders, () -> "rows read by scans of the whole table: " + others);
    }

    /** Somebody asks for an order by another's transaction: contract, section 3. */
    @Test
    void callback_transactionThatHasPaidAnotherOrder_isAConflictInAViewAndWithTheLeastRights() {
        Database owner = Postgres.shared().newDatabase();
        shop("paysone", owner, "");
        owner.execute("alter table payment_order rename to orders");
        owner.execute("create view payment_order as select * from orders");
        Database least = leastRole(owner);
        shop("paysoneleast", least, "db.schema = check\n");
        Shop shop = Shop.of(tomcat, "paysoneleast", owner);
        WechatV2Callback first = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
        Exchange.post(shop, "wechat", first.xml(Shop.KEY)).answers("APPLIED");
        WechatV2Callback second = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101)
                .with("transaction_id", first.value("transaction_id"));
        Exchange.post(shop, "wechat", second.xml(Shop.KEY)).answers("CONFLICT");
        assertEquals(
                "expected a transaction_id that has paid no other order, found that it has paid '"
                        + first.value("out_trade_no") + "'",
                owner.value("select detail from payment_log where out_trade_no = ?", second.value("out_trade_no")));
        owner.execute("update payment_order set status = 'PENDING', transaction_id = null");
        Exchange.post(shop, "wechat", first.xml(Shop.KEY)).answers("APPLIED");
    }

    private static long scans(Database database, String kind) {
        return ((Number) database.value("select " + kind + " from pg_stat_user_tables where relname = 'payment_order'"))
                .longValue();
    }

    @Test
    void tables_haveTheContractsColumns() {
        Database database = Postgres.shared().newDatabase();
        shop("columns", database, "");
        assertEquals(
                List.of(
                        "mch_id text",
                        "out_trade_no text",
                        "total_fee bigint",
                        "currency text",
                        "status text",
                        "transaction_id text",
                        "paid_at timestamp with time zone",
                        "payer text",
                        "created_at timestamp with time zone",
                        "sub_mch_id text",
                        "combine_mch_id text",
                        "combine_out_trade_no text"),
                columns(database, "payment_order"));
        assertEquals(
                List.of(
                        "mch_id text",
                        "out_refund_no text",
                        "out_trade_no text",
                        "refund_id text",
                        "refund_fee bigint",
                        "currency text",
                        "status text",
                        "refunded_at timestamp with time zone",
                        "created_at timestamp with time zone"),
                columns(database, "payment_refund"));
        assertEquals(
                List.of(
                        "id bigint",
                        "received_at timestamp with time zone",
                        "account text",
                        "channel text",
                        "remote_addr inet",
                        "event text",
                        "mch_id text",
                        "out_trade_no text",
                        "out_refund_no text",
                        "transaction_id text",
                        "refund_id text",
                        "total_fee bigint",
                        "currency text",
                        "outcome text",
                        "detail text",
                        "took_us integer",
                        "body text",
                        "headers text",
                        "sub_mch_id text",
                        "source text",
                        "combine_out_trade_no text"),
                columns(database, "payment_log"));
        assertEquals(
                List.of(
                        "id bigint",
                        "type text",
                        "account text",
                        "mch_id text",
                        "sub_mch_id text",
                        "out_trade_no text",
                        "out_refund_no text",
                        "transaction_id text",
                        "refund_id text",
                        "total_fee bigint",
                        "currency text",
                        "payer text",
                        "outcome text",
                        "detail text",
                        "occurred_at timestamp with time zone",
                        "created_at timestamp with time zone",
                        "delivered_at timestamp with time zone",
                        "next_at timestamp with time zone",
                        "tries integer",
                        "last_status integer",
                        "last_error text",
                        // Our own, as payment_inquiry has one.
                        "leased_until timestamp with time zone"),
                columns(database, "payment_event"));
        assertEquals(
                List.of(
                        "mch_id text",
                        "out_trade_no text",
                        "out_refund_no text",
                        "transaction_id text",
                        "outcome text",
                        "detail text",
                        "total_fee bigint",
                        "first_at timestamp with time zone",
                        "last_at timestamp with time zone",
                        "times bigint",
                        "log_id bigint"),
                columns(database, "payment_attention"));
        assertEquals(
                List.of(
                        "mch_id text",
                        "out_trade_no text",
                        "out_refund_no text",
                        "transaction_id text",
                        "done_by text",
                        "done_at timestamp with time zone",
                        "remark text"),
                columns(database, "payment_attention_done"));
        assertEquals(
                List.of(
                        "day date",
                        "account text",
                        "channel text",
                        "source text",
                        "event text",
                        "outcome text",
                        "callbacks bigint",
                        "total_fee bigint",
                        "took_us_avg bigint",
                        "took_us_max integer"),
                columns(database, "payment_daily"));
        assertKeysAndChecks(database);
        assertComments(database);
    }

    private static void assertKeysAndChecks(Database database) {
        String insert = "insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', 'n', ?)";
        assertThrows(IllegalStateException.class, () -> database.execute(insert, 0L));
        database.execute(insert, 1L);
        assertThrows(IllegalStateException.class, () -> database.execute(insert, 1L));
        assertEquals(
                1,
                database.count("payment_order where currency = 'CNY' and status = 'PENDING' and transaction_id is null"
                        + " and paid_at is null and payer is null and created_at > now() - interval '1 minute'"));
        database.execute("insert into payment_refund (mch_id, out_refund_no, out_trade_no, refund_fee)"
                + " values ('m', 'r', 'n', 1)");
        assertEquals(1, database.count("payment_refund where status = 'PENDING' and currency = 'CNY'"));

        String log = "insert into payment_log (received_at, account, channel, outcome, took_us, body)"
                + " values (now(), 'a', 'wechat-v2', ?, 1, '')";
        for (String outcome : List.of(
                "APPLIED",
                "DUPLICATE",
                "NOT_PAID",
                "IGNORED",
                "UNKNOWN_ORDER",
                "AMOUNT_MISMATCH",
                "ORDER_CLOSED",
                "CONFLICT",
                "REFUNDED",
                "WRONG_MERCHANT",
                "BAD_SIGNATURE",
                "SIGNATURE_PROBE",
                "MALFORMED",
                "TOO_LARGE")) {
            assertEquals(1, database.execute(log, outcome));
        }
        for (String outcome : List.of("ERROR", "applied", "")) {
            assertThrows(IllegalStateException.class, () -> database.execute(log, outcome));
        }
    }

    private static void assertComments(Database database) {
        String ours = "relkind in ('r', 'p', 'v') and relnamespace = 'public'::regnamespace";
        assertEquals(
                List.of(),
                database.rows("select c.relname, a.attname from pg_class c"
                        + " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
                        + " where " + ours + " and coalesce(col_description(c.oid, a.attnum), '') = ''"));
        assertEquals(
                List.of(),
                database.rows("select relname from pg_class where " + ours
                        + " and coalesce(obj_description(oid, 'pg_class'), '') = ''"));
    }

    @Test
    void check_withoutTheRightToATable_neverAnswersSuccess() {
        Database owner = Postgres.shared().newDatabase();
        shop("rights", owner, "");
        for (String table : List.of("payment_order", "payment_log", "notify_schema_history")) {
            Database least = leastRole(owner, "_" + table);
            owner.execute("revoke all on " + table + " from " + least.user());
            String name = "no_" + table;
            deploy(name, least, "db.schema = check\n");
            Shop shop = Shop.of(tomcat, name, owner);
            byte[] body = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101)
                    .body(Shop.KEY);
            int status = Http.post(shop.pay("wechat"), body).status();
            assertTrue(status == 404 || status == 503, () -> name + " answered " + status);
        }
    }

    /** A payment of a new order is applied, its repetition is a duplicate, a wrong amount a mismatch. */
    private static void assertWorks(Shop shop) {
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("APPLIED");
        if (shop.database().count("payment_log where outcome = 'DUPLICATE'") > 0) {
            return;
        }
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("DUPLICATE");
        WechatV2Callback closed = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
        shop.database()
                .execute(
                        "update payment_order set status = 'CLOSED' where out_trade_no = ?",
                        closed.value("out_trade_no"));
        Exchange.post(shop, "wechat", closed.xml(Shop.KEY)).answers("ORDER_CLOSED");
        Exchange.post(shop, "wechat", callback.with("total_fee", "1").xml(Shop.KEY))
                .answers("AMOUNT_MISMATCH");
        Exchange.post(shop, "wechat", callback.with("out_trade_no", "none").xml(Shop.KEY))
                .answers("UNKNOWN_ORDER");
    }

    private static Shop shop(String name, Database database, String more) {
        String log = deploy(name, database, more);
        Shop shop = Shop.of(tomcat, name, database);
        assertEquals(200, Http.get(shop.health()).status(), () -> log);
        return shop;
    }

    private static String deploy(String name, Database database, String more) {
        return tomcat.deploy(name, Shop.databaseProperties(database) + Shop.account() + more);
    }

    private static void assertRefused(String name, String log) {
        assertEquals(404, Http.get(tomcat.uri("/" + name + "/health")).status());
        List<String> lines = log.lines()
                .filter(line -> line.contains("SEVERE") && line.matches(".* db\\.(schema|url): expected .*, found.*"))
                .toList();
        assertEquals(1, lines.size(), () -> log);
        assertFalse(log.contains("\tat "), () -> "a stack trace: " + log);
    }

    /** With exactly what the contract grants. */
    private static Database leastRole(Database owner) {
        return leastRole(owner, "_least");
    }

    private static Database leastRole(Database owner, String suffix) {
        return leastRole(
                owner,
                suffix,
                List.of(
                        "select, update on payment_order",
                        "select, insert, update on payment_refund",
                        "select, insert on payment_log",
                        "select, insert, update, delete on payment_inquiry, payment_replay, payment_event",
                        "select, insert, update, delete on payment_bill, payment_bill_line, payment_bill_difference",
                        "select on notify_schema_history"));
    }

    private static Database leastRole(Database owner, String suffix, List<String> grants) {
        String name = owner.user() + suffix;
        Database least = owner.as(name, "least-" + Long.toHexString(System.nanoTime()));
        Postgres.shared()
                .admin("postgres")
                .execute("create role " + name + " login password '" + least.password() + "'");
        grants.forEach(grant -> owner.execute("grant " + grant + " to " + name));
        return least;
    }

    private static List<String> names(Database database, String schema) {
        return database
                .rows("select table_name from information_schema.tables where table_schema = ? order by 1", schema)
                .stream()
                .map(row -> (String) row.get("table_name"))
                .collect(Collectors.toList());
    }

    private static List<String> columns(Database database, String table) {
        return database
                .rows(
                        "select column_name || ' ' || data_type as c from information_schema.columns"
                                + " where table_name = ? order by ordinal_position",
                        table)
                .stream()
                .map(row -> (String) row.get("c"))
                .collect(Collectors.toList());
    }
}
