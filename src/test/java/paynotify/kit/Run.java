package paynotify.kit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** {@code mvn -Prun}: the WAR in a real Tomcat beside a real PostgreSQL, shown at work, until Ctrl-C. */
public final class Run {
    private static final String FIRST = "DEMO-1";
    private static final String SECOND = "DEMO-2";

    /** Tomcat and the tables may take as long as the machine needs: whoever is tired of it presses Ctrl-C. */
    private static final Duration START_LIMIT = Duration.ofDays(1);

    private static final Duration SAY_EVERY = Duration.ofSeconds(10);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSxxx");

    private static final String USERS = """
            <tomcat-users xmlns="http://tomcat.apache.org/xml">
              <user username="operator" password="operator" roles="notify-operator"/>
              <user username="viewer" password="viewer" roles="notify-viewer"/>
            </tomcat-users>
            """;
    /** For the operator's page to have something to show. */
    private static final int MADE_UP_ROWS = 12_000;

    private static final int MADE_UP_DAYS = 30;

    private static final Duration ASKED_WITHIN = Duration.ofSeconds(30);

    /** Whether the events of the beginning have been shown: those that follow are printed as they come. */
    private static volatile boolean shown;

    private final int httpPort;
    private final int dbPort;

    private Run(int httpPort, int dbPort) {
        this.httpPort = httpPort;
        this.dbPort = dbPort;
    }

    public static void main(String[] arguments) throws InterruptedException {
        try {
            int httpPort = Demo.port("http.port", Demo.HTTP_PORT);
            int dbPort = Demo.port("db.port", Demo.DB_PORT);
            assertFree(httpPort, "http.port");
            assertFree(dbPort, "db.port");
            if (!Files.exists(Kit.required("kit.war"))) {
                throw new IllegalArgumentException("notify.war is not built yet: mvn -Prun builds and runs it");
            }
            new Run(httpPort, dbPort).show();
        } catch (IllegalArgumentException e) {
            Demo.fail(e.getMessage());
        } catch (RuntimeException | Error e) {
            Demo.fail("The demo ended: " + firstLine(e));
        }
        new CountDownLatch(1).await();
    }

    private void show() {
        System.out.println("\nStarting PostgreSQL ...");
        Postgres postgres = Postgres.start(dbPort, ZoneId.systemDefault().getId());
        Database database = postgres.newDatabase("shop", "notify", "notify", "");
        // As README has an installation: what it says in SQL works here, too, with SET search_path and without.
        database.execute("create schema notify");
        database.execute("alter database shop set search_path = notify");
        System.out.println("Starting Tomcat ...");
        Wechat wechat = Wechat.start();
        String secret = Receiver.newSecret(24);
        Receiver receiver = Receiver.start(secret).behave(Run::hear);
        Tomcat tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                .port(httpPort)
                .startLimit(START_LIMIT)
                .temporary()
                .properties(Shop.databaseProperties(database) + Demo.accounts() + "inquiry.url = " + wechat.url()
                        + "\ninquiry.at = 2s,10s,1m,5m\nwebhook.url = " + receiver.url("/hooks/payment")
                        + "\nwebhook.secret = " + secret + "\nadmin = on\nmetrics = on\n")
                .file("conf/tomcat-users.xml", USERS)
                .file("conf/apiclient_key.pem", Shop.key("merchant_private.pem"))
                .file("conf/pub_key.pem", Shop.key("wechat_pubkey_mode_public.pem"))
                .file("conf/lakala_cert.pem", Shop.key("lakala_cert.pem"))
                .start();
        Kit.atExit(() -> System.out.println("\nStopping Tomcat and PostgreSQL ..."));
        awaitReady(tomcat);
        for (String mchId : Demo.MCH_IDS) {
            Demo.ORDERS.forEach((outTradeNo, totalFee) -> database.execute(
                    "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, ?)",
                    mchId,
                    outTradeNo,
                    totalFee));
        }
        History.write(database, MADE_UP_ROWS, MADE_UP_DAYS);
        System.out.println(
                "They are up, and the shop has placed " + Demo.ORDERS.size() + " orders at each of its senders.\n");
        showPayment(database);
        showLostCallback(database, wechat);
        showEvents(receiver);
        System.out.println(whatNext(tomcat));
    }

