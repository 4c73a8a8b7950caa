package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Answer;
import paynotify.kit.AtOnce;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/** Our own faults: the answer is a 503 within five seconds, nothing is booked, and the next try works. */
@ExtendWith(NoSecretInLogs.class)
class FaultsIT {
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);
    /** 500 ms, and some for a busy machine. */
    private static final Duration FORGED_WITHIN = Duration.ofMillis(1_500);

    private static final Duration RECOVERS_WITHIN = Duration.ofSeconds(30);
    private static final int FLOOD = 200;
    /** More than the pool has connections. */
    private static final int CALLBACKS = 24;

    private static Postgres postgres;
    private static Shop shop;

    @BeforeAll
    static void open() {
        postgres = Postgres.start();
        Database database = postgres.newDatabase();
        shop = Shop.of(
                Shop.tomcat(TomcatVersion.TOMCAT_11, database, "").manager().start(), "notify", database);
    }

    @AfterAll
    static void close() {
        shop.close();
        postgres.close();
    }

    @AfterEach
    void worksAgain() {
        Wait.until(RECOVERS_WITHIN, () -> Http.get(shop.health()).status() == 200, () -> "still down");
        Exchange.post(shop, "wechat", payment().body(Shop.KEY)).answers("APPLIED");
    }

    @Test
    void lockedOrder_is503WithinFiveSecondsAndAppliedLater() throws SQLException {
        WechatV2Callback callback = payment();
        String no = callback.value("out_trade_no");
        try (Connection other = shop.database().connect()) {
            lock(other, no);
            List<CompletableFuture<Answer>> locked = postAll(List.of(callback.body(Shop.KEY)));
            // Another order is not held up by it.
            Exchange.of(shop, "wechat", () -> timed(payment().body(Shop.KEY))).answers("APPLIED");
            locked.forEach(answer -> Exchange.assertAnswer(answer.join(), "ERROR"));
        }
        assertUntouched(no);
        Exchange.post(shop, "wechat", callback.body(Shop.KEY)).answers("APPLIED");
    }

    @Test
    void lockedOrder_withMoreCallbacksThanConnections_allAreAnsweredInTime() throws SQLException {
        WechatV2Callback callback = payment();
        String no = callback.value("out_trade_no");
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < CALLBACKS; i++) {
            bodies.add(callback.body(Shop.KEY));
        }
        try (Connection other = shop.database().connect()) {
            lock(other, no);
            postAll(bodies).forEach(answer -> Exchange.assertAnswer(answer.join(), "ERROR"));
        }
        assertUntouched(no);
    }

    @Test
    void lockedLog_is503AndTheOrderStaysAsItWas() throws SQLException {
        WechatV2Callback callback = payment();
        try (Connection other = shop.database().connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table payment_log in access exclusive mode");
            Exchange.assertAnswer(timed(callback.body(Shop.KEY)), "ERROR");
        }
        assertUntouched(callback.value("out_trade_no"));
    }

    @Test
    void frozenDatabase_every503ComesInTimeAndThawedItWorksAgain() {
        List<WechatV2Callback> callbacks = new ArrayList<>();
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < CALLBACKS; i++) {
            callbacks.add(payment());
            bodies.add(callbacks.get(i).body(i % 2 == 0 ? Shop.KEY : Shop.OTHER_KEY));
        }
        postgres.freeze();
        try {
            assertFrozen(bodies);
            long start = System.nanoTime();
            assertDown(shop);
            // "Within 1 s", and some for a busy machine.
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(2).toNanos(), "health took too long");
            // The second wave finds the pool as the first has left it.
            assertFrozen(bodies);
        } finally {
            postgres.thaw();
        }
        Wait.until(RECOVERS_WITHIN, () -> Http.get(shop.health()).status() == 200, () -> "still down");
        for (int i = 0; i < CALLBACKS; i++) {
            String no = callbacks.get(i).value("out_trade_no");
            if (i % 2 == 0) {
                assertUntouched(no);
            } else {
                // What was under way at the end may have got its row all the same.
                assertEquals("PENDING", shop.orderRow(Shop.MCH_ID, no).get("status"));
            }
            Exchange.post(shop, "wechat", bodies.get(i)).answers(i % 2 == 0 ? "APPLIED" : "BAD_SIGNATURE");
        }
    }

    /** What is forged is only counted, and holds a thread of Tomcat's no longer than the contract says. */
    private static void assertFrozen(List<byte[]> bodies) {
        List<CompletableFuture<Answer>> answers = postAll(bodies);
        for (int i = 0; i < bodies.size(); i++) {
            Exchange.assertAnswer(answers.get(i).join(), i % 2 == 0 ? "ERROR" : "BAD_SIGNATURE");
        }
        long start = System.nanoTime();
        Exchange.assertAnswer(Http.post(shop.pay("wechat"), bodies.get(1)), "BAD_SIGNATURE");
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.compareTo(FORGED_WITHIN) < 0, () -> "a forged one took " + took);
    }

    @Test
    void stoppedDatabase_is503AndStartedAgainItWorks() {
        WechatV2Callback callback = payment();
        postgres.stop();
        try {
            Exchange.assertAnswer(timed(callback.body(Shop.KEY)), "ERROR");
            Exchange.assertAnswer(timed("<xml>".getBytes(java.nio.charset.StandardCharsets.UTF_8)), "MALFORMED");
            assertDown(shop);
        } finally {
            postgres.startAgain();
        }
        Wait.until(RECOVERS_WITHIN, () -> Http.get(shop.health()).status() == 200, () -> "still down");
        assertUntouched(callback.value("out_trade_no"));
        Exchange.post(shop, "wechat", callback.body(Shop.KEY)).answers("APPLIED");
    }

    @Test
    void stoppedDatabase_is503InTheWordsOfEachSender() throws Exception {
        List<SenderUnderTest> ways = SenderCases.all();
        List<Callable<Answer>> calls = new ArrayList<>();
        for (SenderUnderTest way : ways) {
            calls.add(() -> way.payment("X", 101).send(shop.pay(way.account())));
        }
        postgres.stop();
        try {
            List<Answer> answers = AtOnce.all(calls);
            for (int i = 0; i < ways.size(); i++) {
                Exchange.assertAnswer(answers.get(i), ways.get(i).words(), "ERROR");
            }
        } finally {
            postgres.startAgain();
        }
    }

    @Test
    void killedConnections_costAtMostOneTry() {
        postgres.admin("postgres")
                .execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where usename = ?",
                        shop.database().user());
        WechatV2Callback callback = payment();
        Wait.until(
                RECOVERS_WITHIN,
                () -> timed(callback.body(Shop.KEY)).status() == 200,
                () -> "no connection was made anew");
        assertEquals(1, shop.logOf(callback.value("out_trade_no")).size());
    }

    @Test
    void databaseAwayAtStart_is503AndThenWorksByItself() {
        Postgres late = Postgres.start();
        Database database = late.newDatabase();
        Database empty = late.newDatabase();
        late.stop();
        try {
            Tomcat tomcat = shop.tomcat();
            tomcat.deploy("early", Shop.databaseProperties(database) + Shop.account());
            tomcat.deploy("unready", Shop.databaseProperties(empty) + Shop.account() + "db.schema = check\n");
            Shop early = Shop.of(tomcat, "early", database);
            Shop unready = Shop.of(tomcat, "unready", empty);
            assertDown(early);
            assertDown(unready);
            byte[] body = payment("LATE-1").body(Shop.KEY);
            Exchange.assertAnswer(timed(early, body), "ERROR");
            Exchange.assertAnswer(timed(unready, body), "ERROR");
            floodBeforeTheTablesAreReady(early);

            late.startAgain();
            Wait.until(RECOVERS_WITHIN, () -> Http.get(early.health()).status() == 200, () -> "still down");
            WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, early.order(Shop.MCH_ID, 101), 101);
            Exchange.post(early, "wechat", callback.body(Shop.KEY)).answers("APPLIED");
            assertEquals(0, early.logOf("LATE-1").size());
            // The tables of the other one are not there, and nobody but the log can tell.
            tomcat.awaitLog("db.schema: ", RECOVERS_WITHIN);
            Exchange.assertAnswer(timed(unready, body), "ERROR");
            tomcat.manage("undeploy?path=/early");
            assertEquals(
                    FLOOD,
                    ((Number) database.value("select sum(cast(substring(detail from 'found (\\d+) more') as int))"
                                    + " from payment_log where outcome = 'BAD_SIGNATURE'"))
                            .intValue());
        } finally {
            late.close();
        }
    }

    /** Forged ones are answered as what they are, and neither they nor genuine ones fill Tomcat's log. */
    private static void floodBeforeTheTablesAreReady(Shop early) {
        long before = faultLines(early);
        long start = System.nanoTime();
        byte[] genuine = payment("LATE-1").body(Shop.KEY);
        byte[] forged = payment("LATE-1").body(Shop.OTHER_KEY);
        for (int i = 0; i < FLOOD; i++) {
            Exchange.assertAnswer(Http.post(early.pay("wechat"), forged), "BAD_SIGNATURE");
            Exchange.assertAnswer(Http.post(early.pay("wechat"), genuine), "ERROR");
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertTrue(seconds < FLOOD / 10, "took " + seconds + " s");
        long lines = faultLines(early) - before;
        assertTrue(lines <= seconds + 2, "lines: " + lines);
    }

    private static long faultLines(Shop at) {
        return at.tomcat()
                .log()
                .lines()
                .filter(line -> line.contains("not settled"))
                .count();
    }

    @Test
    void databaseFrozenAtStart_doesNotHoldUpTheStartAndThenWorksByItself() {
        Database database = postgres.newDatabase();
        Tomcat tomcat = shop.tomcat();
        Shop frozen = Shop.of(tomcat, "frozen", database);
        postgres.freeze();
        try {
            long start = System.nanoTime();
            tomcat.deploy("frozen", Shop.databaseProperties(database) + Shop.account());
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(15).toNanos(), "the start took too long");
            assertDown(frozen);
            Exchange.assertAnswer(timed(frozen, payment("LATE-2").body(Shop.KEY)), "ERROR");
        } finally {
            postgres.thaw();
        }
        Wait.until(RECOVERS_WITHIN, () -> Http.get(frozen.health()).status() == 200, () -> "still down");
        byte[] body = payment(frozen.order(Shop.MCH_ID, 101)).body(Shop.KEY);
        Exchange.post(frozen, "wechat", body).answers("APPLIED");
    }

    private static WechatV2Callback payment(String outTradeNo) {
        return WechatV2Callback.payment(Shop.MCH_ID, outTradeNo, 101);
    }

    private static void assertDown(Shop at) {
        Answer health = Http.get(at.health());
        assertEquals(503, health.status());
        assertEquals("{\"status\":\"DOWN\"}", health.text());
    }

    @Test
    void shopsTrigger_thatSwallowsTheUpdate_is503WithoutARow() {
        try (Trigger ignored = new Trigger("payment_order", "before update", "return null;")) {
            fails(payment());
        }
    }

    @Test
    void shopsTrigger_thatTurnsTheUpdateBack_isNotAnsweredAsSuccess() {
        try (Trigger ignored = new Trigger("payment_order", "before update", "raise exception 'not today';")) {
            fails(payment());
        }
    }

    @Test
    void logRow_thatCannotBeWritten_leavesTheOrderAsItWas() {
        try (Trigger ignored = new Trigger("payment_log", "before insert", "raise exception 'disk full';")) {
            fails(payment());
            fails(payment().tamper("sign", "0".repeat(32)));
            fails(payment().with("result_code", "FAIL"));
        }
    }

    @Test
    void logRow_thatATriggerSwallows_is503() {
        try (Trigger ignored = new Trigger("payment_log", "before insert", "return null;")) {
            fails(payment());
        }
    }

    @Test
    void commit_thatFails_is503AndNothingIsBooked() {
        try (Trigger ignored = new Trigger("payment_order", "after update deferred", "raise exception 'at commit';")) {
            fails(payment());
        }
    }

    @Test
    void commit_thatTakesTooLong_is503AndOrderAndLogAgree() {
        WechatV2Callback callback = payment();
        try (Trigger ignored =
                new Trigger("payment_order", "after update deferred", "perform pg_sleep(6); return null;")) {
            Exchange.assertAnswer(timed(callback.body(Shop.KEY)), "ERROR");
            // Committed or not by then: both or neither.
            Wait.until(RECOVERS_WITHIN, () -> sleepers() == 0, () -> "the transaction still runs");
            String no = callback.value("out_trade_no");
            assertEquals(
                    shop.orderRow(Shop.MCH_ID, no).get("status").equals("PAID") ? 1 : 0,
                    shop.logOf(no).size());
        }
    }

    @Test
    void update_thatTakesTooLong_is503AndNothingIsBooked() {
        WechatV2Callback callback = payment();
        try (Trigger ignored = new Trigger("payment_order", "before update", "perform pg_sleep(20); return new;")) {
            fails(callback);
            Wait.until(RECOVERS_WITHIN, () -> sleepers() == 0, () -> "the transaction still runs");
        }
        assertUntouched(callback.value("out_trade_no"));
    }

    /** 503 in time, the order as it was, no row; and no word of the reason in the answer. */
    private static void fails(WechatV2Callback callback) {
        String no = callback.value("out_trade_no");
        Map<String, Object> before = shop.orderRow(Shop.MCH_ID, no);
        Exchange.assertAnswer(timed(callback.body(Shop.KEY)), "ERROR");
        assertEquals(before, shop.orderRow(Shop.MCH_ID, no));
        assertEquals(0, shop.logOf(no).size());
    }

    private static void assertUntouched(String outTradeNo) {
        assertEquals("PENDING", shop.orderRow(Shop.MCH_ID, outTradeNo).get("status"));
        assertEquals(0, shop.logOf(outTradeNo).size());
    }

    private static Answer timed(byte[] body) {
        return timed(shop, body);
    }

    private static Answer timed(Shop at, byte[] body) {
        long start = System.nanoTime();
        Answer answer = Http.post(at.pay("wechat"), body);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.compareTo(ANSWERED_WITHIN) < 0, () -> "answered after " + took);
        return answer;
    }

    private static List<CompletableFuture<Answer>> postAll(List<byte[]> bodies) {
        ExecutorService threads = Executors.newFixedThreadPool(bodies.size());
        try {
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            bodies.forEach(body -> answers.add(CompletableFuture.supplyAsync(() -> timed(body), threads)));
            return answers;
        } finally {
            threads.shutdown();
        }
    }

    private static long sleepers() {
        return postgres.admin("postgres")
                .count(
                        "pg_stat_activity where usename = ? and pid <> pg_backend_pid() and state <> 'idle'",
                        shop.database().user());
    }

    private static void lock(Connection connection, String outTradeNo) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("select * from payment_order where out_trade_no = '" + outTradeNo + "' for update");
        }
    }

    private static WechatV2Callback payment() {
        return payment(shop.order(Shop.MCH_ID, 101));
    }

    /** Code of the shop's own on one of the tables, until it is closed. */
    private static final class Trigger implements AutoCloseable {
        private final String table;

        Trigger(String table, String when, String code) {
            this.table = table;
            boolean deferred = when.endsWith("deferred");
            shop.database()
                    .execute("create function shops_code() returns trigger language plpgsql as $$ begin " + code
                            + " end $$");
            shop.database()
                    .execute("create " + (deferred ? "constraint " : "") + "trigger shops_trigger "
                            + when.replace(" deferred", "") + " on " + table
                            + (deferred ? " deferrable initially deferred" : "")
                            + " for each row execute function shops_code()");
        }

        @Override
        public void close() {
            shop.database().execute("drop trigger shops_trigger on " + table);
            shop.database().execute("drop function shops_code()");
        }
    }
}
