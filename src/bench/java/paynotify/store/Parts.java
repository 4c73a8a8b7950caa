package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Callback;
import paynotify.sender.Payments;
import paynotify.sender.Reading;

/**
 * What one callback costs PostgreSQL's session, part by part: the same groups again and again, with one more thing taken away
 * from the tables each time. For one connection without Tomcat.
 */
public final class Parts {
    private static final int[] GROUPS = {1, 2, 8, 32};
    /** Callbacks of each measurement, after a fifth of them that do not count. */
    private static final int CALLBACKS = 24_000;

    private static final int WARM_UP = 5;
    /** Placing the orders may take so long. */
    private static final int READ_MS = 60_000;

    /** What is taken away, and how. */
    private static final Map<String, String> AWAY = new LinkedHashMap<>();

    static {
        AWAY.put("all", "select 1");
        AWAY.put("without the log's trigger", "alter table payment_log disable trigger payment_log_paid");
        AWAY.put("and the index by transaction", "drop index payment_log_transaction");
        AWAY.put("and the two BRIN indexes", "drop index payment_log_received_at, payment_log_day");
        AWAY.put("and the two of what is open", "drop index payment_log_attention, payment_log_attention_refund");
        AWAY.put(
                "and the CHECKs",
                "alter table payment_log drop constraint payment_log_event_check,"
                        + " drop constraint payment_log_outcome_check, drop constraint payment_log_source");
    }

    private final Connection connection;
    private final Path schedstat;
    private int orders;

    private Parts(Connection connection, long pid) {
        this.connection = connection;
        this.schedstat = Path.of("/proc", Long.toString(pid), "schedstat");
    }

    /** @param rounds how often, each in a new database */
    public static void print(int rounds) throws Exception {
        Map<String, List<double[]>> measured = new LinkedHashMap<>();
        try (Postgres postgres = Postgres.startDurable()) {
            for (int round = 0; round < rounds; round++) {
                round(postgres.newDatabase(), measured);
            }
        }
        System.out.printf("%-50s %10s %10s%n", "PostgreSQL's CPU, µs for each callback", "locking", "the rest");
        measured.forEach(
                (name, runs) -> System.out.printf("%-50s %10.1f %10.1f%n", name, median(runs, 0), median(runs, 1)));
    }

    private static double median(List<double[]> runs, int part) {
        return runs.stream().mapToDouble(run -> run[part]).sorted().toArray()[runs.size() / 2];
    }

    private static void round(Database database, Map<String, List<double[]>> measured) throws Exception {
        DatabaseSettings settings = new DatabaseSettings(
                null, new Secret(database.url()), database.user(), new Secret(database.password()), 1, true);
        Store.open(settings, new UnverifiedLimit(20, 65_536, Clock.systemUTC())).close();
        try (Connection connection =
                        PlainDataSource.of(settings, READ_MS, openedNanos -> {}).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TransactionRunner.LIMITS_OF_CONNECTION);
            var pid = statement.executeQuery("select pg_backend_pid()");
            pid.next();
            Parts parts = new Parts(connection, pid.getLong(1));
            connection.setAutoCommit(false);
            for (Map.Entry<String, String> away : AWAY.entrySet()) {
                statement.execute(away.getValue());
                connection.commit();
                for (int group : GROUPS) {
                    measured.computeIfAbsent(away.getKey() + ", groups of " + group, name -> new ArrayList<>())
                            .add(parts.measure(group));
                }
            }
        }
    }

    /** µs for each callback: of the first round trip, of the second. */
    private double[] measure(int size) throws SQLException, IOException {
        int first = orders + 1;
        int groups = CALLBACKS / size;
        try (Statement place = connection.createStatement()) {
            place.execute(
                    "insert into payment_order (mch_id, out_trade_no, total_fee) select '1900000109', 'A' || n, 4990"
                            + " from generate_series(" + first + ", " + (orders + groups * size) + ") n");
            // As the server's autovacuum does it. What has no statistics is read by another plan.
            place.execute("analyze payment_order");
        }
        connection.commit();
        int counted = 0;
        double[] nanos = new double[2];
        for (int i = 0; i < groups; i++) {
            List<Reading> readings = new ArrayList<>();
            for (int n = 0; n < size; n++) {
                readings.add(next());
            }
            Writes last = new Writes();
            long before = nanos();
            Settlement.run(connection, last, false, readings, EventRules.NONE);
            long between = nanos();
            Commit.run(connection, last);
            if (i >= groups / WARM_UP) {
                nanos[0] += between - before;
                nanos[1] += nanos() - between;
                counted += size;
            }
        }
        return new double[] {nanos[0] / 1_000 / counted, nanos[1] / 1_000 / counted};
    }

    private Reading next() {
        String no = "A" + ++orders;
        long now = System.nanoTime();
        Callback callback = new Callback(
                "wechat", "x".repeat(1_015).getBytes(UTF_8), false, name -> null, "127.0.0.1", Instant.now(), now, now);
        return new Reading(
                callback,
                "wechat-v2",
                null,
                Payments.of(
                        "1900000109",
                        no,
                        transactionId(orders),
                        4990,
                        "CNY",
                        Instant.now(),
                        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"));
    }

    /** Another for each, and as WeChat's own of one day in no order. */
    private static String transactionId(int order) {
        return "420000251220251129%010d".formatted(order * 7_919_000_017L % 10_000_000_000L);
    }

    /** CPU of the session's process up to now, as Linux counts it. */
    private long nanos() throws IOException {
        return Long.parseLong(Files.readString(schedstat).split(" ")[0]);
    }
}
