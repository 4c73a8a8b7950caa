package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/** What Tomcat's logs tell when the database refuses a row: why, and nothing of what the row holds. */
@ExtendWith(NoSecretInLogs.class)
class DatabaseErrorsIT {
    private static final String PAYER = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";
    private static Tomcat tomcat;

    @BeforeAll
    static void start() throws URISyntaxException {
        tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                .withoutWar()
                .manager()
                .library(Path.of(Driver.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()))
                .start();
    }

    @AfterAll
    static void stop() {
        tomcat.close();
    }

    /** With Tomcat's own pool and driver (whose classes are not ours), with ours in Tomcat's hands, and with our own. */
    @ParameterizedTest
    @ValueSource(strings = {"own", "hikari", "dbcp"})
    void callback_rowRefused_logSaysWhyAndNotWhatIsInIt(String pool) throws Exception {
        Database database = Postgres.shared().newDatabase();
        String name = "errors" + pool;
        if (pool.equals("own")) {
            tomcat.deploy(name, Shop.databaseProperties(database) + Shop.account());
        } else {
            tomcat.deploy(name, "db.jndi = java:comp/env/jdbc/notify\n" + Shop.account(), resource(pool, database));
        }
        Shop shop = Shop.of(tomcat, name, database);
        assertEquals(200, Http.get(shop.health()).status());
        WechatV2Callback works = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
        Exchange.post(shop, "wechat", works.xml(Shop.KEY)).answers("APPLIED");
        database.execute("alter table payment_log add constraint shops_own check (body = '') not valid");
        database.execute("alter table payment_order add constraint shops_own check (status = 'PENDING') not valid");
        for (String table : List.of("payment_order", "payment_log")) {
            WechatV2Callback refused = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
            Exchange.assertAnswer(Http.post(shop.pay("wechat"), refused.body(Shop.KEY)), "ERROR");
            String refusal = "\"" + table + "(_[0-9]{4}_[0-9]{2})?\" violates check constraint \"shops_own\"";
            assertTrue(Pattern.compile(refusal).matcher(tomcat.log()).find(), tomcat::log);
            // Of several faults in a second Tomcat's log tells the first.
            Thread.sleep(1_100);
            database.execute("alter table " + table + " drop constraint shops_own");
        }
        String logs = logs();
        assertFalse(logs.contains("Failing row"), logs);
        assertFalse(logs.contains("Detail: "), logs);
        assertFalse(logs.contains(PAYER), logs);
    }

    private static String resource(String pool, Database database) {
        String words = pool.equals("hikari")
                ? "factory=\"com.zaxxer.hikari.HikariJNDIFactory\" jdbcUrl=\"" + database.url()
                        + "\" maximumPoolSize=\"10\" connectionTimeout=\"2000\""
                : "url=\"" + database.url() + "\" maxTotal=\"10\" maxWaitMillis=\"2000\"";
        return "<Resource name=\"jdbc/notify\" auth=\"Container\" type=\"javax.sql.DataSource\""
                + " driverClassName=\"org.postgresql.Driver\" username=\"" + database.user() + "\" password=\""
                + database.password() + "\" " + words + "/>";
    }

    /** All files: Tomcat writes of failed starts into another than of the rest. */
    private static String logs() throws Exception {
        StringBuilder all = new StringBuilder(tomcat.log());
        try (Stream<Path> files = Files.list(tomcat.base().resolve("logs"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    /** Nothing comes along that nobody needs. */
    @Test
    void war_libraries_areThese() throws Exception {
        try (var war = new java.util.zip.ZipFile(tomcat.war().toFile())) {
            assertEquals(
                    List.of(
                            "HikariCP",
                            "flyway-core",
                            "flyway-database-postgresql",
                            "httpclient5",
                            "httpcore5",
                            "httpcore5-h2",
                            "postgresql",
                            "slf4j-api",
                            "slf4j-jdk14"),
                    war.stream()
                            .map(java.util.zip.ZipEntry::getName)
                            .filter(entry -> entry.startsWith("WEB-INF/lib/") && entry.endsWith(".jar"))
                            .map(entry -> entry.replaceFirst(".*/", "").replaceFirst("-[0-9][0-9.]*\\.jar$", ""))
                            .filter(library -> !library.startsWith("jackson-") && !library.startsWith("prometheus-"))
                            .sorted()
                            .toList());
        }
    }
}
