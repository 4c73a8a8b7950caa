package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Claims;
import paynotify.sender.Finding;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Payments;
import paynotify.sender.Reading;
import paynotify.sender.Refund.Status;
import paynotify.sender.Trade;

/** Events beside what they tell of, in one transaction, on a real PostgreSQL: orders o1 to o9 of 101 fen. */
class EventLogTest {
    private static final Instant PAID_AT = Instant.parse("2025-06-01T04:00:05Z");
    private static final EventRules WEBHOOK = new EventRules(Set.of("a"), null);
    private static final EventRules CHANNEL = new EventRules(Set.of("b"), "Told.you");

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
                + " select 'm', 'o' || n, 101 from generate_series(1, 9) n");
        connection = shop.connect();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private static Reading of(String account, Finding... findings) {
        long now = System.nanoTime();
        Callback callback = new Callback(account, new byte[0], false, name -> null, null, Instant.EPOCH, now, now);
        return new Reading(callback, "wechat-v2", null, List.of(findings));
    }

    private static Finding payment(String outTradeNo, long totalFee) {
        return Payments.of("m", outTradeNo, "t-" + outTradeNo, totalFee, "CNY", PAID_AT, "payer \"{,\\}\" 号");
    }

    private void settle(EventRules rules, Reading... readings) throws SQLException {
        Writes last = new Writes();
        Settlement.run(connection, last, true, List.of(readings), rules);
        Commit.run(connection, last);
    }

    private String events(String columns) {
        return shop.rows("select " + columns + " from payment_event order by id")
                .toString();
    }

    @Test
    void paid_isTold() throws SQLException {
        settle(WEBHOOK, of("a", payment("o1", 101)), of("b", payment("o2", 101)));
        assertEquals(
                "[{type=payment.paid, account=a, mch_id=m, sub_mch_id=null, out_trade_no=o1, out_refund_no=null,"
                        + " transaction_id=t-o1, refund_id=null, total_fee=101, currency=CNY, payer=payer \"{,\\}\" 号,"
                        + " outcome=APPLIED, detail=expected a PENDING order, found it, and set it PAID,"
                        + " occurred_at=true, due=true, delivered_at=null, tries=0}]",
                events(
                        "type, account, mch_id, sub_mch_id, out_trade_no, out_refund_no, transaction_id, refund_id, total_fee,"
                                + " currency, payer, outcome, detail, occurred_at = '" + PAID_AT + "' as occurred_at,"
                                + " next_at = created_at as due, delivered_at, tries"));
        assertEquals(2, shop.count("payment_order where status = 'PAID'"));
    }

    /** Whoever is told of all by a channel sends only where there is a webhook. */
    @Test
    void channel_isOfAllAccounts() throws Exception {
        try (Connection listener = shop.connect()) {
            listener.createStatement().execute("listen \"Told.you\"");
            settle(CHANNEL, of("a", payment("o1", 101)), of("b", payment("o2", 101)));
            PGNotification[] heard = listener.unwrap(PGConnection.class).getNotifications(5_000);
            assertEquals(
                    shop.rows("select id from payment_event order by id").stream()
                            .map(row -> row.get("id").toString())
                            .toList(),
                    Arrays.stream(heard).map(PGNotification::getParameter).toList());
        }
        assertEquals("[{account=a, due=false}, {account=b, due=true}]", events("account, next_at is not null as due"));
    }

    @Test
    void rolledBack_isNotTold() throws Exception {
        try (Connection listener = shop.connect()) {
            listener.createStatement().execute("listen \"Told.you\"");
            Settlement.run(connection, new Writes(), true, List.of(of("b", payment("o1", 101))), CHANNEL);
            connection.rollback();
            assertEquals(0, listener.unwrap(PGConnection.class).getNotifications(200).length);
        }
        assertEquals(0, shop.count("payment_event"));
    }

    @Test
    void attention_isToldOnce() throws SQLException {
        Finding wrong = new NothingToBook(
                Outcome.WRONG_MERCHANT,
                "why",
                Claims.ofPayment().mchId("n").outTradeNo("o".repeat(200)).build(),
                true,
                true);
        Finding strangers = new NothingToBook(
                Outcome.WRONG_MERCHANT, "why", Claims.ofPayment().mchId("n").build(), false, false);
        Finding refund = new NothingToBook(
                Outcome.WRONG_MERCHANT, "why", Claims.ofRefund().mchId("n").build(), true, true);
        Finding money =
                new NothingToBook(Outcome.IGNORED, "why", Claims.ofPayment().build(), true, true);
        Finding unreadable =
                new NothingToBook(Outcome.MALFORMED, "why", Claims.ofPayment().build(), true, true);
        for (int i = 0; i < 2; i++) {
            settle(
                    CHANNEL,
                    of("b", payment("none", 101)),
                    of("b", payment("none", 101)),
                    of("b", payment("o1", 102)),
                    of("a", payment("o1", 102)),
                    of("b", Payments.of("m", "o1", null, 102, "CNY", PAID_AT, null)),
                    of("b", Payments.givenBack("m", "o2", "t-o2", 101, "CNY", PAID_AT)),
                    of("b", wrong),
                    of("b", strangers, refund, money, unreadable));
        }
        assertEquals(
                "[{outcome=UNKNOWN_ORDER, out_trade_no=none, transaction_id=t-none},"
                        + " {outcome=AMOUNT_MISMATCH, out_trade_no=o1, transaction_id=null},"
                        + " {outcome=AMOUNT_MISMATCH, out_trade_no=o1, transaction_id=t-o1},"
                        + " {outcome=REFUNDED, out_trade_no=o2, transaction_id=t-o2},"
                        + " {outcome=WRONG_MERCHANT, out_trade_no=" + "o".repeat(128) + ", transaction_id=null}]",
                events("outcome, out_trade_no, transaction_id"));
        assertEquals(5, shop.count("payment_event where type = 'payment.attention' and occurred_at = 'epoch'"));
        settle(CHANNEL, of("b", payment("o1", 101)), of("b", payment("o1", 101)));
        assertEquals(1, shop.count("payment_event where type = 'payment.paid'"));
        assertEquals(6, shop.count("payment_event"));
    }

    /** Of an answer about a whole each order is asked about itself; as the log, events tell of it then. */
    @Test
    void answerAboutAWhole_tellsOfTheOrderThatWasAskedAbout() throws SQLException {
        Writes last = new Writes();
        Settlement.answer(
                connection,
                last,
                of("a", payment("o1", 101), payment("o2", 102), payment("o3", 102)),
                new Order.Key("m", "o3"),
                WEBHOOK);
        Commit.run(connection, last);
        assertEquals(
                "[{type=payment.paid, out_trade_no=o1}, {type=payment.attention, out_trade_no=o3}]",
                events("type, out_trade_no"));
    }

    /** A refund's event bears the order's currency where the sender leaves it out. */
    @Test
    void refund_isToldOfEachMove() throws SQLException {
        shop.execute("update payment_order set currency = 'HKD', status = 'PAID', transaction_id = 't'"
                + " where out_trade_no = 'o1'");
        Trade trade = new Trade("m", null, "o1", "t", 101);
        for (Status status : List.of(Status.ABNORMAL, Status.SUCCESS, Status.SUCCESS)) {
            settle(WEBHOOK, of("a", Payments.refund(trade, "r1", "id1", 7, null, status)));
        }
        settle(WEBHOOK, of("a", Payments.refund(trade, "r2", "id2", 8, "HKD", Status.CLOSED)));
        settle(WEBHOOK, of("a", Payments.refund(trade, "r3", "id3", 8, "CNY", Status.SUCCESS)));
        assertEquals(
                "[{type=refund.abnormal, out_refund_no=r1, refund_id=id1, total_fee=7, currency=HKD, s=0},"
                        + " {type=refund.succeeded, out_refund_no=r1, refund_id=id1, total_fee=7, currency=HKD,"
                        + " s=1748754005}, {type=refund.closed, out_refund_no=r2, refund_id=id2, total_fee=8,"
                        + " currency=HKD, s=0}]",
                events("type, out_refund_no, refund_id, total_fee, currency,"
                        + " cast(extract(epoch from occurred_at) as bigint) as s"));
    }

    /** A row that is not written would be an order that nobody is told of. */
    @Test
    void eventThatIsNotWritten_failsTheTransaction() throws SQLException {
        shop.execute("create function no() returns trigger language plpgsql as $$ begin return null; end $$");
        shop.execute("create trigger no before insert on payment_event for each row execute function no()");
        assertThrows(IllegalStateException.class, () -> settle(WEBHOOK, of("a", payment("o1", 101))));
        connection.rollback();
        assertEquals(0, shop.count("payment_order where status = 'PAID'"));
    }

    /** Two who tell of the same in another order don't wait for each other. */
    @Test
    void attention_ofTwoAtOnce_isWrittenInOneOrder() throws SQLException {
        List<Reading> some = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> some.add(of("a", payment("none" + (i * 7) % 20, 101))));
        settle(WEBHOOK, some.toArray(Reading[]::new));
        List<String> numbers = shop.rows("select out_trade_no from payment_event order by id").stream()
                .map(row -> (String) row.get("out_trade_no"))
                .toList();
        assertEquals(numbers.stream().sorted().toList(), numbers);
    }

    private static Connection counting(Connection real, List<String> statements) {
        return (Connection) Proxy.newProxyInstance(
                EventLogTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")
                            || method.getName().equals("createStatement")) {
                        statements.add(arguments == null ? "a statement" : (String) arguments[0]);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private List<String> statements(EventRules rules, int from) throws SQLException {
        List<String> statements = new ArrayList<>();
        List<Reading> group = IntStream.range(from, from + 3)
                .mapToObj(i -> of("a", payment("o" + i, 101)))
                .toList();
        Writes last = new Writes();
        Settlement.run(counting(connection, statements), last, false, group, rules);
        Commit.run(counting(connection, statements), last);
        return statements;
    }

    /** Nothing of it where nothing is configured; and no round trip more where something is. */
    @Test
    void events_costNoRoundTrip() throws SQLException {
        List<String> off = statements(EventRules.NONE, 1);
        List<String> ofOthers = statements(new EventRules(Set.of("b"), null), 4);
        assertEquals(off, ofOthers);
        assertEquals(0, shop.count("payment_event"));
        assertEquals(
                List.of(),
                off.stream().filter(sql -> sql.contains("payment_event")).toList());
        List<String> on = statements(WEBHOOK, 7);
        assertEquals(off.size(), on.size());
        assertEquals(1, on.stream().filter(sql -> sql.contains("payment_event")).count());
        assertEquals(3, shop.count("payment_event"));
    }
}
