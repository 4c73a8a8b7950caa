package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Finding;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Payments;
import paynotify.sender.Reading;

/** Several callbacks in one transaction, on a real PostgreSQL: orders o1, o2, o3 of 101 fen. */
class SettlementTest {
    private final Database shop = Postgres.shared().newDatabase();
    private Connection connection;

    @BeforeEach
    void open() throws Exception {
        Store.open(
                        new DatabaseSettings(
                                null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 1, true),
                        new UnverifiedLimit(20, 1 << 30, Clock.systemUTC()))
                .close();
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee)"
                + " select 'm', 'o' || n, 101 from generate_series(1, 3) n");
        connection = DriverManager.getConnection(shop.url(), shop.user(), shop.password());
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private static Reading payment(String outTradeNo, String transactionId, long totalFee) {
        Instant paidAt = Instant.parse("2025-06-01T04:00:05Z");
        return of(Payments.of("m", outTradeNo, transactionId, totalFee, "CNY", paidAt, "payer \"{,\\}\" 号"));
    }

    private static Reading of(Finding finding) {
        long now = System.nanoTime();
        Callback callback = new Callback(
                "a", "a {\"b\"} \\ ,NULL".getBytes(UTF_8), false, name -> null, "::1", Instant.EPOCH, now, now);
        return new Reading(callback, "wechat-v2", null, finding);
    }

    private List<Outcome> settle(boolean waits, Reading... cases) throws SQLException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Decision decision : Settlement.run(connection, waits, List.of(cases))) {
            outcomes.add(decision == null ? null : decision.outcome());
        }
        connection.commit();
        return outcomes;
    }

    private List<Object> column(String sql) {
        return shop.rows(sql).stream()
                .map(row -> row.values().iterator().next())
                .toList();
    }

    /** Each as if it had come alone, and in its turn. */
    @Test
    void settle_sameOrderAgain_findsItAsTheOneBeforeLeftIt() throws SQLException {
        assertEquals(
                List.of(
                        Outcome.APPLIED,
                        Outcome.AMOUNT_MISMATCH,
                        Outcome.DUPLICATE,
                        Outcome.CONFLICT,
                        Outcome.APPLIED,
                        Outcome.BAD_SIGNATURE),
                settle(
                        false,
                        payment("o2", "t2", 101),
                        payment("o2", "t2", 102),
                        payment("o2", "t2", 101),
                        payment("o2", "other", 101),
                        payment("o1", "t1", 101),
                        of(NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no"))));
        assertEquals(
                List.of("APPLIED", "AMOUNT_MISMATCH", "DUPLICATE", "CONFLICT", "APPLIED", "BAD_SIGNATURE"),
                column("select outcome from payment_log order by id"));
        assertEquals(
                List.of("o1 PAID t1", "o2 PAID t2", "o3 PENDING -"),
                column("select out_trade_no || ' ' || status || ' ' || coalesce(transaction_id, '-')"
                        + " from payment_order order by 1"));
        assertEquals(
                List.of("payer \"{,\\}\" 号", "payer \"{,\\}\" 号"),
                column("select payer from payment_order where status = 'PAID'"));
        assertEquals(6L, shop.value("select count(*) from payment_log where body = 'a {\"b\"} \\ ,NULL'"));
    }

    @Test
    void settle_orderThatIsNotThereOrLocked_isLeftOutOfAGroup() throws SQLException {
        try (Connection other = DriverManager.getConnection(shop.url(), shop.user(), shop.password())) {
            other.setAutoCommit(false);
            try (Statement lock = other.createStatement()) {
                lock.execute("select 1 from payment_order where out_trade_no = 'o2' for update");
            }
            List<Outcome> expected = new ArrayList<>();
            expected.add(Outcome.APPLIED);
            expected.add(null);
            expected.add(null);
            expected.add(Outcome.APPLIED);
            assertEquals(
                    expected,
                    settle(
                            false,
                            payment("o1", "t1", 101),
                            payment("o2", "t2", 101),
                            payment("o4", "t4", 101),
                            payment("o3", "t3", 101)));
            other.rollback();
        }
        assertEquals(List.of("o1", "o3"), column("select out_trade_no from payment_log order by id"));
        assertEquals(List.of(Outcome.UNKNOWN_ORDER), settle(true, payment("o4", "t4", 101)));
    }

    @Test
    void settle_aRowThatIsNotWritten_failsTheTransaction() throws SQLException {
        shop.execute("create function no() returns trigger language plpgsql as $$ begin"
                + " if new.out_trade_no = 'o2' then return null; end if; return new; end $$");
        shop.execute("create trigger no before update on payment_order for each row execute function no()");
        assertThrows(
                IllegalStateException.class, () -> settle(false, payment("o1", "t1", 101), payment("o2", "t2", 101)));
        connection.rollback();
        assertEquals(0, shop.count("payment_log"));
        assertEquals(3L, shop.value("select count(*) from payment_order where status = 'PENDING'"));
    }

    @Test
    void settle_viewThatPadsItsNames_findsTheOrder() throws SQLException {
        shop.execute("alter table payment_order rename to orders");
        shop.execute("create view payment_order as select cast(mch_id as char(10)) as mch_id,"
                + " cast(out_trade_no as char(20)) as out_trade_no, total_fee, currency, status, transaction_id,"
                + " paid_at, payer from orders");
        assertEquals(List.of(Outcome.APPLIED), settle(false, payment("o1", "t1", 101)));
    }

    /** A failed transaction takes nothing away from those after it. */
    @Test
    void limits_afterARollback_stillHold() throws Exception {
        try (Pool pool = Pool.open(new DatabaseSettings(
                        null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 1, true));
                TransactionRunner database = new TransactionRunner("test", pool, 1)) {
            long deadline = System.nanoTime() + 5_000_000_000L;
            assertThrows(
                    SQLException.class,
                    () -> database.transaction(
                            deadline, c -> c.createStatement().execute("no")));
            String lockTimeout = database.transaction(deadline, c -> {
                try (var rows = c.createStatement().executeQuery("show lock_timeout")) {
                    rows.next();
                    return rows.getString(1);
                }
            });
            assertEquals("2s", lockTimeout);
        }
        assertEquals(
                0L,
                shop.value("select count(*) from pg_stat_activity where application_name = 'notify'"
                        + " and state = 'idle in transaction'"));
    }

    /** What plans by a scan of five million rows would not do. */
    @Test
    void lock_ofManyOrders_goesByTheIndex() throws SQLException {
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee)"
                + " select 'm', 'p' || n, 101 from generate_series(1, 20000) n");
        shop.execute("analyze payment_order");
        String keys = "'{m,m,m}'";
        String numbers = "'{p1,p2,p3}'";
        String sql = Order.LOCK_FREE.replaceFirst("\\?", keys).replaceFirst("\\?", numbers);
        String plan = column("explain " + sql).toString();
        assertEquals(true, plan.contains("Index Scan") && !plan.contains("Seq Scan"), plan);
    }
}