    /** Before that, there may be no table yet to put an order in. */
    private static void awaitReady(Tomcat tomcat) {
        try {
            new Readiness(tomcat.uri("/notify/health"), SAY_EVERY, System.out::println)
                    .await(() -> tomcat.runs() ? null : "Tomcat has ended");
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + ": " + tomcat.firstError(), e);
        }
    }

    private static String firstLine(Throwable failure) {
        String message = String.valueOf(failure.getMessage()).strip();
        return message.lines().findFirst().orElse(failure.getClass().getSimpleName());
    }

    private void showPayment(Database database) {
        String order = "select * from payment_order where mch_id = ? and out_trade_no = ?";
        String body = WechatV2Callback.payment(Demo.MCH_ID, FIRST, Demo.ORDERS.get(FIRST))
                .xml(Demo.API_KEY);
        Map<String, Object> before = database.row(order, Demo.MCH_ID, FIRST);
        Answer answer = Http.post(
                Demo.pay(httpPort, "wechat"), body.getBytes(StandardCharsets.UTF_8), "Content-Type", "text/xml");
        Map<String, Object> after = database.row(order, Demo.MCH_ID, FIRST);
        Demo.show("1. WeChat Pay tells that order " + FIRST + " is paid: POST " + Demo.pay(httpPort, "wechat"), body);
        Demo.show("2. The answer", Demo.shown(answer));
        Demo.show("3. The order (payment_order), before and after", table(before, after));
        Demo.show(
                "4. The row in payment_log",
                table(database.row("select * from payment_log where out_trade_no = ?", FIRST)));
    }

    private static void showLostCallback(Database database, Wechat wechat) {
        wechat.books().order(Demo.MCH_ID, Demo.LOST, "SUCCESS", Demo.LOST_FEE);
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, ?)",
                Demo.MCH_ID,
                Demo.LOST,
                Demo.LOST_FEE);
        String columns = "select mch_id, out_trade_no, status, transaction_id, created_at, paid_at from payment_order"
                + " where out_trade_no = '" + Demo.LOST + "'";
        Map<String, Object> before = database.row(columns);
        Wait.until(
                ASKED_WITHIN,
                () -> database.count("payment_inquiry where out_trade_no = ? and answer = 'SUCCESS'", Demo.LOST) == 1,
                () -> "order " + Demo.LOST + " is not asked about");
        Demo.show(
                "5. Order " + Demo.LOST + ": paid, and the callback got lost. WeChat Pay (one of our own, at "
                        + wechat.url() + ") was asked",
                table(before, database.row(columns)));
        Demo.show(
                "6. The question (payment_inquiry), and the answer's row in payment_log",
                table(database.row(
                                "select next_at, tries, asked_at, answer, detail from payment_inquiry"
                                        + " where out_trade_no = ?",
                                Demo.LOST))
                        + "\n\n"
                        + table(database.row(
                                "select received_at, channel, outcome, detail, source, took_us, body"
                                        + " from payment_log where out_trade_no = ?",
                                Demo.LOST)));
    }

    /** The shop's software prints what it hears. */
    private static Receiver.Manner hear(Receiver.Heard heard) {
        if (shown) {
            System.out.println("The shop's software hears " + (heard.genuine() ? "" : "(with a wrong signature!) ")
                    + heard.id() + ": " + heard.body() + "\n");
        }
        return Receiver.status(204);
    }

    private static void showEvents(Receiver receiver) {
        Wait.until(ASKED_WITHIN, () -> receiver.known().size() >= 2, () -> "the shop's software is not told");
        Receiver.Heard first = receiver.heard().get(0);
        Demo.show(
                "7. What the shop's software has heard of both (webhook.url = " + receiver.url("/hooks/payment") + ")",
                headers(first) + "\n" + first.body() + "\n\n"
                        + receiver.heard().get(1).body());
        shown = true;
    }

    private static String headers(Receiver.Heard heard) {
        StringBuilder text = new StringBuilder();
        for (String name : List.of("webhook-id", "webhook-timestamp", "webhook-signature")) {
            text.append(name).append(": ").append(heard.headers().get(name)).append('\n');
        }
        return text.toString();
    }

    private String whatNext(Tomcat tomcat) {
        String port = httpPort == Demo.HTTP_PORT ? "" : " -Dhttp.port=" + httpPort;
        return """
                Now it is yours, until Ctrl-C:

                    URL              %s
                    operator's page  http://127.0.0.1:%d/notify/admin/   (operator, operator; viewer, viewer)
                    health           http://127.0.0.1:%d/notify/health
                    database         psql postgresql://notify:notify@127.0.0.1:%d/shop
                    Tomcat's log     %s
                    pay %s       mvn -q exec:java@send -Dout_trade_no=%s%s
                    other forms      the same with -Dchannel=FORM: %s

                The command is for a second terminal, in this folder. Sent twice, it is logged as a DUPLICATE; with
                -Dtotal_fee=1 it is refused. The orders are %s. What the shop's software hears is printed here.
                What the operator's page shows of the last 30 days is made up; who logs in is in conf/tomcat-users.xml.
                """.formatted(
                        Demo.pay(httpPort, "wechat"),
                        httpPort,
                        httpPort,
                        dbPort,
                        tomcat.base().resolve("logs/console.log"),
                        SECOND,
                        SECOND,
                        port,
                        SendForm.WORDS,
                        String.join(", ", Demo.ORDERS.keySet()));
    }

    /** A line for each column; long values, as the body is, are cut. */
    @SafeVarargs
    private static String table(Map<String, Object>... rows) {
        List<String> lines = new ArrayList<>();
        for (String column : rows[0].keySet()) {
            StringBuilder line = new StringBuilder("%-15s".formatted(column));
            for (Map<String, Object> row : rows) {
                line.append(" %-30s".formatted(cut(shown(row.get(column)), rows.length == 1 ? 80 : 30)));
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join("\n", lines);
    }

    private static String shown(Object value) {
        if (value instanceof Timestamp time) {
            return TIME.format(time.toInstant().atZone(ZoneId.systemDefault()));
        }
        return value == null ? "-" : value.toString();
    }

    private static String cut(String value, int length) {
        String line = value.replace("\n", " ");
        return line.length() <= length ? line : line.substring(0, length - 4) + " ...";
    }

    private static void assertFree(int port, String option) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Port " + port + " is taken. Choose another with -D" + option + "=" + (port + 1));
        }
    }
}
