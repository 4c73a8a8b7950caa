package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import paynotify.kit.AtOnce;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.Postgres;
import paynotify.kit.Receiver;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/**
 * How fast events are delivered, alone and beside callbacks, and what they cost callbacks. Prints what it finds, and fails
 * only for what is far below; how long it measures says the system property events.seconds.
 */
class EventSpeedIT {
    private static final int SECONDS = Integer.getInteger("events.seconds", 2);
    private static final int EVENTS = 1_500 * SECONDS;
    private static final int CALLERS = 16;
    /** Far below what is promised: other work may run on this machine. */
    private static final int LEAST_PER_SECOND = 100;

    private static final String SECRET = Receiver.newSecret(24);

    private static Postgres postgres;
    private static Receiver receiver;
    private static Tomcat tomcat;
    private static Shop off;
    private static Shop webhook;
    private static Shop channel;

    @BeforeAll
    static void start() {
        postgres = Postgres.startDurable();
        receiver = Receiver.start(SECRET);
        tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                .withoutWar()
                .withoutCoverage()
                .manager()
                .start();
        off = deploy("off", "");
        webhook = deploy("webhook", "webhook.url = " + receiver.url("/") + "\nwebhook.secret = " + SECRET + "\n");
        channel = deploy("channel", "event.channel = payment_event\n");
    }

    private static Shop deploy(String name, String more) {
        Database database = postgres.newDatabase();
        tomcat.deploy(name, Shop.databaseProperties(database) + Shop.account() + more);
        Shop shop = Shop.of(tomcat, name, database);
        shop.awaitUp();
        return shop;
    }

    @AfterAll
    static void stop() {
        tomcat.close();
        receiver.close();
        postgres.close();
    }

    /** @param perSecond at most so many; 0: as many as can be */
    private static int callbacksPerSecond(Shop shop, int perSecond) throws Exception {
        String prefix = Shop.newOrderNo();
        int orders = 6_000 * SECONDS;
        shop.database()
                .execute(
                        "insert into payment_order (mch_id, out_trade_no, total_fee)"
                                + " select ?, ? || '-' || n, 101 from generate_series(1, ?) n",
                        Shop.MCH_ID,
                        prefix,
                        orders);
        shop.database().execute("analyze payment_order");
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        long end = start + Duration.ofSeconds(SECONDS).toNanos();
        List<Callable<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(() -> {
                int done = 0;
                for (int n = next.incrementAndGet();
                        n <= orders && System.nanoTime() < end;
                        n = next.incrementAndGet()) {
                    if (perSecond > 0) {
                        LockSupport.parkNanos(start + n * 1_000_000_000L / perSecond - System.nanoTime());
                    }
                    byte[] body = WechatV2Callback.payment(Shop.MCH_ID, prefix + "-" + n, 101)
                            .body(Shop.KEY);
                    assertEquals(200, Http.post(shop.pay("wechat"), body).status());
                    done++;
                }
                return done;
            });
        }
        int done = 0;
        for (int each : AtOnce.all(callers)) {
            done += each;
        }
        return (int) (done * 1e9 / (System.nanoTime() - start));
    }

    private static void addEvents() {
        webhook.database()
                .execute(
                        "insert into payment_event (type, account, mch_id, out_trade_no, transaction_id, total_fee, currency,"
                                + " outcome, detail, occurred_at, next_at) select 'payment.paid', 'wechat', '1900000109', 'x' || n,"
                                + " 't' || n, 101, 'CNY', 'APPLIED', 'expected a PENDING order, found it, and set it PAID', now(),"
                                + " now() from generate_series(1, " + EVENTS + ") n");
    }

    private static void awaitAll() {
        Wait.until(
                Duration.ofSeconds(60),
                () -> webhook.database().count("payment_event where next_at is not null") == 0,
                tomcat::log);
    }

    private static double eventsPerSecond(long start, int before) {
        return (receiver.heard().size() - before) * 1e9 / (System.nanoTime() - start);
    }

    @Test
    void speed() throws Exception {
        for (Shop each : List.of(off, webhook, channel)) {
            callbacksPerSecond(each, 0);
        }
        awaitAll();
        int plain = callbacksPerSecond(off, 0);
        int withWebhook = callbacksPerSecond(webhook, 0);
        awaitAll();
        int withChannel = callbacksPerSecond(channel, 0);
        int plainAgain = callbacksPerSecond(off, 0);
        System.out.printf(
                "callbacks a second: without events %d, with a webhook %d, with a channel %d, without again %d%n",
                plain, withWebhook, withChannel, plainAgain);

        addEvents();
        int before = receiver.heard().size();
        long start = System.nanoTime();
        awaitAll();
        double alone = eventsPerSecond(start, before);

        addEvents();
        before = receiver.heard().size();
        start = System.nanoTime();
        int beside = callbacksPerSecond(webhook, Math.max(1, plain / 2));
        double besideCallbacks = eventsPerSecond(start, before);
        awaitAll();
        System.out.printf(
                "events a second: alone %.0f, beside %d callbacks a second %.0f%n", alone, beside, besideCallbacks);
        assertTrue(alone > LEAST_PER_SECOND && besideCallbacks > LEAST_PER_SECOND, "too slow");
    }

    /** What the docs say of NOTIFY: commits of single rows by many connections, without our group commit. */
    @Test
    void notify_makesCommitsWaitForEachOther() throws Exception {
        Database database = postgres.newDatabase();
        database.execute("create table t (n bigint generated always as identity, x text)");
        int plain = commitsPerSecond(database, "insert into t (x) values ('x')");
        int notifying = commitsPerSecond(
                database,
                "with e as (insert into t (x) values ('x') returning n)"
                        + " select pg_notify('payment_event', cast(n as text)) from e");
        int plainAgain = commitsPerSecond(database, "insert into t (x) values ('x')");
        System.out.printf(
                "commits a second of %d connections: plain %d, with NOTIFY %d, plain again %d%n",
                CALLERS, plain, notifying, plainAgain);
        assertTrue(notifying > LEAST_PER_SECOND, "too slow");
    }

    private static int commitsPerSecond(Database database, String sql) throws Exception {
        long start = System.nanoTime();
        long end = start + Duration.ofSeconds(SECONDS).toNanos();
        List<Callable<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(() -> {
                int done = 0;
                try (Connection connection = database.connect();
                        PreparedStatement statement = connection.prepareStatement(sql)) {
                    while (System.nanoTime() < end) {
                        statement.execute();
                        done++;
                    }
                }
                return done;
            });
        }
        int done = 0;
        for (int each : AtOnce.all(callers)) {
            done += each;
        }
        return (int) (done * 1e9 / (System.nanoTime() - start));
    }
}
