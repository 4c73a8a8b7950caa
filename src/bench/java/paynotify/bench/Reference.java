package paynotify.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.WechatV2Callback;

/**
 * What the database can do where nothing else has to be done: plain JDBC with prepared statements, no HTTP, no parser, no
 * signature, no limits; on {@link PlainServlet#TABLES}. Each order by a transaction of its own, or many by one.
 */
final class Reference {
    private static final String LOCK_ALL = "select o.out_trade_no, o.total_fee, o.currency, o.status, o.transaction_id"
            + " from payment_order o where o.mch_id = ? and o.out_trade_no = any (?) for update";
    private static final String PAY_ALL =
            "update payment_order o set status = 'PAID', transaction_id = k.transaction_id,"
                    + " paid_at = now(), payer = ? from unnest(?, ?) k (out_trade_no, transaction_id)"
                    + " where o.mch_id = ? and o.out_trade_no = k.out_trade_no and o.status = 'PENDING'";
    private static final String LOG_ALL = "insert into payment_log (received_at, account, channel, event, mch_id,"
            + " out_trade_no, transaction_id, total_fee, currency, outcome, detail, took_us, body)"
            + " select now(), 'wechat', 'wechat-v2', 'PAYMENT', ?, k.out_trade_no, k.transaction_id, ?, 'CNY', 'APPLIED', '', 0,"
            + " k.body from unnest(?, ?, ?) k (out_trade_no, transaction_id, body)";
    private static final String PAYER = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";

    private final Postgres postgres;
    private final Database database;
    private final Orders orders;

    private Reference(Postgres postgres, Database database) {
        this.postgres = postgres;
        this.database = database;
        this.orders = new Orders(postgres, database);
    }

    static Reference of(Postgres postgres) {
        Database database = postgres.newDatabase();
        database.execute(PlainServlet.TABLES);
        return new Reference(postgres, database);
    }

    /** What one connection does for some orders; it commits itself. */
    @FunctionalInterface
    private interface Transaction {
        void run(Connection connection, List<String> numbers, Map<String, String> bodies) throws SQLException;
    }

    /** Pays so many orders, each by itself. */
    Measured single(int count, int connections) throws Exception {
        return run(count, connections, 1, Reference::single);
    }

    /** Pays so many orders, a number of them at a time. */
    Measured together(int count, int connections, int ordersOfTransaction) throws Exception {
        return run(count, connections, ordersOfTransaction, Reference::together);
    }

    private Measured run(int count, int connections, int ordersOfTransaction, Transaction transaction)
            throws Exception {
        List<String> numbers = orders.place("R-", count);
        Map<String, String> bodies = numbers.stream().collect(Collectors.toMap(Function.identity(), Sample::text));
        long[] tookNanos = new long[count];
        AtomicInteger next = new AtomicInteger();
        List<Connection> opened = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            for (int i = 0; i < connections; i++) {
                Connection connection = database.connect();
                connection.setAutoCommit(false);
                opened.add(connection);
            }
            Usage before = Usage.now(postgres, null);
            long startNanos = System.nanoTime();
            List<Future<?>> loops = new ArrayList<>();
            for (Connection connection : opened) {
                loops.add(threads.submit(() -> {
                    for (int i = next.getAndAdd(ordersOfTransaction);
                            i < count;
                            i = next.getAndAdd(ordersOfTransaction)) {
                        int end = Math.min(i + ordersOfTransaction, count);
                        long beginNanos = System.nanoTime();
                        transaction.run(connection, numbers.subList(i, end), bodies);
                        Arrays.fill(tookNanos, i, end, System.nanoTime() - beginNanos);
                    }
                    return null;
                }));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
            return Measured.of(System.nanoTime() - startNanos, tookNanos, count)
                    .using(Usage.now(postgres, null).since(before), count);
        } finally {
            threads.shutdown();
            for (Connection connection : opened) {
                connection.close();
            }
        }
    }

    private static void single(Connection connection, List<String> numbers, Map<String, String> bodies)
            throws SQLException {
        String number = numbers.get(0);
        try (PreparedStatement lock = connection.prepareStatement(PlainServlet.LOCK);
                PreparedStatement pay = connection.prepareStatement(PlainServlet.PAY);
                PreparedStatement log = connection.prepareStatement(PlainServlet.LOG)) {
            lock.setString(1, Shop.MCH_ID);
            lock.setString(2, number);
            try (ResultSet rows = lock.executeQuery()) {
                require(rows.next()
                        && rows.getLong(1) == Sample.TOTAL_FEE
                        && rows.getString(2).equals("CNY")
                        && rows.getString(3).equals("PENDING")
                        && rows.getString(4) == null);
            }
            pay.setString(1, WechatV2Callback.transactionId(number));
            pay.setString(2, "20250601120005");
            pay.setString(3, PAYER);
            pay.setString(4, Shop.MCH_ID);
            pay.setString(5, number);
            require(pay.executeUpdate() == 1);
            log.setString(1, Shop.MCH_ID);
            log.setString(2, number);
            log.setString(3, WechatV2Callback.transactionId(number));
            log.setLong(4, Sample.TOTAL_FEE);
            log.setString(5, "APPLIED");
            log.setString(6, bodies.get(number));
            require(log.executeUpdate() == 1);
        }
        connection.commit();
    }

    private static void together(Connection connection, List<String> numbers, Map<String, String> bodies)
            throws SQLException {
        String[] outTradeNo = numbers.toArray(String[]::new);
        String[] transactionId =
                numbers.stream().map(WechatV2Callback::transactionId).toArray(String[]::new);
        try (PreparedStatement lock = connection.prepareStatement(LOCK_ALL);
                PreparedStatement pay = connection.prepareStatement(PAY_ALL);
                PreparedStatement log = connection.prepareStatement(LOG_ALL)) {
            lock.setString(1, Shop.MCH_ID);
            lock.setObject(2, outTradeNo);
            int found = 0;
            try (ResultSet rows = lock.executeQuery()) {
                while (rows.next()) {
                    require(rows.getLong(2) == Sample.TOTAL_FEE
                            && rows.getString(3).equals("CNY")
                            && rows.getString(4).equals("PENDING")
                            && rows.getString(5) == null);
                    found++;
                }
            }
            require(found == numbers.size());
            pay.setString(1, PAYER);
            pay.setObject(2, outTradeNo);
            pay.setObject(3, transactionId);
            pay.setString(4, Shop.MCH_ID);
            require(pay.executeUpdate() == numbers.size());
            log.setString(1, Shop.MCH_ID);
            log.setLong(2, Sample.TOTAL_FEE);
            log.setObject(3, outTradeNo);
            log.setObject(4, transactionId);
            log.setObject(5, numbers.stream().map(bodies::get).toArray(String[]::new));
            require(log.executeUpdate() == numbers.size());
        }
        connection.commit();
    }

    private static void require(boolean good) {
        if (!good) {
            throw new IllegalStateException("the order is not as it was placed");
        }
    }
}
