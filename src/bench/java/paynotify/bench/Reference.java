package paynotify.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import paynotify.kit.Database;
import paynotify.kit.Shop;
import paynotify.kit.WechatV2Callback;

/**
 * What the database can do if each order is paid by a transaction of its own, and nothing else has to be done: plain JDBC
 * with prepared statements, no HTTP, no parser, no signature, no limits. On the tables of the application.
 */
final class Reference {
    private static final String LOCK = "select total_fee, currency, status, transaction_id from payment_order"
            + " where mch_id = ? and out_trade_no = ? for update";
    private static final String PAY = "update payment_order set status = 'PAID', transaction_id = ?, paid_at = ?,"
            + " payer = ? where mch_id = ? and out_trade_no = ? and status = 'PENDING'";
    private static final String LOG = "insert into payment_log (received_at, account, channel, event, mch_id,"
            + " out_trade_no, transaction_id, total_fee, currency, outcome, detail, took_us, body)"
            + " values (?, 'wechat', 'wechat-v2', 'PAYMENT', ?, ?, ?, ?, 'CNY', 'APPLIED', ?, 0, ?)";

    private final List<String> numbers;
    private final List<String> bodies;
    private final long[] tookNanos;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger applied = new AtomicInteger();

    private Reference(List<String> numbers) {
        this.numbers = numbers;
        this.bodies = numbers.stream().map(Sample::text).toList();
        this.tookNanos = new long[numbers.size()];
    }

    /** Pays these orders over so many connections. */
    static Measured run(Database database, List<String> numbers, int connections) throws Exception {
        Reference reference = new Reference(numbers);
        List<Connection> opened = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            for (int i = 0; i < connections; i++) {
                opened.add(database.connect());
            }
            long startNanos = System.nanoTime();
            List<Future<?>> loops = new ArrayList<>();
            for (Connection connection : opened) {
                loops.add(threads.submit(() -> reference.loop(connection)));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
            return Measured.of(System.nanoTime() - startNanos, reference.tookNanos, reference.applied.get());
        } finally {
            threads.shutdown();
            for (Connection connection : opened) {
                connection.close();
            }
        }
    }

    private Void loop(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement lock = connection.prepareStatement(LOCK);
                PreparedStatement pay = connection.prepareStatement(PAY);
                PreparedStatement log = connection.prepareStatement(LOG)) {
            for (int i = next.getAndIncrement(); i < numbers.size(); i = next.getAndIncrement()) {
                long startNanos = System.nanoTime();
                lock(lock, numbers.get(i));
                pay(pay, numbers.get(i));
                log(log, numbers.get(i), bodies.get(i));
                connection.commit();
                tookNanos[i] = System.nanoTime() - startNanos;
                applied.incrementAndGet();
            }
        }
        return null;
    }

    private static void lock(PreparedStatement lock, String number) throws SQLException {
        lock.setString(1, Shop.MCH_ID);
        lock.setString(2, number);
        try (ResultSet rows = lock.executeQuery()) {
            require(rows.next()
                    && rows.getLong(1) == Sample.TOTAL_FEE
                    && rows.getString(2).equals("CNY")
                    && rows.getString(3).equals("PENDING")
                    && rows.getString(4) == null);
        }
    }

    private static void pay(PreparedStatement pay, String number) throws SQLException {
        pay.setString(1, WechatV2Callback.transactionId(number));
        pay.setObject(2, OffsetDateTime.now(ZoneOffset.UTC));
        pay.setString(3, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
        pay.setString(4, Shop.MCH_ID);
        pay.setString(5, number);
        require(pay.executeUpdate() == 1);
    }

    private static void log(PreparedStatement log, String number, String body) throws SQLException {
        log.setObject(1, OffsetDateTime.now(ZoneOffset.UTC));
        log.setString(2, Shop.MCH_ID);
        log.setString(3, number);
        log.setString(4, WechatV2Callback.transactionId(number));
        log.setLong(5, Sample.TOTAL_FEE);
        log.setString(6, "expected a PENDING order, found it, and set it PAID");
        log.setString(7, body);
        require(log.executeUpdate() == 1);
    }

    private static void require(boolean good) {
        if (!good) {
            throw new IllegalStateException("the order is not as it was placed");
        }
    }
}
