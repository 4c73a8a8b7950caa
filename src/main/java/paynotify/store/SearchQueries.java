package paynotify.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import paynotify.message.WholeNumber;

/**
 * Finds rows of the log, orders and refunds, by index or within a span of time that can be read through quickly; so it needs
 * no index that a callback would pay for. Thread-safe.
 */
public final class SearchQueries {
    /** Rows of one page. */
    public static final int PAGE = 50;
    /** Without a number no more time is read through for one page; the next page goes on from there. */
    static final Duration STEP = Duration.ofDays(31);

    private static final String LISTED = "id, received_at, account, channel, source, event, mch_id, out_trade_no,"
            + " out_refund_no, transaction_id, total_fee, currency, outcome, left(detail, 300) AS detail, took_us";
    /** As the index payment_log_attention has them. */
    static final String ATTENTION_WORDS =
            "('UNKNOWN_ORDER', 'AMOUNT_MISMATCH', 'ORDER_CLOSED', 'CONFLICT', 'REFUNDED', 'WRONG_MERCHANT')";
    // Our own table has an index that begins with mch_id; a view may have none, and then has few merchants.
    private static final String MERCHANTS = "WITH RECURSIVE m AS (SELECT (SELECT min(mch_id) FROM payment_order"
            + " WHERE EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('payment_order') AND relkind IN ('r', 'p')))"
            + " AS mch_id, 1 AS step UNION ALL SELECT (SELECT min(o.mch_id) FROM payment_order o"
            + " WHERE o.mch_id > m.mch_id), step + 1 FROM m WHERE m.mch_id IS NOT NULL AND step < 200)"
            + " SELECT mch_id FROM m WHERE mch_id IS NOT NULL";
    private static final String ORDERS = "SELECT CAST(o.mch_id AS text) AS mch_id,"
            + " CAST(o.out_trade_no AS text) AS out_trade_no, CAST(o.total_fee AS bigint) AS total_fee,"
            + " CAST(o.currency AS text) AS currency, CAST(o.status AS text) AS status,"
            + " CAST(o.created_at AS timestamptz) AS created_at, CAST(o.paid_at AS timestamptz) AS paid_at"
            + " FROM payment_order o WHERE o.mch_id = ANY (?) AND o.out_trade_no = ? ORDER BY o.mch_id LIMIT " + PAGE;
    private static final String REFUNDS = "SELECT mch_id, out_refund_no, out_trade_no, refund_fee, currency, status,"
            + " created_at, refunded_at FROM payment_refund WHERE mch_id = ANY (?) AND out_refund_no = ?"
            + " ORDER BY mch_id LIMIT " + PAGE;
    private static final String OLDER = "SELECT EXISTS (SELECT FROM payment_log WHERE received_at < ?) AS older";

    private final AdminTransactions transactions;

    /**
     * What is looked for; null or empty leaves it open.
     *
     * @param number of an order, a refund, a transaction or a row
     * @param mchId the order's merchant, where the configured ones are not meant
     * @param before only rows with a lower id: the next page
     */
    public record Wanted(
            String number,
            String mchId,
            String account,
            String outcome,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable Long before) {}

    /**
     * What was found.
     *
     * @param more whether there are further rows below the last of these
     * @param continueAt where the next page reads on, as this one has read through as much time as one may; null if not
     */
    public record Found(
            List<TableRow> orders,
            List<TableRow> refunds,
            List<TableRow> rows,
            boolean more,
            @Nullable Instant continueAt) {}

    SearchQueries(AdminTransactions transactions) {
        this.transactions = transactions;
    }

    /**
     * Looks for a number, or else through time.
     *
     * @param mchIds the configured merchants
     * @param now where {@code to} is not given
     */
    public Found find(Wanted wanted, List<String> mchIds, Instant now) throws Unavailable {
        return transactions.look(queries ->
                wanted.number().isEmpty() ? byTime(queries, wanted, now) : byNumber(queries, wanted, mchIds));
    }

