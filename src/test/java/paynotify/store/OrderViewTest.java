package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
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

/** A shop changes its view {@code payment_order} while callbacks come: by the statements that the DBA's page gives. */
class OrderViewTest {
    private static final String COLUMNS = "merchant text not null, order_no text not null, amount_fen bigint not null,"
            + " currency text not null default 'CNY', pay_status text not null default 'PENDING', wx_transaction text,"
            + " paid_at timestamptz, payer text, created_at timestamptz not null default now(), seller text,"
            + " primary key (merchant, order_no))";

    private final Database shop = Postgres.shared().newDatabase();
    private final String runtime = shop.user() + "_run";
    private Store store;

    @AfterEach
    void close() {
        store.close();
    }

    private void open() throws Exception {
        Postgres.shared().admin("postgres").execute("create role " + runtime);
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
    }

    /** Those of the page in this language that begin so. */
    private static String statements(String page, String beginning) throws IOException {
        Matcher example = Pattern.compile("```sql\n(" + Pattern.quote(beginning) + ".*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/docs", page)));
        assertEquals(true, example.find(), () -> page + " has no statements that begin with " + beginning);
        return example.group(1);
    }

    private void run(String sql) throws Exception {
        try (Connection connection = shop.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql.replace("notify_run", runtime));
        }
    }

    private Outcome pay(String no) throws Unavailable {
        long now = System.nanoTime();
        Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.now(), now, now);
        return store.settle(new Reading(
                        callback, "wechat-v2", null, Payments.of("m", no, "t-" + no, 101, "CNY", Instant.now(), "p")))
                .get(0)
                .outcome();
    }

    private void order(String table, String no) {
        shop.execute("insert into " + table + " (merchant, order_no, amount_fen) values ('m', ?, 101)", no);
    }

    private List<Object> cases() {
        return shop.rows("select out_trade_no from payment_attention order by 1").stream()
                .map(row -> row.get("out_trade_no"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dba.md", "zh/dba.md"})
    void statementsOfThePage_viewOverAnotherTable_isReadAtOnce(String page) throws Exception {
        shop.execute("create table shop_order (" + COLUMNS);
        run(statements(page, "CREATE VIEW payment_order"));
        open();
        shop.execute("create table shop_order_2027 (" + COLUMNS);
        assertEquals(Outcome.UNKNOWN_ORDER, pay("before"));
        assertEquals(Outcome.UNKNOWN_ORDER, pay("after"));
        // Ours, so that its plans are kept by then.
        for (int i = 0; i < 10; i++) {
            order("shop_order", "o" + i);
            assertEquals(Outcome.APPLIED, pay("o" + i));
        }
        assertThrows(IllegalStateException.class, () -> shop.execute("drop view payment_order"));

        run(statements(page, "BEGIN;"));

        assertEquals(Outcome.UNKNOWN_ORDER, pay("o0"));
        order("shop_order", "before");
        order("shop_order_2027", "after");
        assertEquals(List.of("after", "before", "o0"), cases());
        assertEquals(Outcome.APPLIED, pay("after"));
        assertEquals(List.of("before", "o0"), cases());
        assertEquals("PAID", shop.value("select pay_status from shop_order_2027"));
        assertEquals(0, shop.count("pg_class where relname = 'payment_order_before'"));
        assertEquals(
                true,
                shop.value("select has_table_privilege(?, 'payment_order', 'select, update')"
                        .replace("?", "'" + runtime + "'")));
        assertEquals(
                1,
                shop.count("pg_class where oid = 'payment_attention'::regclass"
                        + " and obj_description(oid, 'pg_class') is not null"));
    }

    /** What was our table becomes a table of the shop's under a view. */
    @Test
    void statementsOfThePage_tableOfOurs_becomesAView() throws Exception {
        open();
        shop.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', 'o1', 101), ('m', 'o2', 101)");
        assertEquals(Outcome.APPLIED, pay("o1"));
        assertEquals(Outcome.UNKNOWN_ORDER, pay("later"));
        run(
                "begin; alter table payment_order rename to shop_order_2027;"
                        + " create view payment_order as select * from shop_order_2027 where currency <> 'USD';"
                        + " do $$ begin execute 'create or replace view payment_attention as '"
                        + " || replace(pg_get_viewdef('payment_attention'), 'shop_order_2027', 'payment_order'); end $$; commit");
        assertEquals(Outcome.APPLIED, pay("o2"));
        assertEquals(Outcome.DUPLICATE, pay("o1"));
        assertEquals(List.of("later"), cases());
        assertEquals(
                1,
                shop.count("(select distinct d.refobjid from pg_depend d join pg_rewrite r on r.oid = d.objid"
                        + " where r.ev_class = 'payment_attention'::regclass"
                        + " and d.refobjid = 'payment_order'::regclass) reads"));
    }

    @Test
    void createOrReplace_furtherColumn_needsNothingElse() throws Exception {
        shop.execute("create table shop_order (" + COLUMNS);
        String view = statements("dba.md", "CREATE VIEW payment_order");
        run(view);
        open();
        run(view.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
                .replace("created_at", "created_at, seller AS sub_mch_id"));
        order("shop_order", "o");
        assertEquals(Outcome.APPLIED, pay("o"));
        assertEquals(List.of(), cases());
    }
}
