package paynotify.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts orders and refunds into {@code payment_inquiry} as they come of age, each once: found by {@code created_at}, which
 * has an index and never changes, so that no index on {@code payment_order.status} is needed (it would forbid HOT updates
 * and slow down every callback). Thread-safe.
 */
public final class Enrolment {
    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);

    /** What we ask about. */
    public enum Kind {
        PAYMENT,
        REFUND
    }

    // Of the new ones only: due since the last age that has passed, so the newest come first also after a long pause.
    private static final String INSERT = " INSERT INTO payment_inquiry"
            + " (mch_id, out_trade_no, out_refund_no, asked_by, next_at, planned_at)"
            + " SELECT mch_id, out_trade_no, out_refund_no, asked_by, due, due FROM (SELECT y.*,"
            + " (SELECT max(y.created_at + age * interval '1 second') FROM unnest(CAST(? AS bigint[])) AS age"
            + " WHERE y.created_at + age * interval '1 second' <= now()) AS due FROM young y";
    // LATERAL and LIMIT: looked up row by row, whatever the planner believes of the number of rows.
    private static final String NEW = " LEFT JOIN LATERAL (SELECT true AS known FROM payment_inquiry i"
            + " WHERE i.mch_id = y.mch_id AND i.out_trade_no = y.out_trade_no AND i.out_refund_no = y.out_refund_no"
            + " LIMIT 1) i ON true WHERE i.known IS NULL AND y.asked_by = ANY (CAST(? AS text[]))) n"
            + " ON CONFLICT DO NOTHING";

    static final List<String> STATEMENTS =
            List.of(sql(Kind.PAYMENT, OrderColumns.NONE), sql(Kind.REFUND, OrderColumns.NONE));

    private final Background background;
    private final OrderColumns.Known columns = new OrderColumns.Known();

    Enrolment(Background background) {
        this.background = background;
    }

    /**
     * MATERIALIZED, so that nothing but created_at can choose the index: with the merchant's number beside it, the
     * primary key would look as good, and all of the merchant's orders would be read.
     */
    private static String young(String select, String table, String alias) {
        return "WITH young AS MATERIALIZED (SELECT " + select + " FROM " + table + " " + alias
                + " WHERE " + alias + ".created_at > now() - make_interval(secs => CAST(? AS double precision))"
                + " AND " + alias + ".created_at <= now() - make_interval(secs => CAST(? AS double precision))"
                + " AND " + alias + ".status = 'PENDING')";
    }

    private static String sql(Kind kind, OrderColumns columns) {
        if (kind == Kind.PAYMENT) {
            String select = "CAST(o.mch_id AS text) AS mch_id, CAST(o.out_trade_no AS text) AS out_trade_no,"
                    + " '' AS out_refund_no, o.created_at, " + columns.asker() + " AS asked_by";
            return young(select, "payment_order", "o") + INSERT + NEW;
        }
        String select = "r.mch_id, r.out_trade_no, r.out_refund_no, r.created_at, r.mch_id AS asked_by";
        return young(select, "payment_refund", "r")
                + INSERT
                + " CROSS JOIN LATERAL (SELECT FROM payment_order o WHERE o.mch_id = y.mch_id"
                + " AND o.out_trade_no = y.out_trade_no AND o.status = 'PAID' LIMIT 1) paid"
                + NEW;
    }

    /**
     * Enrols what is PENDING, not enrolled yet, and of an age in this span. Costs what reading that span costs.
     *
     * @param askers the mch-ids of the accounts that inquire
     * @param ages when we ask, ascending, in whole seconds
     * @param older not as old as this
     * @param younger this old at least; not below the first of {@code ages}
     * @return how many
     */
    public int enrol(Kind kind, Collection<String> askers, List<Duration> ages, Duration older, Duration younger)
            throws Unavailable {
        return background.run(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(sql(kind, columns.of(connection)))) {
                bind(insert, askers, ages, older, younger);
                return insert.executeUpdate();
            }
        });
    }

    private static void bind(
            PreparedStatement statement,
            Collection<String> askers,
            List<Duration> ages,
            Duration older,
            Duration younger)
            throws SQLException {
        statement.setDouble(1, older.toMillis() / 1e3);
        statement.setDouble(2, younger.toMillis() / 1e3);
        statement.setArray(3, seconds(statement.getConnection(), ages));
        statement.setArray(4, statement.getConnection().createArrayOf("text", askers.toArray()));
    }

    static Array seconds(Connection connection, List<Duration> durations) throws SQLException {
        return connection.createArrayOf(
                "int8", durations.stream().map(Duration::toSeconds).toArray());
    }

    /** Says so in Tomcat's log if the shop's own table behind a view has no index that finds orders by their age. */
    public void checkIndex(Collection<String> askers, List<Duration> ages) throws Unavailable {
        boolean byIndex = background.run(connection -> {
            try (Statement planner = connection.createStatement()) {
                // Of a small table the planner reads all, and rightly so: what counts is that it need not.
                planner.execute("SET LOCAL enable_seqscan = off");
            }
            String sql = "EXPLAIN " + sql(Kind.PAYMENT, columns.of(connection));
            try (PreparedStatement explain = connection.prepareStatement(sql)) {
                Duration first = ages.get(0);
                bind(explain, askers, ages, first.plusMinutes(1), first);
                return usesIndex(explain);
            }
        });
        if (!byIndex) {
            LOG.warn("payment_order: expected an index on what is created_at in it, found none:"
                    + " looking for orders to ask about reads all of them");
        }
    }

    /** Only the span of created_at makes an index condition with an upper bound. */
    private static boolean usesIndex(PreparedStatement explain) throws SQLException {
        try (ResultSet lines = explain.executeQuery()) {
            while (lines.next()) {
                String line = lines.getString(1);
                if (line.contains("Index Cond") && line.contains("<=")) {
                    return true;
                }
            }
            return false;
        }
    }
}
