package paynotify.store;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lists of what is open: cases, questions, events, bills and their differences; pages by key. Thread-safe. */
public final class ListQueries {
    public static final int PAGE = 50;

    private static final int LIMIT = PAGE + 1;

    private static final String CASES =
            "SELECT * FROM payment_attention WHERE (CAST(? AS bigint) IS NULL OR log_id < ?)"
                    + " ORDER BY log_id DESC LIMIT " + LIMIT;
    private static final String INQUIRIES =
            "SELECT mch_id, out_trade_no, out_refund_no, next_at, tries, asked_at, answer,"
                    + " left(detail, 300) AS detail, next_at IS DISTINCT FROM planned_at AS requested FROM payment_inquiry"
                    + " WHERE next_at IS NOT NULL AND (CAST(? AS text) IS NULL"
                    + " OR (next_at, mch_id, out_trade_no, out_refund_no) > (CAST(? AS timestamptz), ?, ?, ?))"
                    + " ORDER BY next_at, mch_id, out_trade_no, out_refund_no LIMIT " + LIMIT;
    private static final String EVENT =
            "SELECT id, type, account, mch_id, out_trade_no, out_refund_no, total_fee, currency,"
                    + " outcome, created_at, delivered_at, next_at, tries, last_status, left(last_error, 300) AS last_error"
                    + " FROM payment_event";
    private static final String EVENTS = EVENT + " WHERE next_at IS NOT NULL AND (CAST(? AS bigint) IS NULL OR id > ?)"
            + " ORDER BY id LIMIT " + LIMIT;
    private static final String GIVEN_UP = EVENT + " WHERE next_at IS NULL AND delivered_at IS NULL AND tries > 0"
            + " AND created_at > now() - interval '7 days' ORDER BY created_at DESC LIMIT " + LIMIT;
    private static final String BILLS = "SELECT * FROM payment_bill WHERE (CAST(? AS date) IS NULL"
            + " OR (bill_date, mch_id) < (?, ?)) ORDER BY bill_date DESC, mch_id DESC LIMIT " + LIMIT;
    private static final String DIFFERENCE = "SELECT id, mch_id, bill_date, kind, out_trade_no, out_refund_no,"
            + " transaction_id, bill_fee, our_fee, left(detail, 300) AS detail, found_at, settled_at"
            + " FROM payment_bill_difference";
    private static final String OPEN_DIFFERENCES = DIFFERENCE
            + " WHERE settled_at IS NULL AND (CAST(? AS bigint) IS NULL OR id < ?) ORDER BY id DESC LIMIT " + LIMIT;
    private static final String DIFFERENCES_OF_BILL = DIFFERENCE
            + " WHERE mch_id = ? AND bill_date = ? AND (CAST(? AS bigint) IS NULL OR id < ?) ORDER BY id DESC LIMIT "
            + LIMIT;

    private final AdminTransactions transactions;

    /**
     * Some of a list's rows.
     *
     * @param more whether there are further ones after the last of these
     */
    public record Page(List<TableRow> rows, boolean more) {}

    /** Questions that wait are listed by this. */
    public record InquiryKey(String nextAt, String mchId, String outTradeNo, String outRefundNo) {}

    /** Bills are listed by this. */
    public record BillKey(LocalDate date, String mchId) {}

    ListQueries(AdminTransactions transactions) {
        this.transactions = transactions;
    }

    /**
     * Cases, the newest first.
     *
     * @param before a case's log_id: only older ones; null for the newest
     */
    public Page cases(@Nullable Long before) throws Unavailable {
        return transactions.look(queries -> page(queries.rows(CASES, before, before)));
    }

    /**
     * Questions, in the order in which they are due.
     *
     * @param after only later ones; null for the first
     */
    public Page inquiries(@Nullable InquiryKey after) throws Unavailable {
        String at = after == null ? null : after.nextAt();
        return transactions.look(queries -> page(queries.rows(
                INQUIRIES,
                at,
                at,
                after == null ? "" : after.mchId(),
                after == null ? "" : after.outTradeNo(),
                after == null ? "" : after.outRefundNo())));
    }

    /**
     * Events that wait, the oldest first.
     *
     * @param after an event's id: only later ones; null for the first
     */
    public Page events(@Nullable Long after) throws Unavailable {
        return transactions.look(queries -> page(queries.rows(EVENTS, after, after)));
    }

    /** Events of the last days that are not tried any more, the newest first. */
    public Page eventsGivenUp() throws Unavailable {
        return transactions.look(queries -> page(queries.rows(GIVEN_UP)));
    }

    /**
     * Bills, the newest first.
     *
     * @param before only earlier ones; null for the newest
     */
    public Page bills(@Nullable BillKey before) throws Unavailable {
        LocalDate date = before == null ? null : before.date();
        return transactions.look(
                queries -> page(queries.rows(BILLS, date, date, before == null ? "" : before.mchId())));
    }

    /**
     * Differences, the newest first.
     *
     * @param bill of one bill, settled or not; null for the open ones of all
     * @param before a difference's id: only older ones; null for the newest
     */
    public Page differences(@Nullable BillKey bill, @Nullable Long before) throws Unavailable {
        return transactions.look(queries -> page(
                bill == null
                        ? queries.rows(OPEN_DIFFERENCES, before, before)
                        : queries.rows(DIFFERENCES_OF_BILL, bill.mchId(), bill.date(), before, before)));
    }

    private static Page page(List<TableRow> rows) {
        return rows.size() > PAGE ? new Page(rows.subList(0, PAGE), true) : new Page(rows, false);
    }
}
