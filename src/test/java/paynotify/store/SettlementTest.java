package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Finding;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
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
        Writes last = new Writes();
        for (List<Decision> decisions : Settlement.run(connection, last, waits, List.of(cases), EventRules.NONE)) {
            outcomes.add(decisions == null ? null : decisions.get(0).outcome());
        }
        Commit.run(connection, last);
        return outcomes;
    }

    private List<Object> column(String sql) {
        return shop.rows(sql).stream()
                .map(row -> row.values().iterator().next())
                .toList();
    }

    private static Reading givenBack(String outTradeNo, String transactionId) {
        return of(Payments.givenBack("m", outTradeNo, transactionId, 101, "CNY", Instant.EPOCH));
    }

    /** Contract, section 7: nothing may be shipped for it, whatever a late callback says. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settle_paymentThatWasGivenBack_paysNothingAnyMore(boolean another) throws SQLException {
        Writes last = new Writes();
        Order.Key asked = new Order.Key("m", "o1");
        Decision back = Settlement.answer(connection, last, givenBack("o1", "t1"), asked, EventRules.NONE)
                .get(0);
        Commit.run(connection, last);
        assertEquals(Outcome.REFUNDED, back.outcome());
        Reading late = payment(another ? "o2" : "o1", "t1", 101);
        assertThrows(SQLException.class, () -> settle(false, late));
        connection.rollback();
        assertEquals(List.of(Outcome.CONFLICT), settle(true, late));
        assertTrue(String.valueOf(column("select detail from payment_log order by id desc")
                        .get(0))
                .contains("REFUNDED"));
        assertEquals(List.of("PENDING"), column("select distinct status from payment_order"));
        // Another payment of that order is another matter.
        assertEquals(List.of(Outcome.APPLIED), settle(true, payment("o1", "t2", 101)));
    }

    /** A combined payment's answer, of two orders that somebody must look at: each has its row when it is asked about. */
    @Test
    void answer_aboutSeveralOrders_alarmsAboutTheOneThatWasAskedAbout() throws SQLException {
        Reading first = payment("o1", "t1", 102);
        Reading whole = new Reading(
                first.callback(),
                "wechat-v3",
                null,
                List.of(
                        first.findings().get(0),
                        payment("o2", "t2", 102).findings().get(0),
                        payment("o3", "t3", 101).findings().get(0)));
        Writes last = new Writes();
        Order.Key asked = new Order.Key("m", "o2");
        List<Decision> decisions = Settlement.answer(connection, last, whole, asked, EventRules.NONE);
        Commit.run(connection, last);
        assertEquals(
                List.of(Outcome.AMOUNT_MISMATCH, Outcome.AMOUNT_MISMATCH, Outcome.APPLIED),
                decisions.stream().map(Decision::outcome).toList());
        assertEquals(List.of("o2", "o3"), column("select out_trade_no from payment_log order by id"));
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

    /** In both shapes of the statements ({@link RowsSql}), each value comes into its row and column. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, RowsSql.FEW_MAX - 1, RowsSql.FEW_MAX, RowsSql.FEW_MAX + 1, 40})
    void settle_groupOfAnySize_writesEachRowAsItIs(int size) throws SQLException {
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee)"
                + " select 'm', 'g' || n, n from generate_series(1, " + size + ") n");
        List<Reading> group = new ArrayList<>();
        for (int i = size; i > 0; i--) {
            Instant paidAt = Instant.parse("2025-06-01T04:00:05.000001Z").plusSeconds(i);
            Payment payment = Payments.of("m", "g" + i, i % 3 == 0 ? null : "t" + i, i, "CNY", paidAt, "p" + i);
            Callback callback = new Callback(
                    "a" + i,
                    ("body 号 " + i).getBytes(UTF_8),
                    false,
                    name -> null,
                    "10.0.0." + i,
                    Instant.EPOCH.plusSeconds(i),
                    0,
                    0);
            group.add(new Reading(callback, "wechat-v2", i % 2 == 0 ? null : "headers " + i, payment));
        }
        assertEquals(Collections.nCopies(size, Outcome.APPLIED), settle(false, group.toArray(Reading[]::new)));
        assertEquals(
                IntStream.rangeClosed(1, size)
                        .mapToObj(i -> "g" + (size + 1 - i))
                        .toList(),
                column("select out_trade_no from payment_log order by id"));
        assertEquals(
                (long) size,
                shop.value("select count(*) from generate_series(1, " + size + ") n"
                        + " join payment_order o on o.out_trade_no = 'g' || n and o.status = 'PAID'"
                        + " and o.payer = 'p' || n and o.paid_at = timestamptz '2025-06-01 04:00:05.000001Z' + n * interval '1 s'"
                        + " and o.transaction_id is not distinct from case when n % 3 <> 0 then 't' || n end"
                        + " join payment_log l on l.out_trade_no = o.out_trade_no and l.mch_id = 'm'"
                        + " and l.transaction_id is not distinct from o.transaction_id and l.total_fee = n"
                        + " and l.account = 'a' || n and l.body = 'body 号 ' || n and l.outcome = 'APPLIED'"
                        + " and l.headers is not distinct from case when n % 2 <> 0 then 'headers ' || n end"
                        + " and l.remote_addr = ('10.0.0.' || n)::inet and l.source = 'CALLBACK' and l.event = 'PAYMENT'"
                        + " and l.received_at = 'epoch'::timestamptz + n * interval '1 s'"));
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
                            deadline, (c, last) -> c.createStatement().execute("no")));
            String lockTimeout = database.transaction(deadline, (c, last) -> {
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

    /** Contract, section 3: a second order with a transaction_id that has paid one is a CONFLICT. */
    @Test
    void settle_transactionThatHasPaidAnotherOrder_isAConflictAndNamesIt() throws SQLException {
        assertEquals(
                List.of(Outcome.APPLIED, Outcome.CONFLICT, Outcome.APPLIED),
                settle(false, payment("o1", "t1", 101), payment("o2", "t1", 101), payment("o2", "t2", 101)));
        // In a group it is not found out for whom: each must come alone.
        assertThrows(SQLException.class, () -> settle(false, payment("o3", "t1", 101)));
        connection.rollback();
        assertEquals(List.of(Outcome.CONFLICT), settle(true, payment("o3", "t1", 101)));
        assertEquals(
                List.of("o2", "o3"),
                column("select out_trade_no from payment_log where outcome = 'CONFLICT' and detail ="
                        + " 'expected a transaction_id that has paid no other order, found that it has paid ''o1'''"
                        + " order by id"));
        assertEquals(List.of(Outcome.APPLIED), settle(true, payment("o3", "t3", 101)));
    }

    @Test
    void settle_transactionOfAnotherMerchantOrOfNoNumber_paysAll() throws SQLException {
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values ('n', 'o1', 101)");
        assertEquals(
                List.of(Outcome.APPLIED, Outcome.APPLIED, Outcome.APPLIED, Outcome.APPLIED),
                settle(
                        false,
                        payment("o1", null, 101),
                        payment("o2", null, 101),
                        payment("o3", "t", 101),
                        of(Payments.of("n", "o1", "t", 101, "CNY", Instant.EPOCH, null))));
        shop.execute("update payment_order set status = 'PENDING', transaction_id = null");
        assertEquals(List.of(Outcome.APPLIED), settle(true, payment("o2", null, 101)));
    }

    /** It has paid this order before, which the shop has set PENDING since: that is no other order. */
    @Test
    void settle_sameOrderPendingAgain_isPaidBySameTransactionAgain() throws SQLException {
        assertEquals(List.of(Outcome.APPLIED), settle(false, payment("o1", "t1", 101)));
        for (int again = 0; again < 2; again++) {
            shop.execute("update payment_order set status = 'PENDING', transaction_id = null");
            // In a group nobody asks which order it was.
            SQLException known = assertThrows(SQLException.class, () -> settle(false, payment("o1", "t1", 101)));
            assertEquals("23505", known.getSQLState());
            connection.rollback();
            assertEquals(List.of(Outcome.APPLIED), settle(true, payment("o1", "t1", 101)));
        }
    }

    @Test
    void settle_oneTransactionForManyOrdersAtOnce_paysOne() throws Exception {
        int rounds = 10;
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee)"
                + " select 'm', 'r' || n, 101 from generate_series(1, 80) n");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (Store store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 8, false),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()))) {
            for (int i = 0; i < rounds; i++) {
                int round = i;
                List<Callable<Outcome>> calls = IntStream.rangeClosed(1, 8)
                        .<Callable<Outcome>>mapToObj(
                                n -> () -> store.settle(payment("r" + (8 * round + n), "race" + round, 101))
                                        .get(0)
                                        .outcome())
                        .toList();
                List<Outcome> outcomes = new ArrayList<>();
                for (Future<Outcome> each : threads.invokeAll(calls)) {
                    outcomes.add(each.get());
                }
                assertEquals(1, Collections.frequency(outcomes, Outcome.APPLIED), outcomes::toString);
                assertEquals(7, Collections.frequency(outcomes, Outcome.CONFLICT), outcomes::toString);
            }
        } finally {
            threads.shutdown();
        }
        assertEquals(rounds, shop.count("payment_order where status = 'PAID'"));
    }

    /** Nobody waits in a group for one who holds the transaction's number; who comes alone does. */
    @Test
    void settle_transactionThatIsBeingSettledElsewhere_isLeftOutOfAGroup() throws SQLException {
        try (Connection other = DriverManager.getConnection(shop.url(), shop.user(), shop.password())) {
            other.setAutoCommit(false);
            Writes last = new Writes();
            Settlement.run(other, last, false, List.of(payment("o1", "t1", 101)), EventRules.NONE);
            List<Outcome> expected = new ArrayList<>();
            expected.add(null);
            expected.add(Outcome.APPLIED);
            expected.add(null);
            assertEquals(
                    expected,
                    settle(false, payment("o2", "t1", 101), payment("o3", "t3", 101), payment("o3", "t1", 101)));
            Commit.run(other, last);
        }
        assertEquals(List.of(Outcome.CONFLICT), settle(true, payment("o2", "t1", 101)));
    }

    /** A commit that is not on the disk is none: the transaction says more where the role says less. */
    @ParameterizedTest
    @CsvSource({"off, on", "local, on", "remote_write, remote_write", "on, on", "remote_apply, remote_apply"})
    void commit_isDurableAtLeast(String ofTheRole, String ofTheCommit) throws Exception {
        shop.execute("create table seen (setting text)");
        shop.execute("create function see() returns trigger language plpgsql as $$ begin"
                + " insert into seen values (current_setting('synchronous_commit')); return null; end $$");
        shop.execute("create constraint trigger see after insert on payment_log deferrable initially deferred"
                + " for each row execute function see()");
        shop.execute("alter role " + shop.user() + " set synchronous_commit = " + ofTheRole);
        connection.close();
        connection = DriverManager.getConnection(shop.url(), shop.user(), shop.password());
        connection.setAutoCommit(false);
        settle(false, payment("o1", "t1", 101));
        try (Statement statement = connection.createStatement()) {
            statement.execute("reset all");
        }
        connection.commit();
        settle(true, of(NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no")));
        assertEquals(List.of(ofTheCommit, ofTheCommit), column("select setting from seen"));
    }

    @Test
    void claim_ofAnotherOrderOrTransaction_isAnother() {
        Order.Claim claim = new Order.Claim(new Order.Key("m", "o"), "t");
        assertEquals(claim, new Order.Claim(new Order.Key("m", "o"), "t"));
        assertEquals(claim.hashCode(), new Order.Claim(new Order.Key("m", "o"), "t").hashCode());
        assertNotEquals(claim, new Order.Claim(new Order.Key("m", "p"), "t"));
        assertNotEquals(claim, new Order.Claim(new Order.Key("m", "o"), null));
        assertNotEquals(claim, (Object) "t");
    }
}
