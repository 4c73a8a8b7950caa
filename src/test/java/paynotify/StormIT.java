package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
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

/** Everything under the application fails while thousands of payments come in; see {@link Storm}. */
@ExtendWith(NoSecretInLogs.class)
class StormIT {
    private static final Duration RECOVERS_WITHIN = Duration.ofSeconds(30);

    private static Postgres postgres;
    private static CutProxy proxy;
    private static Database database;
    private static Shop shop;

    @BeforeAll
    static void open() {
        postgres = Postgres.start();
        database = postgres.newDatabase();
        proxy = new CutProxy(postgres.port());
        shop = Shop.of(
                Shop.tomcat(TomcatVersion.TOMCAT_11, proxy.in(database), "")
                        .manager()
                        .movableClock()
                        .start(),
                "notify",
                database);
    }

    @AfterAll
    static void close() {
        shop.close();
        proxy.close();
        postgres.close();
    }

    @BeforeEach
    void isUp() {
        Wait.until(RECOVERS_WITHIN, () -> Http.get(shop.health()).status() == 200, () -> "down");
    }

    @Test
    void tomcatKilled() throws Exception {
        Storm storm = Storm.over("kill -9 of Tomcat", database, shop).mayCutOff();
        storm.run(round -> {
            shop.tomcat().kill();
            shop.tomcat().startAgain();
            storm.mark("Tomcat started again");
        });
    }

    @Test
    void postgresKilled() throws Exception {
        Storm storm = Storm.over("kill -9 of PostgreSQL", database, shop);
        storm.run(round -> {
            if (round % 2 == 0) {
                postgres.kill();
            } else {
                postgres.killPostmaster();
            }
            postgres.startAgain();
            storm.mark("PostgreSQL started again");
        });
    }

    @Test
    void backendKilled() throws Exception {
        Storm storm = Storm.over("kill -9 of a backend", database, shop);
        storm.run(round -> {
            postgres.killBackendOf(database);
            storm.mark("PostgreSQL recovered");
        });
    }

    @Test
    void connectionsTerminated() throws Exception {
        Storm storm = Storm.over("pg_terminate_backend", database, shop);
        int[] cut = new int[1];
        storm.run(20 * Storm.ROUNDS, round -> cut[0] += (int) postgres.terminateAllOf(database));
        assertTrue(cut[0] > 0, "there was nothing to terminate");
    }

    @Test
    void databaseFrozen() throws Exception {
        Storm storm = Storm.over("SIGSTOP of PostgreSQL", database, shop);
        storm.run(round -> {
            postgres.freeze();
            try {
                // Longer than anything waits for it.
                Thread.sleep(5_500);
            } finally {
                postgres.thaw();
            }
            storm.mark("PostgreSQL thawed");
        });
    }

    @Test
    void databaseAwayAtStart() throws Exception {
        postgres.stop();
        try {
            shop.tomcat().deployBeside("early", Shop.properties(database, ""));
        } finally {
            postgres.startAgain();
        }
        Shop early = Shop.of(shop.tomcat(), "early", database);
        Storm storm = Storm.over("PostgreSQL away at start", database, early);
        storm.mark("PostgreSQL started");
        storm.run(0, round -> {});
        shop.tomcat().manage("undeploy?path=/early");
    }

    @Test
    void diskFull() throws Exception {
        Storm storm = Storm.over("disk full", database, shop);
        database.execute("create function full_disk() returns trigger language plpgsql as $$ begin"
                + " raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$");
        storm.run(round -> {
            database.execute("create trigger full_disk before insert on payment_log"
                    + " for each row execute function full_disk()");
            int done = storm.done();
            Thread.sleep(500);
            database.execute("drop trigger full_disk on payment_log");
            assertTrue(storm.done() - done <= 16, "successes without rows");
            storm.mark("there is room again");
        });
        database.execute("drop function full_disk()");
    }

