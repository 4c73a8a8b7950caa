package paynotify.store;

import java.util.List;

/**
 * The statements about bills (contract, section 14). What is worked at has a worker and a lease, so that no two Tomcats
 * fetch a bill, and another takes up what a killed one had. Orders and refunds are found by {@code created_at}, their only
 * index by time, and looked up row by row by their keys (LATERAL and LIMIT), whatever the planner believes. So are lines by
 * their order's number: {@code bill_date + 0} keeps the planner from the primary key, by which it would read whole days.
 */
final class BillSql {
    /** Of a killed Tomcat's work: within 90 s another takes it up (contract, note before section 7). */
    private static final String LEASE = "now() + interval '75 seconds'";
    /** WAITING and UNUSABLE are fetched again. */
    private static final String AGAIN = "interval '30 minutes'";

    private static final String FREE = "(b.leased_until <= now()) IS NOT FALSE";
    private static final String THERE = "state IN ('COMPLETE', 'EMPTY')";
    private static final String OURS = " WHERE mch_id = ? AND bill_date = CAST(? AS date) AND worker = ?";

    /** Parameters: mch_id, account, the first and the last day. */
    static final String ENLIST = "INSERT INTO payment_bill (mch_id, account, bill_date)"
            + " SELECT CAST(? AS text), CAST(? AS text), CAST(d AS date)"
            + " FROM generate_series(CAST(CAST(? AS date) AS timestamp), CAST(CAST(? AS date) AS timestamp),"
            + " interval '1 day') d ON CONFLICT DO NOTHING";
    /** Parameters: worker, account, mch_id, the first and the last day. The oldest first. */
    static final String CLAIM = "UPDATE payment_bill p SET worker = CAST(? AS text), account = CAST(? AS text),"
            + " leased_until = " + LEASE
            + " FROM (SELECT b.mch_id, b.bill_date FROM payment_bill b WHERE b.mch_id = ?"
            + " AND b.bill_date >= CAST(? AS date) AND b.bill_date <= CAST(? AS date)"
            + " AND b.state IN ('WAITING', 'UNUSABLE') AND (b.fetched_at <= now() - " + AGAIN + ") IS NOT FALSE AND "
            + FREE + " ORDER BY b.bill_date LIMIT 1 FOR UPDATE SKIP LOCKED) k"
            + " WHERE p.mch_id = k.mch_id AND p.bill_date = k.bill_date RETURNING p.bill_date";
    /** Parameters: worker, mch_id. A day whose next one is there, so that it can be said what is in no bill. */
    static final String CLAIM_DECISION = "UPDATE payment_bill p SET worker = CAST(? AS text), leased_until = " + LEASE
            + " FROM (SELECT b.mch_id, b.bill_date FROM payment_bill b WHERE b.mch_id = ? AND b.decided_at IS NULL"
            + " AND (b." + THERE + " OR b.no_statement) AND " + FREE
            + " AND EXISTS (SELECT FROM payment_bill n WHERE n.mch_id = b.mch_id AND n.bill_date = b.bill_date + 1"
            + " AND n." + THERE + ") ORDER BY b.bill_date LIMIT 1 FOR UPDATE SKIP LOCKED) k"
            + " WHERE p.mch_id = k.mch_id AND p.bill_date = k.bill_date RETURNING p.bill_date";

    static final String KEEP = "UPDATE payment_bill SET leased_until = " + LEASE + OURS;
    static final String RELEASE = "UPDATE payment_bill SET worker = NULL, leased_until = NULL" + OURS;
    /** Parameters: state, lines, paid_fee, refund_fee, differences, detail, no_statement, key, worker. */
    static final String END = "UPDATE payment_bill SET state = CAST(? AS text), fetched_at = now(),"
            + " lines = CAST(? AS integer), paid_fee = CAST(? AS bigint), refund_fee = CAST(? AS bigint),"
            + " differences = CAST(? AS bigint), detail = CAST(? AS text), no_statement = CAST(? AS boolean),"
            + " worker = NULL, leased_until = NULL" + OURS;
    /** Nothing of the day has been decided any more: what there was is taken out. */
    static final String UNDECIDE = "UPDATE payment_bill SET decided_at = NULL" + OURS;
    /** Parameters: differences, key, worker. */
    static final String DECIDED = "UPDATE payment_bill SET decided_at = now(), worker = NULL, leased_until = NULL,"
            + " differences = coalesce(differences, 0) + CAST(? AS bigint)" + OURS;

