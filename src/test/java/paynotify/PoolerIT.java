package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.PgBouncer;
import paynotify.kit.PgBouncer.Mode;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/** PgBouncer between the WAR and PostgreSQL: in session mode it works, and in transaction mode it is refused. */
@ExtendWith(NoSecretInLogs.class)
class PoolerIT {
    private static final String JNDI = "db.jndi = java:comp/env/jdbc/notify\n";
    private static final String REFUSED =
            ": expected connections with a backend of their own, found that they share them: a pooler as PgBouncer must"
                    + " be in pool_mode = session";

    private static Database database;
    private static Tomcat tomcat;

    @BeforeAll
    static void open() throws URISyntaxException {
        database = Postgres.shared().newDatabase();
        // The driver beside Tomcat's own, as a pool of Tomcat's needs it.
        Path driver = Path.of(org.postgresql.Driver.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        tomcat = Shop.tomcat(TomcatVersion.TOMCAT_11, database, "")
                .manager()
                .library(driver)
                .start();
    }

    @AfterAll
    static void close() {
        tomcat.close();
    }

    private static String resource(Database at, String attributes) {
        return "<Resource name=\"jdbc/notify\" auth=\"Container\" type=\"javax.sql.DataSource\""
                + " driverClassName=\"org.postgresql.Driver\" username=\"" + at.user() + "\" password=\""
                + at.password() + "\" " + attributes.formatted(at.url()) + "/>";
    }

    /** Tomcat's own pool, and HikariCP from the WAR. */
    private static final String DBCP = "url=\"%s\" maxTotal=\"10\"";

    private static final String HIKARI =
            "factory=\"com.zaxxer.hikari.HikariJNDIFactory\" jdbcUrl=\"%s\" maximumPoolSize=\"10\"";

    @Test
    void ownPool_transactionMode_isRefusedByName() {
        try (PgBouncer bouncer = PgBouncer.start(database, Mode.TRANSACTION)) {
            String log = tomcat.deploy("owntransaction", Shop.databaseProperties(bouncer.database()) + Shop.account());
            assertTrue(log.contains("db.url" + REFUSED), log);
            assertEquals(404, Http.get(tomcat.uri("/owntransaction/health")).status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {DBCP, HIKARI})
    void jndi_transactionMode_isRefusedByName(String pool) {
        try (PgBouncer bouncer = PgBouncer.start(database, Mode.TRANSACTION)) {
            String name = pool.equals(DBCP) ? "dbcptransaction" : "hikaritransaction";
            String log = tomcat.deploy(name, JNDI + Shop.account(), resource(bouncer.database(), pool));
            assertTrue(log.contains("db.jndi" + REFUSED), log);
            assertEquals(404, Http.get(tomcat.uri("/" + name + "/health")).status());
        }
    }

    @Test
    void ownPool_sessionMode_works() {
        try (PgBouncer bouncer = PgBouncer.start(database, Mode.SESSION)) {
            tomcat.deploy("ownsession", Shop.databaseProperties(bouncer.database()) + Shop.account());
            works("ownsession");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {DBCP, HIKARI})
    void jndi_sessionMode_works(String pool) {
        try (PgBouncer bouncer = PgBouncer.start(database, Mode.SESSION)) {
            String name = pool.equals(DBCP) ? "dbcpsession" : "hikarisession";
            tomcat.deploy(name, JNDI + Shop.account(), resource(bouncer.database(), pool));
            works(name);
        }
    }

    private static void works(String name) {
        Shop shop = Shop.of(tomcat, name, database);
        assertEquals(200, Http.get(shop.health()).status());
        for (int i = 0; i < 10; i++) {
            String no = shop.order(Shop.MCH_ID, 101);
            byte[] body = WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY);
            Exchange.post(shop, "wechat", body).answers("APPLIED");
            assertEquals("PAID", shop.orderRow(Shop.MCH_ID, no).get("status"));
        }
        assertTrue(tomcat.manage("undeploy?path=/" + name).startsWith("OK"));
    }
}
