package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Claims;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
import paynotify.sender.Payments;
import paynotify.sender.Reading;

/** The store on a real PostgreSQL: what it decides, and what it leaves in the tables. */
class StoreTest {
    private final Database shop = Postgres.shared().newDatabase();
    private Store store;

    private static DatabaseSettings settings(Database database, boolean migrate) {
        return new DatabaseSettings(
                null, new Secret(database.url()), database.user(), new Secret(database.password()), 2, migrate);
    }

    private static UnverifiedLimit limit() {
        return new UnverifiedLimit(2, 1 << 16, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    }

    @BeforeEach
    void open() throws Exception {
        store = Store.open(settings(shop, true), limit());
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', 'o', 101)");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Callback callback(byte[] body, String remoteAddr) {
        long now = System.nanoTime();
        return new Callback(
                "a", body, false, name -> null, remoteAddr, Instant.parse("2025-06-01T04:00:06Z"), now, now);
    }

    private static Payment payment(String transactionId, long totalFee, String currency) {
        return Payments.of("m", "o", transactionId, totalFee, currency, Instant.parse("2025-06-01T04:00:05Z"), "payer");
    }

    private Outcome settle(Payment payment) throws Unavailable {
        return store.settle(new Reading(callback("<xml/>".getBytes(UTF_8), "::1"), "wechat-v2", null, payment))
                .get(0)
                .outcome();
    }

    private Map<String, Object> order() {
        return shop.row("select * from payment_order");
    }

    /** A caller's own transaction and a writer's are held up by the shop's trigger; the pool is a small one. */
    @Test
    void settle_twoAreHeldUp_othersGoAhead() throws Exception {
        Database small = Postgres.shared().newDatabase();
        ExecutorService callers = Executors.newCachedThreadPool();
        try (Store four = Store.open(
                new DatabaseSettings(
                        null, new Secret(small.url()), small.user(), new Secret(small.password()), 4, true),
                limit())) {
            small.execute("insert into payment_order (mch_id, out_trade_no, total_fee)"
                    + " select 'm', o, 101 from unnest('{o0,o1,slow0,slow1}'::text[]) o");
            small.execute("create function slow() returns trigger language plpgsql as 'begin"
                    + " if new.out_trade_no like ''slow%'' then perform pg_sleep(2.5); end if; return new; end'");
            small.execute("create trigger slow before update on payment_order for each row execute function slow()");
            List<Future<List<Decision>>> heldUp = new ArrayList<>();
            for (String no : List.of("slow0", "slow1")) {
                heldUp.add(callers.submit(() -> settle(four, no)));
                Thread.sleep(200);
            }
            assertEquals(Outcome.APPLIED, settle(four, "o0").get(0).outcome());
            assertEquals(Outcome.APPLIED, settle(four, "o1").get(0).outcome());
            assertEquals(
                    List.of(false, false), heldUp.stream().map(Future::isDone).toList());
            for (Future<List<Decision>> each : heldUp) {
                assertEquals(Outcome.APPLIED, each.get().get(0).outcome());
            }
        } finally {
            callers.shutdown();
        }
    }

    private static List<Decision> settle(Store store, String outTradeNo) throws Unavailable {
        return store.settle(new Reading(
                callback("<xml/>".getBytes(UTF_8), "::1"),
                "wechat-v2",
                null,
                Payments.of("m", outTradeNo, "t-" + outTradeNo, 101, "CNY", Instant.now(), "payer")));
    }

    @Test
    void settle_pendingOrder_isPaidOnceAndLogged() throws Exception {
        assertEquals(Outcome.APPLIED, settle(payment("t", 101, "CNY")));
        Map<String, Object> paid = order();
        assertEquals("PAID", paid.get("status"));
        assertEquals("t", paid.get("transaction_id"));
        assertEquals("payer", paid.get("payer"));
        assertEquals(Instant.parse("2025-06-01T04:00:05Z"), ((java.sql.Timestamp) paid.get("paid_at")).toInstant());
        assertEquals(Outcome.DUPLICATE, settle(payment("t", 101, "CNY")));
        assertEquals(Outcome.CONFLICT, settle(payment("t2", 101, "CNY")));
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(payment("t2", 100, "CNY")));
        assertEquals(paid, order());
        assertEquals(
                "[APPLIED, DUPLICATE, CONFLICT, AMOUNT_MISMATCH]",
                shop.rows("select outcome from payment_log order by id").stream()
                        .map(row -> row.get("outcome"))
                        .toList()
                        .toString());
    }