    /** Parameters: key, how many. */
    static final String CLEAR_LINES = "DELETE FROM payment_bill_line l USING (SELECT mch_id, bill_date, line"
            + " FROM payment_bill_line WHERE mch_id = ? AND bill_date = CAST(? AS date) LIMIT CAST(? AS integer)) k"
            + " WHERE l.mch_id = k.mch_id AND l.bill_date = k.bill_date AND l.line = k.line";
    /** Parameters: key, whether only of what is in no bill. */
    static final String CLEAR_DIFFERENCES = "DELETE FROM payment_bill_difference WHERE mch_id = ?"
            + " AND bill_date = CAST(? AS date) AND (kind IN ('NOT_IN_BILL', 'REFUND_NOT_IN_BILL')"
            + " OR NOT CAST(? AS boolean))";

    private static final String LINE_COLUMNS = "mch_id, bill_date, line, traded_at, state, sub_mch_id, out_trade_no,"
            + " transaction_id, out_refund_no, refund_id, total_fee, refund_fee, currency, compared";
    static final String COPY = "COPY payment_bill_line (" + LINE_COLUMNS + ") FROM STDIN";
    /** For connections that can't COPY. Parameters: mch_id, bill_date, a column each. */
    static final String ADD_LINES = "INSERT INTO payment_bill_line (" + LINE_COLUMNS + ")"
            + " SELECT CAST(? AS text), CAST(? AS date), k.* FROM unnest(CAST(CAST(? AS bigint[]) AS integer[]),"
            + " CAST(CAST(? AS text[]) AS timestamptz[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]),"
            + " CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]),"
            + " CAST(? AS text[]), CAST(CAST(? AS text[]) AS boolean[])) k";

    /** A payment that was taken back: as if it had not been. */
    private static final String REVOKED = "EXISTS (SELECT FROM payment_bill_line v WHERE v.mch_id = l.mch_id"
            + " AND v.out_trade_no = l.out_trade_no AND v.transaction_id = l.transaction_id AND v.state = 'REVOKED')";
    /**
     * Lines that say something else than the tables. Parameters: mch_id, bill_date, from which line (excluded) to which
     * one (included).
     */
    static final String DIFFERENT = "SELECT l.state, l.out_trade_no, l.out_refund_no, l.transaction_id, l.total_fee,"
            + " l.refund_fee, l.currency, o.status, CAST(o.transaction_id AS text), o.total_fee,"
            + " CAST(o.currency AS text), r.refund_fee"
            + " FROM (SELECT * FROM payment_bill_line WHERE mch_id = ? AND bill_date = CAST(? AS date)"
            + " AND line > CAST(? AS integer) AND line <= CAST(? AS integer) AND compared ORDER BY line) l"
            + " LEFT JOIN LATERAL (SELECT p.* FROM payment_order p WHERE p.mch_id = l.mch_id"
            + " AND p.out_trade_no = l.out_trade_no AND l.state = 'SUCCESS' LIMIT 1) o ON true"
            + " LEFT JOIN LATERAL (SELECT f.* FROM payment_refund f WHERE f.mch_id = l.mch_id"
            + " AND f.out_refund_no = l.out_refund_no AND l.state = 'REFUND' LIMIT 1) r ON true"
            + " WHERE CASE l.state WHEN 'SUCCESS' THEN (o.status = 'PAID' AND o.total_fee = l.total_fee"
            + " AND o.transaction_id = l.transaction_id AND o.currency = l.currency) IS NOT TRUE AND NOT " + REVOKED
            + " WHEN 'REFUND' THEN r.refund_fee IS DISTINCT FROM l.refund_fee ELSE false END";

    /** Parameters: mch_id, bill_date, a column each. */
    static final String ADD_DIFFERENCES = "INSERT INTO payment_bill_difference (mch_id, bill_date, kind,"
            + " out_trade_no, out_refund_no, transaction_id, bill_fee, our_fee, detail)"
            + " SELECT CAST(? AS text), CAST(? AS date), k.* FROM unnest(CAST(? AS text[]), CAST(? AS text[]),"
            + " CAST(? AS text[]), CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS text[])) k";
    /** Section 7: has the sender asked at once. Parameters: mch_id, the orders, their refunds. */
    static final String ASK = "INSERT INTO payment_inquiry (mch_id, out_trade_no, out_refund_no, next_at)"
            + " SELECT DISTINCT CAST(? AS text), k.out_trade_no, k.out_refund_no, now()"
            + " FROM unnest(CAST(? AS text[]), CAST(? AS text[])) AS k (out_trade_no, out_refund_no) ORDER BY 2, 3"
            + " ON CONFLICT (mch_id, out_trade_no, out_refund_no) DO UPDATE SET next_at = now()";

