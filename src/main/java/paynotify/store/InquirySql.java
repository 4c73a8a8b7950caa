package paynotify.store;

import java.util.List;

/**
 * The statements about {@code payment_inquiry}. What is due is told apart by {@code planned_at}: where it equals
 * {@code next_at} we have planned it ourselves; where it doesn't, somebody has written {@code next_at} by SQL and asks.
 *
 * <p>A row that is under way has a lease: if its Tomcat doesn't come back, another asks. What is written into
 * {@code next_at} meanwhile is told by its being another than at the claim, and stays.
 */
final class InquirySql {
    /** Of a killed Tomcat's questions: within 90 s another asks them (contract, note before section 7). */
    private static final String LEASE = "interval '75 seconds'";
    /** Rows that nobody has asked about for so long are deleted (contract, section 7). */
    private static final String KEPT = "interval '30 days'";

    private static final String KEY =
            "i.mch_id = k.mch_id AND i.out_trade_no = k.out_trade_no" + " AND i.out_refund_no = k.out_refund_no";
    private static final String PLANNED = "i.next_at = i.planned_at";
    private static final String REQUESTED = "i.next_at IS NOT NULL AND i.next_at IS DISTINCT FROM i.planned_at";
    /**
     * The order of a row, and its refund where it is about one. LATERAL and LIMIT, so that they are found row by row by
     * their keys, whatever the planner believes of the number of rows.
     */
    private static final String ORDER_AND_REFUND =
            " LEFT JOIN LATERAL (SELECT o.* FROM payment_order o WHERE o.mch_id = i.mch_id"
                    + " AND o.out_trade_no = i.out_trade_no LIMIT 1) o ON true"
                    + " LEFT JOIN LATERAL (SELECT r.* FROM payment_refund r WHERE r.mch_id = i.mch_id"
                    + " AND r.out_refund_no = i.out_refund_no AND i.out_refund_no <> '' LIMIT 1) r ON true";

    private static final String OF_ORDER = " FROM payment_inquiry i" + ORDER_AND_REFUND;

    private static final String CREATED_AT = "CASE WHEN i.out_refund_no = '' THEN o.created_at ELSE r.created_at END";
    /** Whether an answer could still change something; not by itself where nobody knows how old it is. */
    private static final String WAITS = "coalesce(CASE WHEN i.out_refund_no = ''"
            + " THEN o.status = 'PENDING' AND o.created_at <= now()"
            + " ELSE r.status = 'PENDING' AND o.status = 'PAID' AND r.created_at <= now() END, false)";

    static final String LEASE_ROWS = "UPDATE payment_inquiry i SET leased_until = k.lease"
            + " FROM unnest(CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]),"
            + " CAST(CAST(? AS text[]) AS timestamptz[])) AS k (mch_id, out_trade_no, out_refund_no, lease) WHERE "
            + KEY;
    /** What has been paid, closed or decided meanwhile; what was never asked about leaves no trace. */
    static final String PUT_ASIDE = "WITH k AS (SELECT * FROM unnest(CAST(? AS text[]), CAST(? AS text[]),"
            + " CAST(? AS text[])) AS k (mch_id, out_trade_no, out_refund_no)),"
            + " gone AS (DELETE FROM payment_inquiry i USING k WHERE " + KEY + " AND i.asked_at IS NULL)"
            + " UPDATE payment_inquiry i SET next_at = NULL, planned_at = now() FROM k WHERE " + KEY
            + " AND i.asked_at IS NOT NULL";

    static final String RELEASE = "UPDATE payment_inquiry i SET leased_until = NULL"
            + " WHERE i.mch_id = ? AND i.out_trade_no = ? AND i.out_refund_no = ? AND i.leased_until = ?";
    static final String FORGET = "DELETE FROM payment_inquiry i USING (SELECT mch_id, out_trade_no, out_refund_no"
            + " FROM payment_inquiry WHERE next_at IS NULL AND coalesce(asked_at, planned_at) < now() - " + KEPT
            + " LIMIT 1000 FOR UPDATE SKIP LOCKED) k WHERE " + KEY;

    private InquirySql() {}

    /** All that must be allowed, as every {@code payment_order} allows it. */
    static List<String> statements() {
        OrderColumns none = OrderColumns.NONE;
        return List.of(
                candidates(true, 1, none),
                candidates(false, 1, none),
                LEASE_ROWS,
                PUT_ASIDE,
                RELEASE,
                FORGET,
                answered(),
                adopt(none),
                abandon());
    }

    /** Parameter: the asking account's mch-id. The limit is none, for the plan depends on it. */
    static String candidates(boolean requested, int most, OrderColumns columns) {
        return "SELECT i.mch_id, i.out_trade_no, i.out_refund_no, now() + " + LEASE + ", " + WAITS + ", " + CREATED_AT
                + ", " + columns.subMchId() + ", " + columns.combineOutTradeNo() + ", i.next_at" + OF_ORDER
                + " WHERE i.asked_by = ? AND i.next_at <= now() AND " + (requested ? REQUESTED : PLANNED)
                + " AND (i.leased_until <= now()) IS NOT FALSE"
                + " ORDER BY i.next_at" + (requested ? "" : " DESC") + " LIMIT " + most
                + " FOR UPDATE OF i SKIP LOCKED";
    }