    @Test
    void commitsAnswerLost() throws Exception {
        Storm storm = Storm.over("the commit's answer lost", database, shop);
        int before = proxy.lost();
        storm.run(10 * Storm.ROUNDS, round -> proxy.loseCommits(3));
        assertTrue(proxy.lost() > before, "no commit's answer was lost");
        proxy.loseCommits(0);
    }

    @Test
    void clockJumps() throws Exception {
        Storm storm = Storm.over("clock jumps", database, shop).mayAnswer(401);
        long before = shop.lastLogId();
        // Within the window of API v3 (4 minutes) nobody notices; out of it, API v3 is refused, and comes again.
        shop.tomcat().setClock(Duration.ofMinutes(10));
        try {
            storm.run(round -> {
                for (Duration ahead : List.of(Duration.ofMinutes(-10), Duration.ofDays(-400), Duration.ofMinutes(4))) {
                    Thread.sleep(200);
                    shop.tomcat().setClock(ahead);
                }
                storm.mark("the clock is nearly right again");
            });
        } finally {
            shop.tomcat().setClock(Duration.ZERO);
        }
        assertEquals(0, database.count("payment_log where id > ? and took_us < 0", before));
        assertTrue(
                database.count(
                                "payment_log where id > ? and channel = 'wechat-v3' and outcome = 'BAD_SIGNATURE'",
                                before)
                        > 0,
                "no callback came in the wrong time");
        assertEquals(
                0,
                database.count(
                        "payment_log where id > ? and channel <> 'wechat-v3' and outcome = 'BAD_SIGNATURE'", before));
    }

    @Test
    void twoTomcatsOnOneDatabase() throws Exception {
        try (Second second = new Second()) {
            Storm.over("two on one database", database, shop, second.shop).run(round -> {
                postgres.terminateAllOf(database);
            });
        }
    }

    @Tag("faults")
    @Test
    void twoTomcatsStartedAtOnce_onAnEmptyDatabase() throws Exception {
        Database empty = postgres.newDatabase();
        List<Shop> shops = AtOnce.all(List.of(
                () -> Shop.open(TomcatVersion.TOMCAT_10, empty), () -> Shop.open(TomcatVersion.TOMCAT_11, empty)));
        try {
            for (Shop one : shops) {
                Wait.until(RECOVERS_WITHIN, () -> Http.get(one.health()).status() == 200, () -> "down");
                assertFalse(one.tomcat().log().contains("SEVERE"), one.tomcat()::log);
            }
            Storm.over("two started at once", empty, shops.get(0), shops.get(1)).run(0, round -> {});
        } finally {
            shops.forEach(Shop::close);
        }
    }

    @Tag("faults")
    @Test
    void everythingInTurn() throws Exception {
        try (Second second = new Second()) {
            Storm storm = Storm.over("a mix", database, shop, second.shop).mayCutOff();
            Random random = new Random(6);
            storm.run(3 * Storm.ROUNDS, round -> {
                switch (random.nextInt(6)) {
                    case 0 -> postgres.terminateAllOf(database);
                    case 1 -> postgres.killBackendOf(database);
                    case 2 -> proxy.loseCommits(10);
                    case 3 -> {
                        postgres.kill();
                        postgres.startAgain();
                    }
                    case 4 -> {
                        shop.tomcat().kill();
                        shop.tomcat().startAgain();
                    }
                    default -> {
                        postgres.freeze();
                        Thread.sleep(2_000);
                        postgres.thaw();
                    }
                }
            });
            proxy.loseCommits(0);
        }
    }

    /** In the short form another application in the same Tomcat, with a pool of its own; in the long one Tomcat 10.1. */
    private static final class Second implements AutoCloseable {
        private final Shop shop;

        Second() {
            if (Storm.LONG) {
                shop = Shop.open(TomcatVersion.TOMCAT_10, database);
            } else {
                StormIT.shop.tomcat().deployBeside("second", Shop.properties(database, ""));
                shop = Shop.of(StormIT.shop.tomcat(), "second", database);
            }
        }

        @Override
        public void close() {
            if (Storm.LONG) {
                shop.close();
            } else {
                shop.tomcat().manage("undeploy?path=/second");
            }
        }
    }
}