    private static final String CREATED = ".created_at >= CAST(? AS timestamptz) AND ";
    /** Parameters: a span of created_at. */
    static final String COUNT_ORDERS = count("payment_order o", "o");

    static final String COUNT_REFUNDS = count("payment_refund r", "r");

    /**
     * Orders that were paid in a span of time. Only {@code created_at} may choose the index: a merchant's orders are all
     * orders. Parameters: spans of created_at and of paid_at, parts, mch_id.
     */
    private static final String PAID = "WITH paid AS MATERIALIZED (SELECT CAST(o.mch_id AS text) AS mch_id,"
            + " CAST(o.out_trade_no AS text) AS out_trade_no, CAST(o.transaction_id AS text) AS transaction_id,"
            + " o.total_fee FROM payment_order o WHERE o" + CREATED + "o.created_at < CAST(? AS timestamptz)"
            + " AND o.status = 'PAID' AND o.paid_at >= CAST(? AS timestamptz) AND o.paid_at < CAST(? AS timestamptz)"
            + " AND " + part("o.out_trade_no") + ")"
            + " SELECT p.out_trade_no, CAST(NULL AS text), p.transaction_id, p.total_fee FROM paid p";

    static final String PAID_ANY = PAID + " WHERE p.mch_id = ? LIMIT 1";
    /** Further parameters: the first and the last day whose bill may have it. */
    static final String PAID_MISSING = PAID + " LEFT JOIN LATERAL (SELECT true AS there FROM payment_bill_line l"
            + " WHERE l.mch_id = p.mch_id AND l.out_trade_no = p.out_trade_no AND l.state = 'SUCCESS'"
            + " AND l.bill_date + 0 >= CAST(? AS date) AND l.bill_date + 0 <= CAST(? AS date) LIMIT 1) l ON true"
            + " WHERE l.there IS NULL AND p.mch_id = ?";
    /** Parameters: spans of created_at and of refunded_at, parts, mch_id. */
    static final String REFUND_MISSING = "WITH done AS MATERIALIZED (SELECT r.mch_id, r.out_trade_no, r.out_refund_no,"
            + " r.refund_fee FROM payment_refund r WHERE r" + CREATED + "r.created_at < CAST(? AS timestamptz)"
            + " AND r.status = 'SUCCESS' AND r.refunded_at >= CAST(? AS timestamptz)"
            + " AND r.refunded_at < CAST(? AS timestamptz) AND " + part("r.out_refund_no") + ")"
            + " SELECT d.out_trade_no, d.out_refund_no, CAST(NULL AS text), d.refund_fee FROM done d"
            + " LEFT JOIN LATERAL (SELECT true AS there FROM payment_bill_line l WHERE l.mch_id = d.mch_id"
            + " AND l.out_refund_no = d.out_refund_no AND l.out_refund_no IS NOT NULL LIMIT 1) l ON true"
            + " WHERE l.there IS NULL AND d.mch_id = ?";
    /** The first day whose lines we have had. Parameter: mch_id. */
    static final String FIRST_DAY = "SELECT min(bill_date) FROM payment_bill WHERE mch_id = ? AND " + THERE;