    @Test
    void settle_amountOrCurrencyOther_isAMismatchWhateverTheStatus() throws Exception {
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(payment("t", 102, "CNY")));
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(payment("t", 101, "USD")));
        shop.execute("update payment_order set status = 'CLOSED'");
        assertEquals(Outcome.AMOUNT_MISMATCH, settle(payment("t", 102, "CNY")));
        assertEquals(Outcome.ORDER_CLOSED, settle(payment("t", 101, "CNY")));
        assertEquals("CLOSED", order().get("status"));
    }

    @Test
    void settle_orderPaidWithoutATransaction_isAConflict() throws Exception {
        shop.execute("update payment_order set status = 'PAID'");
        assertEquals(Outcome.CONFLICT, settle(payment("t", 101, "CNY")));
        assertNull(order().get("transaction_id"));
    }

    @Test
    void settle_noSuchOrder_isUnknown() throws Exception {
        shop.execute("update payment_order set mch_id = 'other'");
        assertEquals(Outcome.UNKNOWN_ORDER, settle(payment("t", 101, "CNY")));
    }

    @Test
    void settle_statusThatTheContractDoesNotKnow_isOurOwnFault() {
        shop.execute("alter table payment_order drop constraint payment_order_status_check");
        shop.execute("update payment_order set status = 'SHIPPED'");
        Unavailable fault = assertThrows(Unavailable.class, () -> settle(payment("t", 101, "CNY")));
        assertTrue(fault.getMessage().contains("'SHIPPED'"), fault.getMessage());
        assertEquals(0, shop.count("payment_log"));
    }

    @Test
    void settle_viewThatShowsAnOrderTwice_isOurOwnFault() {
        shop.execute("alter table payment_order rename to shop_order");
        shop.execute("insert into shop_order (mch_id, out_trade_no, total_fee) values ('m2', 'o', 101)");
        shop.execute(
                "create view payment_order as select 'm'::text as mch_id, out_trade_no, total_fee, currency, status,"
                        + " transaction_id, paid_at, payer, created_at from shop_order");
        assertThrows(Unavailable.class, () -> settle(payment("t", 101, "CNY")));
        assertEquals(0, shop.count("payment_log"));
    }

    @ParameterizedTest
    @CsvSource({"payment_order, update", "payment_log, insert"})
    void settle_updateOrLogSwallowedByAShopsTrigger_isOurOwnFault(String table, String event) {
        shop.execute("create function no() returns trigger language plpgsql as $$ begin return null; end $$");
        shop.execute("create trigger swallow before " + event + " on " + table + " for each row execute function no()");
        Unavailable fault = assertThrows(Unavailable.class, () -> settle(payment("t", 101, "CNY")));
        assertTrue(
                fault.getMessage().contains("expected to write 1 rows of " + table + ", found that it was 0"),
                fault.getMessage());
        assertEquals("PENDING", order().get("status"));
        assertEquals(0, shop.count("payment_log"));
    }

    /** What PostgreSQL makes of a rule is not counted. One that is there at the start is told then. */
    @ParameterizedTest
    @CsvSource({
        "on update to payment_order do instead nothing",
        "on insert to payment_log do instead nothing",
        "on update to payment_order do also insert into seen values (new.out_trade_no)"
    })
    void open_ruleOfTheShops_isRefused(String rule) {
        shop.execute("create table seen (no text)");
        shop.execute("create rule shops as " + rule);
        assertThrows(Unavailable.class, () -> settle(payment("t", 101, "CNY")));
        assertEquals("PENDING", order().get("status"));
        assertEquals(0, shop.count("payment_log"));
        SchemaException fault = assertThrows(SchemaException.class, () -> Store.open(settings(shop, true), limit()));
        assertTrue(fault.getMessage().contains("make it a trigger"), fault.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "::1, ::1",
        "2001:DB8::7, 2001:db8::7",
        "::ffff:10.0.0.1, 10.0.0.1",
        "10.0.0.256,",
        "1.2.3,",
        "unknown,",
        "999.1.1.1,",
        "01.2.3.4,",
        "1.2.3.4.,",
        "1.2.3.4.5,",
        "0.0.0.0, 0.0.0.0",
        "255.249.199.99, 255.249.199.99",
        ".1:2,",
        "dead.beef,",
        "10.0.0.1:1234, 10.0.0.1",
        "10.0.0.1:,",
        "10.0.0.1:123456,",
        "10.0.0.1:12:34,",
        "10.0.0.256:1234,",
        "[::1]:80, ::1",
        "[2001:DB8::7], 2001:db8::7",
        "[::1]:,",
        "[::1]80,",
        "[::1,",
        "::1]:80,",
        "[10.0.0.1]:80,",
        "[]:80,",
        "2001:db8::7:80, 2001:db8::7:80",
        "fe80::1%eth0,",
        "1::2::3,",
        ":,",
        "'',",
        ","
    })
    void settle_callersAddress_isNullWhereItIsNone(String remoteAddr, String logged) throws Exception {
        store.settle(new Reading(
                callback(new byte[0], remoteAddr),
                "wechat",
                null,
                new NothingToBook(Outcome.MALFORMED, "detail", Claims.NONE, false, false)));
        assertEquals(logged, shop.value("select host(remote_addr) from payment_log"));
    }

    @Test
    void settle_whatNoTextColumnHolds_isReplacedOrCut() throws Exception {
        String longText = "1".repeat(PaymentLog.CLAIM_CHARS_MAX - 1) + "😀" + "2".repeat(5_000);
        byte[] body = {'<', 0, (byte) 0xFF, '>'};
        Claims claims = Claims.ofPayment()
                .mchId(longText)
                .outTradeNo("a\u0000b")
                .transactionId("2".repeat(5_000))
                .build();
        store.settle(new Reading(
                callback(body, null),
                "wechat",
                "Name: \u0000",
                new NothingToBook(Outcome.BAD_SIGNATURE, "d\u0000", claims, false, false)));
        Map<String, Object> row = shop.row("select * from payment_log");
        assertEquals("<\uFFFD\uFFFD>", row.get("body"));
        assertEquals("1".repeat(PaymentLog.CLAIM_CHARS_MAX - 1), row.get("mch_id"));
        assertEquals("a\uFFFDb", row.get("out_trade_no"));
        assertEquals(PaymentLog.CLAIM_CHARS_MAX, ((String) row.get("transaction_id")).length());
        assertEquals("d\uFFFD", row.get("detail"));
        assertEquals("Name: \uFFFD", row.get("headers"));
    }

    @Test
    void settle_viewWithNulls_isOurOwnFaultAndNamesTheColumn() {
        shop.execute("alter table payment_order alter currency drop not null");
        shop.execute("update payment_order set currency = null");
        Unavailable fault = assertThrows(Unavailable.class, () -> settle(payment("t", 101, "CNY")));
        assertEquals("expected a value in payment_order.currency, found null", fault.getMessage());
    }

    @Test
    void open_twoAtOnceOnAnEmptySchema_bothGetReady() throws Exception {
        Database empty = Postgres.shared().newDatabase();
        empty.execute("create table shops_own (id int)");
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            Callable<Boolean> open = () -> {
                try (Store one = Store.open(settings(empty, true), limit())) {
                    return one.isUp();
                }
            };
            for (Future<Boolean> up : two.invokeAll(List.of(open, open))) {
                assertTrue(up.get());
            }
        } finally {
            two.shutdown();
        }
        assertEquals(1, empty.count("notify_schema_history where version = '1'"));
    }

    @Test
    void open_tablesLackSomething_saysWhatAndDoesNotStart() {
        store.close();
        shop.execute("alter table payment_order drop column payer");
        SchemaException fault = assertThrows(SchemaException.class, () -> Store.open(settings(shop, true), limit()));
        assertTrue(fault.getMessage().contains("column \"payer\""), fault.getMessage());
    }

    @Test
    void open_schemaThatIsNotThere_asksForItsName() {
        SchemaException fault =
                assertThrows(SchemaException.class, () -> Store.open(settings(shop.inSchema("notfiy"), true), limit()));
        assertTrue(fault.getMessage().contains("currentSchema"), fault.getMessage());
    }

    @Test
    void open_wrongPassword_saysSoAndDoesNotStart() {
        SchemaException fault = assertThrows(
                SchemaException.class,
                () -> Store.open(settings(shop.as(shop.user(), "wrong-password"), true), limit()));
        assertTrue(fault.getMessage().contains("password authentication failed"), fault.getMessage());
    }

    @Test
    void open_databaseThatCannotHoldEveryCharacter_doesNotStart() {
        Postgres.shared()
                .admin("postgres")
                .execute("create database latin encoding 'LATIN1' locale 'C' template template0");
        SchemaException fault = assertThrows(
                SchemaException.class,
                () -> Store.open(settings(Postgres.shared().admin("latin"), true), limit()));
        assertTrue(fault.getMessage().contains("found LATIN1"), fault.getMessage());
    }

    @Test
    void settle_unverifiedOverTheLimit_isAnsweredAndToldWhenClosed() throws Exception {
        NothingToBook forged = NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no");
        NothingToBook unread = NothingToBook.unverified(Outcome.MALFORMED, "no");
        for (int i = 0; i < 5; i++) {
            for (NothingToBook each : List.of(forged, unread)) {
                Reading reading = new Reading(callback("x".getBytes(UTF_8), "10.0.0.1"), "wechat-v2", "h: x", each);
                assertEquals(each.outcome(), store.settle(reading).get(0).outcome());
            }
        }
        assertEquals(Outcome.APPLIED, settle(payment("t", 101, "CNY")));
        assertEquals(3, shop.count("payment_log"));
        store.close();
        assertEquals(
                "[{outcome=BAD_SIGNATURE, n=4}, {outcome=MALFORMED, n=4}]",
                shop.rows("select outcome, cast(substring(detail from 'found (\\d+) more') as int) as n"
                                + " from payment_log where body = '' and headers is null and remote_addr is null"
                                + " and account = 'a' and channel = 'wechat-v2' order by id")
                        .toString());
    }

    @Test
    void isUp_whileTheTablesAreReady_isTrue() {
        assertTrue(store.isUp());
    }
}
