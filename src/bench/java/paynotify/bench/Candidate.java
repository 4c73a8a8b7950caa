package paynotify.bench;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.commons.codec.digest.DigestUtils;
import org.dom4j.io.SAXReader;
import org.postgresql.Driver;
import org.slf4j.LoggerFactory;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;

/** A WAR in a Tomcat of its own on a database of its own, and what was asked of it. */
final class Candidate {
    /** What the numbers of its orders begin with, and of those there before. */
    private static final String CALLBACKS = "A-";

    private static final String BEFORE = "B-";

    private final String name;
    private final Postgres postgres;
    private final Database database;
    private final Tomcat tomcat;
    /** Whether it sets orders PAID. */
    private final boolean pays;

    private final Orders orders;
    private long sent;
    private long successes;

    private Candidate(String name, Postgres postgres, Database database, Tomcat tomcat, boolean pays) {
        this.name = name;
        this.postgres = postgres;
        this.database = database;
        this.tomcat = tomcat;
        this.pays = pays;
        this.orders = new Orders(postgres, database);
    }

    /**
     * @param more further lines of notify.properties
     * @param tuned what else its Tomcat is started with
     */
    static Candidate start(
            String name, Postgres postgres, Path war, int poolSize, String more, UnaryOperator<Tomcat.Builder> tuned)
            throws IOException {
        Database database = postgres.newDatabase();
        Tomcat.Builder tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                .temporary()
                .withoutWar()
                .file("webapps/notify.war", Files.readAllBytes(war))
                .properties(Shop.databaseProperties(database) + "db.pool-size = " + poolSize + "\n" + Shop.account()
                        + more + "\n");
        return new Candidate(name, postgres, database, tuned.apply(tomcat).start(), true);
    }

    /** One servlet of ours in a WAR of its own, at the same address. */
    static Candidate start(String name, Postgres postgres, Class<? extends HttpServlet> servlet) throws IOException {
        Database database = postgres.newDatabase();
        database.execute(PlainServlet.TABLES);
        Tomcat.Builder tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                .temporary()
                .withoutWar()
                .option("-Dplain.url=" + database.url())
                .option("-Dplain.user=" + database.user())
                .option("-Dplain.password=" + database.password())
                .option("-Dplain.key=" + Shop.KEY);
        String folder = "webapps/notify/WEB-INF/";
        tomcat.file(
                folder + "web.xml",
                "<web-app><servlet><servlet-name>it</servlet-name><servlet-class>" + servlet.getName()
                        + "</servlet-class></servlet><servlet-mapping><servlet-name>it</servlet-name>"
                        + "<url-pattern>/pay/wechat</url-pattern></servlet-mapping></web-app>");
        for (Class<?> each : List.of(ConstantServlet.class, PlainServlet.class)) {
            String file = each.getName().replace('.', '/') + ".class";
            try (InputStream in = Objects.requireNonNull(each.getClassLoader().getResourceAsStream(file))) {
                tomcat.file(folder + "classes/" + file, in.readAllBytes());
            }
        }
        for (Class<?> each : List.of(
                HikariDataSource.class, Driver.class, SAXReader.class, DigestUtils.class, LoggerFactory.class)) {
            Path jar = jarOf(each);
            tomcat.file(folder + "lib/" + jar.getFileName(), Files.readAllBytes(jar));
        }
        return new Candidate(name, postgres, database, tomcat.start(), servlet != ConstantServlet.class);
    }

    private static Path jarOf(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    String name() {
        return name;
    }

    Tomcat tomcat() {
        return tomcat;
    }

    /** So many orders, paid long ago, each with its log row. */
    Candidate filled(int rows) {
        if (rows > 0) {
            System.out.printf("filling the tables with %,d orders and log rows%n", rows);
            // Orders grow when they are paid, into the room that was left for that: those of long ago leave none.
            Object options = database.value("select array_to_string(reloptions, ',') from pg_class"
                    + " where oid = to_regclass('payment_order')");
            database.execute("alter table payment_order set (fillfactor = 100)");
            database.execute(
                    "insert into payment_order (mch_id, out_trade_no, total_fee, status, transaction_id, paid_at, payer)"
                            + " select ?, ? || i, ?, 'PAID', 'T-' || i, now(), 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o'"
                            + " from generate_series(1, ?) i",
                    Shop.MCH_ID,
                    BEFORE,
                    Sample.TOTAL_FEE,
                    rows);
            // Where the log has months, there are those of two years: each is asked whether a transaction is known.
            if (database.value("select to_regproc('payment_log_add_month')") != null) {
                database.execute("select payment_log_add_month((date_trunc('month', now() at time zone 'UTC')"
                        + " - n * interval '1 month') at time zone 'UTC') from generate_series(1, 24) n");
            }
            database.execute(
                    "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, transaction_id,"
                            + " total_fee, currency, outcome, took_us, body)"
                            + " select now() - random() * interval '730 days', 'wechat', 'wechat-v2', 'PAYMENT', ?, ? || i, 'T-' || i, ?, 'CNY',"
                            + " 'APPLIED', 1000, ? from generate_series(1, ?) i",
                    Shop.MCH_ID,
                    BEFORE,
                    Sample.TOTAL_FEE,
                    Sample.text(BEFORE),
                    rows);
            database.execute(
                    options == null
                            ? "alter table payment_order reset (fillfactor)"
                            : "alter table payment_order set (" + options + ")");
            vacuum();
        }
        return this;
    }

    /** Or the server's autovacuum does it meanwhile, in somebody else's run. */
    void vacuum() {
        database.execute("vacuum analyze");
    }

    /** So many callbacks, each of an order of its own, over so many connections. */
    Measured load(int callbacks, int connections) throws IOException {
        byte[][] requests =
                orders.place(CALLBACKS, callbacks).stream().map(Sample::request).toArray(byte[][]::new);
        Usage before = Usage.now(postgres, tomcat);
        Measured measured = Client.run(tomcat.port(), requests, connections)
                .using(Usage.now(postgres, tomcat).since(before), callbacks);
        sent += callbacks;
        successes += measured.successes();
        return measured;
    }

    /** Whether every success that was answered is an order PAID once, and no other is. */
    boolean isRight() {
        if (!pays) {
            return true;
        }
        String of = " out_trade_no like '" + CALLBACKS + "%' and ";
        long paid = database.count("payment_order where" + of + "status = 'PAID'");
        long applied = database.count("payment_log where" + of + "outcome = 'APPLIED'");
        System.out.printf(
                "%s: %,d callbacks, %,d answers of success, %,d orders PAID, %,d rows APPLIED, %s %% of the updates HOT%n",
                name,
                sent,
                successes,
                paid,
                applied,
                database.value("select n_tup_hot_upd * 100 / nullif(n_tup_upd, 0) from pg_stat_user_tables"
                        + " where relname = 'payment_order'"));
        return successes == paid && paid == applied;
    }
}