    private static final String OF_PAYMENT = " AND l.mch_id = d.mch_id AND l.out_trade_no = d.out_trade_no";
    private static final String GIVEN_BACK = "coalesce((SELECT sum(l.refund_fee) FROM payment_bill_line l"
            + " WHERE l.state IN ('REFUND', 'REVOKED') AND l.transaction_id = d.transaction_id" + OF_PAYMENT
            + "), 0) >= d.bill_fee";
    private static final String TAKEN_BACK = "EXISTS (SELECT FROM payment_bill_line l WHERE l.state = 'REVOKED'"
            + " AND l.transaction_id = d.transaction_id" + OF_PAYMENT + ")";
    private static final String OTHER_CURRENCY = "EXISTS (SELECT FROM payment_bill_line l WHERE l.state = 'SUCCESS'"
            + " AND l.bill_date + 0 = d.bill_date AND l.transaction_id = d.transaction_id AND l.currency <> o.currency"
            + OF_PAYMENT + ")";
    private static final String IN_BILL = "EXISTS (SELECT FROM payment_bill_line l WHERE l.state = 'SUCCESS'"
            + " AND l.bill_date + 0 >= d.bill_date - 1 AND l.bill_date + 0 <= d.bill_date + 1" + OF_PAYMENT + ")";
    private static final String REFUND_IN_BILL = "EXISTS (SELECT FROM payment_bill_line l WHERE l.mch_id = d.mch_id"
            + " AND l.out_refund_no = d.out_refund_no AND l.out_refund_no IS NOT NULL)";
    /**
     * Notes what agrees now, in the order of ids; returns the last id that was looked at. Money that has been given back in
     * full leaves nothing open, but for an order that the shop still holds open. Parameters: behind which id, since which
     * day, how many.
     */
    static final String SETTLE = "WITH k AS MATERIALIZED (SELECT * FROM payment_bill_difference"
            + " WHERE settled_at IS NULL AND id > CAST(? AS bigint) AND bill_date >= CAST(? AS date) ORDER BY id"
            + " LIMIT CAST(? AS integer)),"
            + " agrees AS (SELECT d.id FROM k d"
            + " LEFT JOIN LATERAL (SELECT p.* FROM payment_order p WHERE p.mch_id = d.mch_id"
            + " AND p.out_trade_no = d.out_trade_no LIMIT 1) o ON true"
            + " LEFT JOIN LATERAL (SELECT f.* FROM payment_refund f WHERE f.mch_id = d.mch_id"
            + " AND f.out_refund_no = d.out_refund_no LIMIT 1) r ON true"
            + " WHERE CASE WHEN d.kind IN ('PAID_UNKNOWN', 'PAID_PENDING', 'AMOUNT', 'TRANSACTION')"
            + " THEN (o.status = 'PAID' AND o.total_fee = d.bill_fee AND o.transaction_id = d.transaction_id AND NOT "
            + OTHER_CURRENCY + ") OR " + TAKEN_BACK
            + " OR ((d.kind <> 'PAID_PENDING' OR o.status = 'CLOSED') AND d.kind <> 'AMOUNT' AND " + GIVEN_BACK + ")"
            + " WHEN d.kind = 'NOT_IN_BILL' THEN (o.status = 'PAID') IS NOT TRUE OR " + IN_BILL
            + " WHEN d.kind IN ('REFUND_UNKNOWN', 'REFUND_AMOUNT') THEN r.refund_fee = d.bill_fee"
            + " WHEN d.kind = 'REFUND_NOT_IN_BILL' THEN (r.status = 'SUCCESS') IS NOT TRUE OR " + REFUND_IN_BILL
            + " END),"
            + " done AS (UPDATE payment_bill_difference u SET settled_at = now() FROM agrees"
            + " WHERE u.id = agrees.id AND u.settled_at IS NULL)"
            + " SELECT max(id) FROM k";
    /**
     * Lines that are too old, but for those by which it is still to be decided what is in no bill. Parameters: before
     * which day, since which day something may be open, how many.
     */
    static final String FORGET = "DELETE FROM payment_bill_line l USING (SELECT x.mch_id, x.bill_date, x.line"
            + " FROM (SELECT m.mch_id, least(CAST(? AS date), (SELECT min(b.bill_date) - 1 FROM payment_bill b"
            + " WHERE b.mch_id = m.mch_id AND b.decided_at IS NULL AND b.bill_date >= CAST(? AS date))) AS before"
            + " FROM (SELECT mch_id FROM payment_bill UNION SELECT unnest(CAST(? AS text[]))) m) m"
            + " CROSS JOIN LATERAL (SELECT i.mch_id, i.bill_date, i.line FROM payment_bill_line i"
            + " WHERE i.mch_id = m.mch_id AND i.bill_date < m.before LIMIT CAST(? AS integer)) x) k"
            + " WHERE l.mch_id = k.mch_id AND l.bill_date = k.bill_date AND l.line = k.line";

    /** All that must be allowed. */
    static final List<String> STATEMENTS = List.of(
            ENLIST,
            CLAIM,
            CLAIM_DECISION,
            KEEP,
            RELEASE,
            END,
            UNDECIDE,
            DECIDED,
            CLEAR_LINES,
            CLEAR_DIFFERENCES,
            ADD_LINES,
            DIFFERENT,
            ADD_DIFFERENCES,
            ASK,
            COUNT_ORDERS,
            COUNT_REFUNDS,
            PAID_ANY,
            PAID_MISSING,
            REFUND_MISSING,
            FIRST_DAY,
            SETTLE,
            FORGET);

    private BillSql() {}

    /** A part of a span that holds too many rows for one statement. Parameters: how many parts, which one. */
    private static String part(String number) {
        return "mod(abs(CAST(hashtext(CAST(" + number
                + " AS text)) AS bigint)), CAST(? AS bigint)) = CAST(? AS bigint)";
    }

    private static String count(String table, String alias) {
        return "SELECT count(*) FROM (SELECT FROM " + table + " WHERE " + alias + CREATED + alias
                + ".created_at < CAST(? AS timestamptz) LIMIT " + (MissingInBills.ROWS_MAX + 1) + ") c";
    }
}
