package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.AtOnce;
import paynotify.kit.CutProxy;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/**
 * A firewall or a virtual IP forgets all connections to the database without a word, and new ones work at once
 * (vectors/reports/dead-pool-slow-recovery): a callback is answered by at most one 503, and not by five.
 */
@ExtendWith(NoSecretInLogs.class)
class DeadConnectionsIT {
    /** Of the pool: ten and one for the health page. */
    private static final int CONNECTIONS = 11;

    private static final Duration FULL_WITHIN = Duration.ofSeconds(20);
    /** Until then the pool takes a connection for living that has just been used. */
    private static final Duration IDLE = Duration.ofMillis(700);

    private static Database admin;
    private static CutProxy proxy;
    private static Shop shop;

    @BeforeAll
    static void open() {
        Database database = Postgres.shared().newDatabase();
        admin = Postgres.shared().admin("postgres");
        proxy = new CutProxy(Postgres.shared().port());
        shop = Shop.of(
                Shop.tomcat(TomcatVersion.TOMCAT_11, proxy.in(database), "").start(), "notify", database);
    }

    @AfterAll
    static void close() {
        shop.close();
        proxy.close();
    }

    /** Waits until the pool is full, and its connections idle. */
    private static void forget() throws InterruptedException {
        Wait.until(FULL_WITHIN, () -> backends() >= CONNECTIONS, () -> "connections: " + backends());
        Thread.sleep(IDLE.toMillis());
        assertTrue(proxy.forget() >= CONNECTIONS);
    }

    private static long backends() {
        return admin.count(
                "pg_stat_activity where usename = ? and application_name = 'notify'",
                shop.database().user());
    }

    private static byte[] payment() {
        return WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101)
                .body(Shop.KEY);
    }

    /** How many 503s it takes to a success. */
    private static int failuresOf(byte[] body) {
        for (int failures = 0; ; failures++) {
            int status = Http.post(shop.pay("wechat"), body).status();
            if (status == 200) {
                return failures;
            }
            assertEquals(503, status);
            assertTrue(failures < 5, "never a success");
        }
    }

    @RepeatedTest(3)
    void allForgotten_oneCallback_hasAtMostOne503() throws InterruptedException {
        forget();
        int failures = failuresOf(payment());
        assertTrue(failures <= 1, "failures: " + failures);
    }

    @Test
    void allForgotten_eightAtOnce_haveAtMostOne503Each() throws Exception {
        forget();
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            byte[] body = payment();
            calls.add(() -> failuresOf(body));
        }
        for (int failures : AtOnce.all(calls)) {
            assertTrue(failures <= 1, "failures: " + failures);
        }
    }

    /** In use at that moment: the callbacks under way wait for answers that never come, and no others. */
    @Test
    void allForgotten_underLoad_haveAtMostOne503Each() throws Exception {
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(() -> {
                int most = 0;
                for (int j = 0; j < 40; j++) {
                    most = Math.max(most, failuresOf(payment()));
                }
                return most;
            });
        }
        calls.add(() -> {
            Thread.sleep(200);
            proxy.forget();
            return 0;
        });
        for (int failures : AtOnce.all(calls)) {
            assertTrue(failures <= 1, "failures: " + failures);
        }
    }

    @Test
    void allForgotten_healthThatSaysUp_isTrue() throws InterruptedException {
        forget();
        Wait.until(FULL_WITHIN, () -> Http.get(shop.health()).status() == 200, () -> "still down");
        assertEquals(0, failuresOf(payment()));
    }
}
