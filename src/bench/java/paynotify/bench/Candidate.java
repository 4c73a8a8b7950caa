package paynotify.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;

/** A WAR in a Tomcat of its own on a database of its own, and what was asked of it. */
final class Candidate {
    /** What the numbers of its orders begin with, those of the reference on the same tables, and those there before. */
    private static final String CALLBACKS = "A-";

    private static final String REFERENCE = "R-";
    private static final String BEFORE = "B-";

    private final String name;
    private final Postgres postgres;
    private final Database database;
    private final Tomcat tomcat;
    private int runs;
    private long sent;
    private long successes;

    private Candidate(String name, Postgres postgres, Database database, Tomcat tomcat) {
        this.name = name;
        this.postgres = postgres;
        this.database = database;
        this.tomcat = tomcat;
    }

    /**
     * @param heap the JVM's -Xmx; empty for the JVM's own choice
     * @param more further lines of notify.properties
     */
    static Candidate start(String name, Postgres postgres, Path war, int poolSize, String heap, String more)
            throws IOException {
        Database database = postgres.newDatabase();
        Tomcat.Builder tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                .temporary()
                .withoutWar()
                .file("webapps/notify.war", Files.readAllBytes(war))
                .properties(Shop.databaseProperties(database) + "db.pool-size = " + poolSize + "\n" + Shop.account()
                        + more + "\n");
        if (!heap.isEmpty()) {
            tomcat.option("-Xmx" + heap);
        }
        return new Candidate(name, postgres, database, tomcat.start());
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
            database.execute("vacuum analyze payment_order");
            database.execute("vacuum analyze payment_log");
        }
        return this;
    }

    /** So many callbacks, each of an order of its own, over so many connections. */
    Measured load(int callbacks, int connections) throws IOException {
        byte[][] requests =
                orders(CALLBACKS, callbacks).stream().map(Sample::request).toArray(byte[][]::new);
        Measured measured = Client.run(tomcat.port(), requests, connections);
        sent += callbacks;
        successes += measured.successes();
        return measured;
    }

    /** The reference loop on the same tables. */
    Measured reference(int transactions, int connections) throws Exception {
        return Reference.run(database, orders(REFERENCE, transactions), connections);
    }

    /** The shop has placed these orders, and the database has seen to its past: no run pays for another's checkpoint. */
    private List<String> orders(String prefix, int count) {
        String numbers = prefix + ++runs + "-";
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) select ?, ? || i, ? from generate_series(1, ?) i",
                Shop.MCH_ID,
                numbers,
                Sample.TOTAL_FEE,
                count);
        postgres.admin("postgres").execute("checkpoint");
        return IntStream.rangeClosed(1, count).mapToObj(i -> numbers + i).toList();
    }

    /** Whether every success that was answered is an order PAID once, and no other is. */
    boolean isRight() {
        String of = " out_trade_no like '" + CALLBACKS + "%' and ";
        long paid = database.count("payment_order where" + of + "status = 'PAID'");
        long applied = database.count("payment_log where" + of + "outcome = 'APPLIED'");
        System.out.printf(
                "%s: %,d callbacks, %,d answers of success, %,d orders PAID, %,d rows APPLIED%n",
                name, sent, successes, paid, applied);
        return successes == paid && paid == applied;
    }
}
