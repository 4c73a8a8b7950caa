package paynotify.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;

/**
 * What one callback costs on the disk: bytes in tables, indexes and WAL, of the built WAR and of another one beside it. Orders
 * are placed a little before they are paid, as in a shop.
 */
final class Storage {
    /** Customers that are just paying. */
    private static final int PAYING = 500;

    private static final int CONNECTIONS = 8;
    /** So many after a checkpoint, one by one: the WAL has each page as a whole that is written the first time since then. */
    private static final int SINGLE = 500;
    /** Rows of the log by then, so that nearly each of them writes other pages. */
    private static final int ROWS = 300_000;

    private static final long ORDER_FIRST = 20_261_108_000_000L;

    private final Options options;
    private final Path war;
    private Database database;
    private Database admin;
    private int port;
    private long orders = ORDER_FIRST;
    private long walOfOrders;

    private Storage(Options options, Path war) {
        this.options = options;
        this.war = war;
    }

    static void print(Options options) throws Exception {
        new Storage(options, options.war()).run();
        if (!options.otherWar().isEmpty()) {
            new Storage(options, Path.of(options.otherWar())).run();
        }
    }

    private void run() throws Exception {
        try (Postgres postgres = Postgres.startDurable()) {
            database = postgres.newDatabase();
            admin = postgres.admin(database.url().replaceFirst(".*/", ""));
            try (Tomcat tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                    .temporary()
                    .withoutWar()
                    .file("webapps/notify.war", Files.readAllBytes(war))
                    .properties(Shop.databaseProperties(database) + "db.pool-size = " + options.poolSize() + "\n"
                            + Shop.account())
                    .start()) {
                port = tomcat.port();
                measure();
            }
        }
    }

    private void measure() throws Exception {
        int callbacks = options.callbacks() / PAYING * PAYING;
        admin.execute("checkpoint");
        long wal = wal();
        for (int paid = 0; paid < callbacks; paid += PAYING) {
            pay(PAYING, CONNECTIONS);
        }
        long walEach = (wal() - wal - walOfOrders) / callbacks;
        System.out.printf(
                "%n%s: %,d callbacks of %,d bytes, PostgreSQL %s; bytes for each:%n",
                war.getFileName(), callbacks, Sample.body("A-1-10000").length, admin.value("show server_version"));
        admin.rows("select coalesce(i.inhparent::regclass::text, c.relname) as name,"
                        + " round(sum(pg_relation_size(c.oid) + case when c.reltoastrelid > 0 then"
                        + " pg_relation_size(c.reltoastrelid) else 0 end)::numeric / " + callbacks
                        + ", 1) as bytes from pg_class c left join pg_inherits i on i.inhrelid = c.oid"
                        + " where c.relkind in ('r', 'i') and c.relname like 'payment%' group by 1"
                        + " having sum(pg_relation_size(c.oid)) > " + 5 * callbacks + " order by 2 desc")
                .forEach(row -> line(row.get("name"), row.get("bytes")));
        line("WAL", walEach);
        admin.execute("select pg_stat_force_next_flush()");
        line(
                "orders that stayed in their page, %",
                admin.value("select 100 * n_tup_hot_upd / greatest(n_tup_upd, 1) from pg_stat_user_tables"
                        + " where relname = 'payment_order'"));
        line("WAL after a checkpoint, one by one", walAfterCheckpoint());
    }

    private long walAfterCheckpoint() throws Exception {
        database.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, transaction_id,"
                        + " total_fee, currency, outcome, took_us, body) select now(), 'wechat', 'wechat-v2', 'PAYMENT', ?,"
                        + " 'B' || n, '42000026002025' || lpad(abs(hashint8(n)::bigint)::text, 14, '0'), 4990, 'CNY',"
                        + " 'APPLIED', 1000, '' from generate_series(1, ?) n",
                Shop.MCH_ID,
                ROWS);
        admin.execute("checkpoint");
        walOfOrders = 0;
        long wal = wal();
        pay(SINGLE, 1);
        return (wal() - wal - walOfOrders) / SINGLE;
    }

    private static void line(Object name, Object value) {
        System.out.printf(Locale.ROOT, "%-40s %10s%n", name, value);
    }

    private void pay(int callbacks, int connections) throws Exception {
        long wal = wal();
        long first = orders;
        orders += callbacks;
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) select ?, 'A' || i, ?"
                        + " from generate_series(cast(? as bigint), cast(? as bigint)) i",
                Shop.MCH_ID,
                Sample.TOTAL_FEE,
                first,
                orders - 1);
        walOfOrders += wal() - wal;
        List<byte[]> requests = IntStream.range(0, callbacks)
                .mapToObj(i -> Sample.request("A" + (first + i)))
                .toList();
        Measured measured = Client.run(port, requests.toArray(byte[][]::new), connections);
        if (measured.successes() != callbacks) {
            throw new IllegalStateException(callbacks + " callbacks, successes: " + measured.successes());
        }
    }

    private long wal() {
        return ((Number) admin.value("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")).longValue();
    }
}
