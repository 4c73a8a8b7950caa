package paynotify;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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

/** Two databases, as README says under that heading: the primary is lost under load, and the standby takes over. */
@ExtendWith(NoSecretInLogs.class)
class FailoverIT {
    private static final Duration UP_WITHIN = Duration.ofSeconds(30);

    private static Tomcat tomcat;

    private Postgres primary;
    private Postgres standby;
    private Database first;
    private Database second;

    @BeforeAll
    static void start() {
        Database none = Postgres.shared().newDatabase();
        tomcat = Shop.tomcat(TomcatVersion.TOMCAT_11, none, "")
                .withoutWar()
                .manager()
                .start();
    }

    @AfterAll
    static void stop() {
        tomcat.close();
    }

    @Test
    void primaryKilled_standbyPromoted_nothingIsLost() throws Exception {
        for (int i = 0; i < Storm.ROUNDS; i++) {
            failOver("kill -9 of the primary", () -> primary.kill());
        }
    }

    /** Its connections stay open and its port still takes new ones, as when a machine hangs. */
    @Tag("faults")
    @Test
    void primaryFrozen_standbyPromoted_nothingIsLost() throws Exception {
        for (int i = 0; i < Storm.ROUNDS; i++) {
            failOver("SIGSTOP of the primary", () -> primary.freeze());
        }
    }

    /** The price of a synchronous standby: without it nothing is committed. */
    @Tag("faults")
    @Test
    void standbyFrozen_nothingIsAnsweredUntilItIsBack() throws Exception {
        try {
            Shop shop = open();
            Storm storm = Storm.over("SIGSTOP of the standby", first, shop);
            storm.run(1, round -> {
                standby.freeze();
                try {
                    int done = storm.done();
                    Thread.sleep(15_000);
                    assertTrue(storm.done() - done <= 16, "success without the standby");
                    long backends = primary.admin("postgres")
                            .count("pg_stat_activity where usename = ? and wait_event = 'SyncRep'", first.user());
                    System.out.println("backends that wait for the standby after 15 s: " + backends);
                } finally {
                    standby.thaw();
                }
                storm.mark("the standby thawed");
            });
        } finally {
            closeBoth();
        }
    }

    private void failOver(String name, Runnable loss) throws Exception {
        try {
            Shop shop = open();
            Storm storm = Storm.over(name, first, shop).judgedAt(second);
            storm.run(1, round -> {
                loss.run();
                standby.promote();
                storm.mark("the standby promoted");
            });
        } finally {
            closeBoth();
        }
    }

    private Shop open() {
        primary = Postgres.start();
        first = primary.newDatabase();
        standby = primary.synchronousStandby();
        second = first.at(first.url().replace(":" + primary.port(), ":" + standby.port()));
        Database both = first.at(
                first.url().replace(":" + primary.port(), ":" + primary.port() + ",127.0.0.1:" + standby.port())
                        + "?targetServerType=primary");
        tomcat.deployBeside("two", Shop.properties(both, ""));
        Shop shop = Shop.of(tomcat, "two", first);
        Wait.until(UP_WITHIN, () -> Http.get(shop.health()).status() == 200, () -> "down");
        return shop;
    }

    private void closeBoth() {
        tomcat.manage("undeploy?path=/two");
        // First whoever follows: a primary waits for it.
        standby.close();
        primary.close();
    }
}