    private static Found byNumber(AdminTransactions.Queries queries, Wanted wanted, List<String> mchIds)
            throws SQLException {
        List<String> merchants = new ArrayList<>(wanted.mchId().isEmpty() ? mchIds : List.of(wanted.mchId()));
        if (wanted.mchId().isEmpty()) {
            queries.rows(MERCHANTS).forEach(row -> merchants.add(row.word("mch_id")));
        }
        String[] among = merchants.stream().distinct().toArray(String[]::new);
        String number = wanted.number();
        Conditions rest = new Conditions(wanted);
        rest.span(wanted.from(), wanted.to());
        Long id = WholeNumber.parseOrNull(number);
        List<Object> parameters = new ArrayList<>();
        StringBuilder sql = new StringBuilder("SELECT * FROM (");
        each(sql, parameters, "mch_id = ANY (?) AND out_trade_no = ?", rest, among, number);
        each(sql.append(" UNION "), parameters, "transaction_id = ?", rest, number);
        each(
                sql.append(" UNION "),
                parameters,
                "(mch_id, out_trade_no) IN (SELECT r.mch_id, r.out_trade_no FROM payment_refund r"
                        + " WHERE r.mch_id = ANY (?) AND r.out_refund_no = ?) AND out_refund_no = ?",
                rest,
                among,
                number,
                number);
        if (id != null) {
            each(sql.append(" UNION "), parameters, "id = ?", rest, id);
        }
        sql.append(") l ORDER BY id DESC LIMIT ").append(PAGE + 1);
        List<TableRow> rows = queries.rows(sql.toString(), parameters.toArray());
        List<TableRow> refunds = queries.rows(REFUNDS, among, number);
        if (rows.isEmpty() && refunds.isEmpty()) {
            rows = queries.rows(ofUnknownRefund(rest), parameters(number, rest));
        }
        return new Found(queries.rows(ORDERS, among, number), refunds, page(rows), isMore(rows), null);
    }

    /**
     * A refund that no table of ours knows is among what was refused: all of that is read, for no index has its number first. Only the
     * index is read for that, and the rows of those that were found.
     */
    private static String ofUnknownRefund(Conditions rest) {
        return "SELECT " + LISTED
                + " FROM payment_log WHERE id = ANY (ARRAY(SELECT id FROM payment_log WHERE outcome IN "
                + ATTENTION_WORDS + " AND out_refund_no = ?" + rest.sql + " ORDER BY id DESC LIMIT " + (PAGE + 1)
                + ")) ORDER BY id DESC";
    }

    private static Object[] parameters(String number, Conditions rest) {
        List<Object> parameters = new ArrayList<>(List.of(number));
        parameters.addAll(rest.parameters);
        return parameters.toArray();
    }

    private static void each(
            StringBuilder sql, List<Object> parameters, String condition, Conditions rest, Object... own) {
        sql.append("SELECT ").append(LISTED).append(" FROM payment_log WHERE ").append(condition);
        sql.append(rest.sql);
        parameters.addAll(List.of(own));
        parameters.addAll(rest.parameters);
    }

    private static Found byTime(AdminTransactions.Queries queries, Wanted wanted, Instant now) throws SQLException {
        Instant to = wanted.to() == null ? now.plusSeconds(1) : wanted.to();
        Instant least = to.minus(STEP);
        Instant from = wanted.from() == null || wanted.from().isBefore(least) ? least : wanted.from();
        Conditions conditions = new Conditions(wanted);
        if (!wanted.mchId().isEmpty()) {
            conditions.add(" AND mch_id = ?", wanted.mchId());
        }
        conditions.span(from, to);
        List<TableRow> rows = queries.rows(
                String.format(
                        Locale.ROOT,
                        "SELECT %s FROM payment_log WHERE true%s ORDER BY id DESC LIMIT %d",
                        LISTED,
                        conditions.sql,
                        PAGE + 1),
                conditions.parameters.toArray());
        boolean goesOn = !isMore(rows)
                && (wanted.from() == null || wanted.from().isBefore(from))
                && "t".equals(queries.row(OLDER, time(from)).text("older"));
        return new Found(List.of(), List.of(), page(rows), isMore(rows), goesOn ? from : null);
    }

    private static boolean isMore(List<TableRow> rows) {
        return rows.size() > PAGE;
    }

    private static List<TableRow> page(List<TableRow> rows) {
        return isMore(rows) ? rows.subList(0, PAGE) : rows;
    }

    static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** What all rows must be, whatever they were found by. */
    private static final class Conditions {
        private final StringBuilder sql = new StringBuilder();
        private final List<Object> parameters = new ArrayList<>();

        Conditions(Wanted wanted) {
            if (!wanted.account().isEmpty()) {
                add(" AND account = ?", wanted.account());
            }
            if (!wanted.outcome().isEmpty()) {
                add(" AND outcome = ?", wanted.outcome());
            }
            if (wanted.before() != null) {
                add(" AND id < ?", wanted.before());
            }
        }

        void span(@Nullable Instant from, @Nullable Instant to) {
            if (from != null) {
                add(" AND received_at >= ?", time(from));
            }
            if (to != null) {
                add(" AND received_at < ?", time(to));
            }
        }

        final void add(String condition, Object parameter) {
            sql.append(condition);
            parameters.add(parameter);
        }
    }
}
