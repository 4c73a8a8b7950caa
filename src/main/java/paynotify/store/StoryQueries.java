package paynotify.store;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that the tables know of one order, and of one row of the log. Thread-safe. */
public final class StoryQueries {
    /** So many rows of each table: more of one order nobody reads. */
    public static final int ROWS_MAX = 200;

    private static final String OF_ORDER = " WHERE mch_id = ? AND out_trade_no = ?";
    private static final String ORDER = "SELECT CAST(o.mch_id AS text) AS mch_id,"
            + " CAST(o.out_trade_no AS text) AS out_trade_no, CAST(o.total_fee AS bigint) AS total_fee,"
            + " CAST(o.currency AS text) AS currency, CAST(o.status AS text) AS status,"
            + " CAST(o.transaction_id AS text) AS transaction_id, CAST(o.payer AS text) AS payer,"
            + " CAST(o.created_at AS timestamptz) AS created_at, CAST(o.paid_at AS timestamptz) AS paid_at"
            + " FROM payment_order o" + OF_ORDER;
    // The newest of them, should there be more.
    private static final String LOG = "SELECT id, received_at, account, channel, source, event, out_refund_no,"
            + " transaction_id, total_fee, currency, outcome, left(detail, 300) AS detail, took_us FROM payment_log"
            + OF_ORDER + " ORDER BY id DESC LIMIT " + ROWS_MAX;
    private static final String REFUNDS =
            "SELECT * FROM payment_refund" + OF_ORDER + " ORDER BY created_at DESC, out_refund_no LIMIT " + ROWS_MAX;
    private static final String INQUIRIES =
            "SELECT * FROM payment_inquiry" + OF_ORDER + " ORDER BY out_refund_no LIMIT " + ROWS_MAX;
    private static final String EVENTS =
            "SELECT * FROM payment_event" + OF_ORDER + " ORDER BY id DESC LIMIT " + ROWS_MAX;
    private static final String BILL_LINES =
            "SELECT * FROM payment_bill_line" + OF_ORDER + " ORDER BY bill_date, line LIMIT " + ROWS_MAX;
    private static final String DIFFERENCES =
            "SELECT * FROM payment_bill_difference" + OF_ORDER + " ORDER BY id DESC LIMIT " + ROWS_MAX;
    private static final String CASES =
            "SELECT * FROM payment_attention" + OF_ORDER + " ORDER BY log_id DESC LIMIT " + ROWS_MAX;
    private static final String DONE =
            "SELECT * FROM payment_attention_done" + OF_ORDER + " ORDER BY done_at LIMIT " + ROWS_MAX;
    private static final String REPLAYS = "SELECT * FROM payment_replay"
            + " WHERE log_id = ANY (CAST(CAST(? AS text[]) AS bigint[])) ORDER BY requested_at LIMIT " + ROWS_MAX;
    private static final String ROW = "SELECT * FROM payment_log WHERE id = ?";

    private final AdminTransactions transactions;

    /**
     * All rows about one order.
     *
     * @param order null where there is none
     * @param log the newest first
     */
    public record Story(
            @Nullable TableRow order,
            List<TableRow> log,
            List<TableRow> refunds,
            List<TableRow> inquiries,
            List<TableRow> replays,
            List<TableRow> events,
            List<TableRow> billLines,
            List<TableRow> differences,
            List<TableRow> cases,
            List<TableRow> done) {}

    /**
     * One row of the log.
     *
     * @param replay null where nobody has asked for it
     */
    public record LogRow(TableRow row, @Nullable TableRow replay) {}

    StoryQueries(AdminTransactions transactions) {
        this.transactions = transactions;
    }

    public Story story(String mchId, String outTradeNo) throws Unavailable {
        return transactions.look(queries -> {
            List<TableRow> log = queries.rows(LOG, mchId, outTradeNo);
            return new Story(
                    queries.rows(ORDER, mchId, outTradeNo).stream().findFirst().orElse(null),
                    log,
                    queries.rows(REFUNDS, mchId, outTradeNo),
                    queries.rows(INQUIRIES, mchId, outTradeNo),
                    replays(queries, log),
                    queries.rows(EVENTS, mchId, outTradeNo),
                    queries.rows(BILL_LINES, mchId, outTradeNo),
                    queries.rows(DIFFERENCES, mchId, outTradeNo),
                    queries.rows(CASES, mchId, outTradeNo),
                    queries.rows(DONE, mchId, outTradeNo));
        });
    }

    /** Returns null if there is no such row. */
    public @Nullable LogRow row(long id) throws Unavailable {
        List<LogRow> found = transactions.look(queries -> {
            List<TableRow> rows = queries.rows(ROW, id);
            return rows.isEmpty()
                    ? List.of()
                    : List.of(new LogRow(
                            rows.get(0),
                            replays(queries, rows).stream().findFirst().orElse(null)));
        });
        return found.isEmpty() ? null : found.get(0);
    }

    private static List<TableRow> replays(AdminTransactions.Queries queries, List<TableRow> log) throws SQLException {
        return queries.rows(
                REPLAYS, (Object) log.stream().map(row -> row.word("id")).toArray(String[]::new));
    }
}