    /**
     * Parameters: what comes next (STAYS, AGE, SOON, or NEVER), the ages in seconds, the last of them, the answer's word
     * and detail, next_at at the claim, the lease, the row's key. SOON is 30 s, then doubling: how long it was is what has
     * passed since.
     */
    static String answered() {
        String age = "created_at + age * interval '1 second'";
        return "WITH w AS (SELECT i.mch_id, i.out_trade_no, i.out_refund_no, CAST(? AS text) AS next,"
                + " CASE WHEN " + WAITS + " THEN " + CREATED_AT + " END AS created_at,"
                + " i.answer AS answered, i.asked_at,"
                + " CAST(? AS bigint[]) AS ages, CAST(? AS bigint) AS last, CAST(? AS text) AS answer,"
                + " CAST(? AS text) AS detail, CAST(? AS timestamptz) AS claimed, CAST(? AS timestamptz) AS lease"
                + OF_ORDER
                + " WHERE i.mch_id = ? AND i.out_trade_no = ? AND i.out_refund_no = ?),"
                + " k AS (SELECT w.*, CASE next WHEN 'STAYS' THEN claimed"
                + " WHEN 'AGE' THEN (SELECT min(" + age + ") FROM unnest(ages) AS age WHERE " + age + " > now())"
                + " WHEN 'SOON' THEN (SELECT soon FROM (SELECT now() + greatest(interval '30 seconds',"
                // The same as before, or another way of being unbelievable.
                + " CASE WHEN answered = answer OR answered IN ('BAD_SIGNATURE', 'OTHER_ORDER', 'TOO_LARGE', 'MALFORMED')"
                + " THEN 2 * (now() - asked_at) END) AS soon) s"
                + " WHERE soon <= created_at + last * interval '1 second')"
                + " END AS at FROM w)"
                + " UPDATE payment_inquiry i SET tries = i.tries + 1, asked_at = now(), answer = k.answer,"
                + " detail = k.detail,"
                + " next_at = CASE WHEN i.next_at = k.claimed THEN k.at ELSE i.next_at END,"
                // A request that met a sender who is down is still one.
                + " planned_at = CASE WHEN k.next = 'STAYS' THEN i.planned_at ELSE k.at END,"
                + " leased_until = CASE WHEN i.leased_until = k.lease THEN NULL ELSE i.leased_until END"
                + " FROM k WHERE " + KEY;
    }

    /**
     * Finds out who asks about what somebody has requested. Parameters: the mch-ids of the accounts that inquire, twice.
     */
    static String adopt(OrderColumns columns) {
        String asker = "CASE WHEN i.out_refund_no = '' THEN coalesce(" + columns.combineMchId()
                + ", i.mch_id) ELSE i.mch_id END";
        // In the order of its index, backwards, so that what nobody has taken up comes first. Without that order and
        // LIMIT
        // the planner reads the whole table, whatever few rows there are.
        return "WITH q AS MATERIALIZED (SELECT i.mch_id, i.out_trade_no, i.out_refund_no, i.asked_by"
                + " FROM payment_inquiry i WHERE " + REQUESTED
                + " ORDER BY i.asked_by DESC, i.next_at DESC LIMIT 500),"
                + " k AS (SELECT i.mch_id, i.out_trade_no, i.out_refund_no, " + asker + " AS asker, " + asker
                + " = ANY (CAST(? AS text[])) AS known FROM q CROSS JOIN LATERAL (SELECT i.* FROM payment_inquiry i"
                + " WHERE i.mch_id = q.mch_id AND i.out_trade_no = q.out_trade_no AND i.out_refund_no = q.out_refund_no"
                + " AND " + REQUESTED + " LIMIT 1 FOR UPDATE SKIP LOCKED) i" + ORDER_AND_REFUND
                + " WHERE (q.asked_by = ANY (CAST(? AS text[]))) IS NOT TRUE)"
                + " UPDATE payment_inquiry i SET asked_by = CASE WHEN k.known THEN k.asker END,"
                + " next_at = CASE WHEN k.known THEN i.next_at END,"
                + " planned_at = CASE WHEN k.known THEN i.planned_at ELSE now() END,"
                + " detail = CASE WHEN k.known THEN i.detail ELSE " + noAccount("k.asker") + " END"
                + " FROM k WHERE " + KEY;
    }

    /** What was planned for accounts that do not inquire any more. Parameter: the mch-ids of those that do. */
    static String abandon() {
        return "UPDATE payment_inquiry i SET next_at = NULL, planned_at = now(), detail = " + noAccount("i.asked_by")
                + " FROM (SELECT mch_id, out_trade_no, out_refund_no FROM payment_inquiry i WHERE " + PLANNED
                + " AND (i.asked_by = ANY (CAST(? AS text[]))) IS NOT TRUE LIMIT 1000 FOR UPDATE SKIP LOCKED) k WHERE "
                + KEY;
    }

    private static String noAccount(String mchId) {
        return "'expected an account that inquires for mch_id ' || quote_literal(" + mchId + ") || ', found none'";
    }
}
