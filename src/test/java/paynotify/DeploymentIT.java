package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Undeployment;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/** Into a Tomcat that runs, out of it and in again, and nothing stays behind. */
@OnBothTomcats
class DeploymentIT {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);
    private static final Duration UNDEPLOYED_WITHIN = Duration.ofSeconds(20);
    private static final int TIMES = 10;

    @Parameter
    TomcatVersion version;

    private Database database;
    private Tomcat tomcat;

    @BeforeEach
    void startEmptyTomcat() {
        database = Postgres.shared().newDatabase();
        tomcat = Shop.tomcat(version, database, "admin = on\nmetrics = on\n")
                .withoutWar()
                .withoutCoverage()
                .autoDeploySeconds(1)
                .manager()
                .start();
    }

    @AfterEach
    void stop() {
        tomcat.close();
    }

    @Test
    void war_deployedAndUndeployedTenTimes_leavesNothingBehind() throws IOException {
        Shop shop = Shop.of(tomcat, "notify", database);
        deployByCopying(shop);
        assertTrue(tomcat.log().contains("switched on besides callbacks: metrics, admin"), tomcat::log);
        undeployByDeleting(shop);
        deployByCopying(shop);
        Undeployment.awaitLoaders(tomcat, 1);

        for (int i = 0; i < TIMES; i++) {
            manage("undeploy?path=/notify");
            manage("deploy?path=/notify&war=file:" + tomcat.war());
            assertPays(shop);
        }
        String jndi = tomcat.base() + "/conf/jndi.xml";
        tomcat.file("conf/jndi.xml", jndiContext());
        tomcat.file(
                "conf/jndi.properties",
                "db.jndi = java:comp/env/jdbc/notify\nadmin = on\nmetrics = on\n" + Shop.account());
        for (int i = 0; i < 3; i++) {
            manage("undeploy?path=/notify");
            manage("deploy?path=/notify&config=file:" + jndi);
            assertPays(shop);
        }
        manage("undeploy?path=/notify");
        // A start that is refused leaves nothing behind either.
        tomcat.file(
                "conf/notify.properties",
                "db.schema = check\n" + Shop.databaseProperties(emptyDatabase()) + Shop.account());
        assertTrue(tomcat.manage("deploy?path=/notify&war=file:" + tomcat.war()).startsWith("FAIL"));
        manage("undeploy?path=/notify");

        assertEquals(404, Http.get(shop.health()).status());
        assertEquals(0, connections(), "connections to the database that stay open");
        assertEquals(List.of(), Undeployment.leakMessages(tomcat));
        Undeployment.awaitLoaders(tomcat, 0);
        assertEquals("", leaks());
    }

    private void deployByCopying(Shop shop) {
        long start = System.nanoTime();
        tomcat.deploy("notify.war");
        Wait.until(ANSWERS_WITHIN, () -> Http.get(shop.health()).status() == 200, tomcat::log);
        System.out.printf(
                "%s answers %d ms after the copy into webapps%n", version, (System.nanoTime() - start) / 1_000_000);
        assertPays(shop);
    }

    private void undeployByDeleting(Shop shop) {
        tomcat.undeploy("notify.war");
        Wait.until(
                UNDEPLOYED_WITHIN,
                () -> !Files.exists(tomcat.base().resolve("webapps/notify"))
                        && Http.get(shop.health()).status() == 404,
                tomcat::log);
    }

    private void assertPays(Shop shop) {
        byte[] body = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101)
                .body(Shop.KEY);
        Exchange.post(shop, "wechat", body).answers("APPLIED");
        // The page keeps nothing in memory either.
        assertEquals(
                200,
                Http.get(
                                URI.create(shop.health().toString().replace("/health", "/admin/search")),
                                "Authorization",
                                AdminClient.basic("kit", "kit"))
                        .status());
        assertEquals(200, Http.get(tomcat.uri("/notify/metrics")).status());
    }

    private static Database emptyDatabase() {
        return Postgres.shared().newDatabase();
    }

    private void manage(String command) {
        Undeployment.manage(tomcat, command);
    }

    /** The manager's own search; it names one application a line. */
    private String leaks() {
        String answer = tomcat.manage("findleaks?statusLine=true");
        assertTrue(answer.startsWith("OK"), answer);
        return answer.lines().filter(line -> line.startsWith("/")).reduce("", String::concat);
    }

    private long connections() {
        return Postgres.shared()
                .admin("postgres")
                .count(
                        "pg_stat_activity where usename = ? and application_name <> ?",
                        database.user(),
                        Database.APPLICATION);
    }

    /** The Resource as tomcat-conf/notify.xml shows it to the shops, with this database's values. */
    private String jndiContext() throws IOException {
        String shown = Files.readString(Path.of("tomcat-conf/notify.xml"));
        String resource = shown.substring(shown.indexOf("<Resource "));
        resource = resource.substring(0, resource.indexOf("/>") + 2)
                .replace("jdbc:postgresql://127.0.0.1:5432/shop", database.url())
                .replace("username=\"notify\"", "username=\"" + database.user() + "\"")
                .replace("password=\"change-me\"", "password=\"" + database.password() + "\"");
        assertTrue(resource.contains(database.url()) && resource.contains(database.password()), resource);
        return "<Context docBase=\"" + tomcat.war() + "\"><Parameter name=\"notify.config\" value=\"" + tomcat.base()
                + "/conf/jndi.properties\"/>" + resource + "</Context>";
    }
}
