package paynotify.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;

/**
 * How long callbacks wait while {@code payment_log_drop_before} drops a month: the longest answer of a run in which one is
 * dropped, beside that of a run without. At load, on a PostgreSQL that waits for its disk.
 */
final class OneMonthLess {
    /** 1.3 GB of table and indexes. */
    private static final int ROWS = 800_000;

    private static final int CONNECTIONS = 16;
    private static final int ANSWER_BYTES_MAX = 4 << 10;
    private static final int ANSWER_MS_MAX = 10_000;
    private static final int WARM_UPS = 2;
    /** As the application does where it got no lock, but sooner. */
    private static final int AGAIN_MS = 100;

    private static final int TRIES = 50;
    private static final String MONTH = "date_trunc('month', now() at time zone 'UTC') - interval '1 month'";

    private final Options options;
    private final int rows;
    private Database database;
    private int port;
    private int runs;

    OneMonthLess(Options options) {
        this.options = options;
        this.rows = options.rows() == 0 ? ROWS : options.rows();
    }

    void run() throws Exception {
        try (Postgres postgres = Postgres.startDurable()) {
            database = postgres.newDatabase();
            try (Tomcat tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                    .temporary()
                    .withoutWar()
                    .file("webapps/notify.war", Files.readAllBytes(options.war()))
                    .properties(Shop.databaseProperties(database) + "db.pool-size = " + options.poolSize() + "\n"
                            + Shop.account())
                    .start()) {
                port = tomcat.port();
                for (int i = 0; i < WARM_UPS; i++) {
                    load(() -> "");
                }
                System.out.printf(
                        "%n%,d callbacks a run over %d connections%n%-8s %10s %10s %10s  %s%n",
                        options.callbacks(), CONNECTIONS, "run", "p50 ms", "p99 ms", "longest ms", "dropped meanwhile");
                for (int round = 1; round <= options.rounds(); round++) {
                    fillMonth();
                    postgres.admin("postgres").execute("checkpoint");
                    print("without", load(() -> ""));
                    postgres.admin("postgres").execute("checkpoint");
                    print("with", load(this::drop));
                }
            }
        }
    }

    private void fillMonth() {
        database.rows("select payment_log_add_month((" + MONTH + ") at time zone 'UTC')");
        database.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, transaction_id,"
                        + " total_fee, currency, outcome, took_us, body) select (" + MONTH + ") at time zone 'UTC'"
                        + " + n * (interval '27 days' / ?), 'wechat', 'wechat-v2', 'PAYMENT', ?, 'B-" + runs
                        + "-' || n,"
                        + " 'B-" + runs
                        + "-' || md5(n::text), 4990, 'CNY', 'DUPLICATE', 1000, ? from generate_series(1, ?) n",
                rows,
                Shop.MCH_ID,
                Sample.text("B-"),
                rows);
    }

    /** What was dropped, and how long that took. */
    private String drop() throws InterruptedException {
        Object size = database.value("select pg_size_pretty(pg_total_relation_size(to_char(" + MONTH
                + ", '\"payment_log_\"YYYY_MM')::regclass))");
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            long start = System.nanoTime();
            try {
                Object dropped =
                        database.value("select string_agg(n, ' ') from payment_log_drop_before(current_date) n");
                return "%s, %s, in %,d ms, attempt %d"
                        .formatted(dropped, size, (System.nanoTime() - start) / 1_000_000, attempt);
            } catch (IllegalStateException e) {
                // It waits half a second for its locks.
                Thread.sleep(AGAIN_MS);
            }
        }
        throw new IllegalStateException("got no lock in " + TRIES + " attempts");
    }

    private record Run(long[] tookNanos, String meanwhile) {}

    private interface Meanwhile {
        String done() throws InterruptedException;
    }

    /** All that the shop has placed is paid, and after a third of it, something else is done. */
    private Run load(Meanwhile meanwhile) throws Exception {
        String prefix = "A-" + ++runs + "-";
        int callbacks = options.callbacks();
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) select ?, ? || i, ? from generate_series(1, ?) i",
                Shop.MCH_ID,
                prefix,
                Sample.TOTAL_FEE,
                callbacks);
        byte[][] requests = IntStream.rangeClosed(1, callbacks)
                .mapToObj(i -> Sample.request(prefix + i))
                .toArray(byte[][]::new);
        long[] took = new long[callbacks];
        AtomicInteger next = new AtomicInteger();
        String done = "";
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                senders.add(threads.submit(() -> {
                    send(requests, took, next);
                    return null;
                }));
            }
            while (next.get() < callbacks / 3) {
                Thread.sleep(1);
            }
            done = meanwhile.done();
            if (next.get() >= callbacks) {
                System.out.println("the callbacks were all sent before it was done: -Dbench.callbacks");
            }
            for (Future<?> sender : senders) {
                sender.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a callback was not answered with success", e);
        } finally {
            threads.shutdownNow();
        }
        long paid = database.count("payment_order where status = 'PAID' and out_trade_no like ?", prefix + "%");
        if (paid != callbacks) {
            throw new IllegalStateException(callbacks + " successes, orders PAID: " + paid);
        }
        Arrays.sort(took);
        return new Run(took, done);
    }

    private void send(byte[][] requests, long[] took, AtomicInteger next) throws IOException {
        Socket socket = connect();
        try {
            for (int i = next.getAndIncrement(); i < requests.length; i = next.getAndIncrement()) {
                long start = System.nanoTime();
                socket.getOutputStream().write(requests[i]);
                String answer = answer(socket.getInputStream());
                took[i] = System.nanoTime() - start;
                if (!answer.startsWith("HTTP/1.1 200 ")) {
                    throw new IOException(answer);
                }
                if (answer.contains("\r\nConnection: close\r\n")) {
                    socket.close();
                    socket = connect();
                }
            }
        } finally {
            socket.close();
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_MS_MAX);
        return socket;
    }

    private static String answer(InputStream in) throws IOException {
        byte[] bytes = new byte[ANSWER_BYTES_MAX];
        int length = 0;
        while (true) {
            int read = in.read(bytes, length, bytes.length - length);
            if (read < 0) {
                throw new EOFException("a connection ended without an answer");
            }
            length += read;
            String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            if (text.endsWith("</xml>")) {
                return text;
            }
        }
    }

    private static void print(String name, Run run) {
        long[] took = run.tookNanos;
        System.out.printf(
                "%-8s %10.1f %10.1f %10.1f  %s%n",
                name,
                took[took.length / 2] / 1e6,
                took[took.length * 99 / 100] / 1e6,
                took[took.length - 1] / 1e6,
                run.meanwhile);
    }
}
