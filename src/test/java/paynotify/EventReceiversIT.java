package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Receiver;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/** The receivers of src/docs/events.md, as they stand there, are told by the WAR. */
@ExtendWith(NoSecretInLogs.class)
class EventReceiversIT {
    private static final Path PAGE = Path.of("src/docs/events.md");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String IMPORTS = """
            import jakarta.servlet.http.*;
            import java.io.*;
            import java.nio.charset.StandardCharsets;
            import java.security.*;
            import java.sql.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.function.*;
            import javax.crypto.Mac;
            import javax.crypto.spec.SecretKeySpec;
            import org.postgresql.PGConnection;
            """;

    @TempDir
    private Path folder;

    private final String secret = Receiver.newSecret(32);
    private final Database database = Postgres.shared().newDatabase();
    private Tomcat tomcat;

    @BeforeEach
    void start() {
        tomcat = Tomcat.on(TomcatVersion.TOMCAT_11).withoutWar().manager().start();
    }

    @AfterEach
    void stop() {
        tomcat.close();
    }

    private static String example(String language, int number) throws IOException {
        String[] parts = Files.readString(PAGE).split("```" + language + "\n", -1);
        return parts[number + 1].substring(0, parts[number + 1].indexOf("```"));
    }

    private Shop deploy(String more) {
        tomcat.deploy("notify", Shop.databaseProperties(database) + Shop.account() + more);
        Shop shop = Shop.of(tomcat, "notify", database);
        shop.awaitUp();
        return shop;
    }

    private String pay(Shop shop) {
        String no = shop.order(Shop.MCH_ID, 101);
        Exchange.post(
                        shop,
                        "wechat",
                        WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY))
                .answers("APPLIED");
        return no;
    }

    private void awaitDelivered(String no, int tries) {
        Wait.until(
                SOON,
                () -> database.count(
                                "payment_event where out_trade_no = ? and delivered_at is not null and tries = ?",
                                no,
                                tries)
                        == 1,
                () -> database.rows("select * from payment_event") + tomcat.log());
    }

    private void compile(Path classes, String name, String source) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".java"), IMPORTS + source);
        Files.createDirectories(classes);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        System.err,
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        file.toString());
        assertEquals(0, result);
    }

    @Test
    void java_hearsEachOnceAndRefusesStrangers() throws Exception {
        Path application = folder.resolve("application");
        compile(application.resolve("WEB-INF/classes"), "Hook", """
                public class Hook extends HttpServlet {
                    private static final String SECRET = "%s";
                    private final Set<String> known = ConcurrentHashMap.newKeySet();
                    private boolean remember(String id) {
                        return known.add(id);
                    }
                    private void handle(String body) {
                        System.out.println("the shop hears " + body);
                    }
                %s}
                """.formatted(secret, example("java", 0)));
        Files.writeString(application.resolve("WEB-INF/web.xml"), """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                <servlet><servlet-name>h</servlet-name><servlet-class>Hook</servlet-class></servlet>
                <servlet-mapping><servlet-name>h</servlet-name><url-pattern>/hook</url-pattern></servlet-mapping>
                </web-app>
                """);
        tomcat.deployContext("shop", "<Context docBase=\"" + application + "\"/>");
        Wait.until(SOON, () -> Http.get(tomcat.uri("/shop/hook")).status() == 405, tomcat::log);
        Shop shop = deploy("webhook.url = " + tomcat.uri("/shop/hook") + "\nwebhook.secret = " + secret + "\n");
        String no = pay(shop);
        awaitDelivered(no, 1);
        database.execute("update payment_event set next_at = now()");
        awaitDelivered(no, 2);
        assertEquals(
                1,
                tomcat.log()
                        .lines()
                        .filter(line -> line.contains("the shop hears") && line.contains(no))
                        .count());
        refusesStrangers(tomcat.uri("/shop/hook"), 400);
    }

    private static void refusesStrangers(java.net.URI uri, int withoutHeaders) {
        long now = System.currentTimeMillis() / 1_000;
        assertEquals(
                401,
                Http.post(
                                uri,
                                new byte[] {'{', '}'},
                                "webhook-id",
                                "evt_1",
                                "webhook-timestamp",
                                Long.toString(now),
                                "webhook-signature",
                                "v1,AAAA v1,")
                        .status());
        if (withoutHeaders != 0) {
            assertEquals(withoutHeaders, Http.post(uri, new byte[0]).status());
        }
    }

    @Test
    void python_hearsEachOnceAndRefusesStrangers() throws Exception {
        assumeTrue(hasPython(), "no python3 here");
        int port = freePort();
        Path program = Files.writeString(folder.resolve("hook.py"), example("python", 0));
        Path output = folder.resolve("hook.txt");
        ProcessBuilder builder = new ProcessBuilder("python3", program.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("WEBHOOK_SECRET", secret);
        builder.environment().put("PORT", Integer.toString(port));
        Process python = builder.start();
        try {
            String url = "http://127.0.0.1:" + port + "/";
            Shop shop =
                    deploy("webhook.url = " + url + "\nwebhook.secret = " + secret + "\nwebhook.retry = 1s,1s,1s,1s\n");
            String no = pay(shop);
            Wait.until(
                    SOON,
                    () -> database.count("payment_event where delivered_at is not null") == 1,
                    () -> database.rows("select * from payment_event") + tomcat.log());
            database.execute("update payment_event set next_at = now(), tries = 0");
            awaitDelivered(no, 1);
            List<String> lines = Files.readAllLines(output);
            assertEquals(
                    1, lines.stream().filter(("payment.paid " + no)::equals).count(), lines::toString);
            refusesStrangers(java.net.URI.create(url), 0);
        } finally {
            python.destroy();
            python.waitFor();
        }
    }

    private static boolean hasPython() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** What was there before it listens, and what comes then. */
    @Test
    void listen_hearsAll() throws Exception {
        Path classes = folder.resolve("classes");
        compile(classes, "Listener", "public class Listener {\n" + example("java", 1) + "}\n");
        Shop shop = deploy("event.channel = payment_event\n");
        String before = pay(shop);
        ConcurrentLinkedQueue<Long> heard = new ConcurrentLinkedQueue<>();
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {classes.toUri().toURL()});
                Connection connection = database.connect()) {
            Method listen = loader.loadClass("Listener")
                    .getDeclaredMethod("listen", Connection.class, long.class, LongConsumer.class);
            listen.setAccessible(true);
            Thread thread = new Thread(() -> {
                try {
                    listen.invoke(null, connection, 0L, (LongConsumer) heard::add);
                } catch (ReflectiveOperationException e) {
                    // The connection is closed: the test is over.
                }
            });
            thread.start();
            Wait.until(SOON, () -> heard.contains(id(before)), heard::toString);
            String later = pay(shop);
            Wait.until(Duration.ofSeconds(5), () -> heard.contains(id(later)), heard::toString);
            assertTrue(thread.isAlive());
            connection.abort(Runnable::run);
            thread.join(SOON.toMillis());
        }
    }

    private long id(String no) {
        return (Long) database.value("select id from payment_event where out_trade_no = ?", no);
    }
}
