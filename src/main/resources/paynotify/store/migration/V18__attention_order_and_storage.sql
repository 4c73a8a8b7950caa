-- Contract, section 9. The view's columns and cases are those of V15; its rows come in the order in which most ask for them.
CREATE OR REPLACE VIEW payment_attention AS
SELECT c.mch_id, c.out_trade_no, c.out_refund_no, c.transaction_id, c.outcome,
    -- Not a join: where nobody asks for it, or for the first hundred only, it is not read.
    (SELECT l.detail FROM payment_log l WHERE l.id = c.log_id AND l.received_at = c.log_at) AS detail, c.total_fee, c.first_at, c.last_at,
    c.times, c.log_id
FROM (
    -- What was paid by a transaction, and what was given back of it.
    SELECT t.*, f.status AS refund_status,
        max(t.total_fee) FILTER (WHERE t.out_refund_no = '') OVER of_transaction AS paid_fee,
        sum(t.total_fee) FILTER (WHERE f.succeeded) OVER of_transaction AS refunded_fee
    FROM (
        -- One row for each case. All that is read here stands in the index.
        SELECT r.mch_id, r.out_trade_no, coalesce(r.out_refund_no, '') AS out_refund_no,
            coalesce(r.transaction_id, '') AS transaction_id, d.done_at,
            (array_agg(r.outcome ORDER BY r.id DESC))[1] AS outcome,
            (array_agg(r.total_fee ORDER BY r.id DESC))[1] AS total_fee,
            (array_agg(r.received_at ORDER BY r.id DESC))[1] AS log_at,
            min(r.received_at) AS first_at, max(r.received_at) AS last_at, count(*) AS times, max(r.id) AS log_id,
            (array_agg(r.outcome ORDER BY r.id DESC) FILTER (WHERE r.received_at <= d.done_at))[1] AS outcome_before_done,
            array_agg(r.outcome) FILTER (WHERE r.received_at > d.done_at) AS outcomes_after_done
        FROM payment_log r
        LEFT JOIN payment_attention_done d ON d.mch_id = r.mch_id AND d.out_trade_no = r.out_trade_no
            AND d.out_refund_no = coalesce(r.out_refund_no, '') AND d.transaction_id = coalesce(r.transaction_id, '')
        WHERE r.outcome IN ('UNKNOWN_ORDER', 'AMOUNT_MISMATCH', 'ORDER_CLOSED', 'CONFLICT', 'REFUNDED', 'WRONG_MERCHANT')
            AND r.event IS NOT NULL
            -- Elsewhere one key signs for many merchants: then it is somebody else's payment.
            AND (r.outcome <> 'WRONG_MERCHANT' OR r.channel IN ('wechat-v2', 'wechat-v3'))
        GROUP BY r.mch_id, r.out_trade_no, coalesce(r.out_refund_no, ''), coalesce(r.transaction_id, ''), d.done_at) t
    LEFT JOIN (
        -- What the sender says of each refund. It stands in the detail since V15; before, it most likely was a success.
        SELECT s.mch_id, s.out_trade_no, s.out_refund_no, s.transaction_id,
            (array_agg(s.status ORDER BY s.id DESC))[1] AS status, bool_or(s.status = 'SUCCESS') AS succeeded
        FROM (
            SELECT e.mch_id, e.out_trade_no, coalesce(e.out_refund_no, '') AS out_refund_no,
                coalesce(e.transaction_id, '') AS transaction_id, e.id,
                coalesce(substring(e.detail FROM '; the refund is (SUCCESS|ABNORMAL|CLOSED)'), 'SUCCESS') AS status
            FROM payment_log e
            WHERE e.event = 'REFUND' AND e.outcome IN (
                'UNKNOWN_ORDER', 'AMOUNT_MISMATCH', 'ORDER_CLOSED', 'CONFLICT', 'REFUNDED', 'WRONG_MERCHANT')) s
        GROUP BY s.mch_id, s.out_trade_no, s.out_refund_no, s.transaction_id) f
        ON f.mch_id = t.mch_id AND f.out_trade_no = t.out_trade_no AND f.out_refund_no = t.out_refund_no
            AND f.transaction_id = t.transaction_id
    WINDOW of_transaction AS (PARTITION BY t.mch_id, t.out_trade_no, t.transaction_id)
    -- For ORDER BY last_at DESC LIMIT n: no further order is looked up than it takes to find n cases that are open.
    ORDER BY t.last_at DESC, t.log_id DESC) c
WHERE (c.done_at IS NULL OR NOT coalesce(c.outcomes_after_done, '{}') <@ ARRAY[c.outcome_before_done])
    -- OFFSET 0: looked up case by case, whatever the planner believes of their number.
    AND NOT EXISTS (
        SELECT FROM payment_order p
        WHERE c.out_refund_no = '' AND p.mch_id = c.mch_id AND p.out_trade_no = c.out_trade_no
            AND (p.status = 'PAID' AND coalesce(p.transaction_id, '') = c.transaction_id
                OR p.status = 'CLOSED' AND c.outcome = 'REFUNDED') OFFSET 0)
    -- A success comes after everything.
    AND NOT EXISTS (
        SELECT FROM payment_refund p
        WHERE c.out_refund_no <> '' AND p.mch_id = c.mch_id AND p.out_refund_no = c.out_refund_no
            AND p.out_trade_no = c.out_trade_no AND p.status IN (c.refund_status, 'SUCCESS') OFFSET 0)
    AND (c.transaction_id <> '' AND c.refunded_fee >= c.paid_fee) IS NOT TRUE
    -- Its refunds may have been applied while the order was PAID: those are not among what needs attention.
    AND (CASE WHEN c.outcome = 'REFUNDED' AND c.transaction_id <> '' THEN (
        SELECT sum(g.total_fee) FROM (
            SELECT DISTINCT ON (e.out_refund_no) e.total_fee FROM payment_log e
            WHERE e.transaction_id = c.transaction_id AND e.mch_id = c.mch_id AND e.event = 'REFUND'
                AND e.outcome IN ('APPLIED', 'DUPLICATE', 'UNKNOWN_ORDER', 'AMOUNT_MISMATCH', 'ORDER_CLOSED', 'CONFLICT')
                AND coalesce(substring(e.detail FROM '; the refund is (SUCCESS|ABNORMAL|CLOSED)'), 'SUCCESS') = 'SUCCESS'
            ORDER BY e.out_refund_no) g) >= c.total_fee END) IS NOT TRUE;

-- An order grows when it is paid. With room in its page, its new version stays there, and the indexes are not written. A view or
-- a table of the shop's is the shop's to tune.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass('payment_order') AND c.relkind = 'r'
            AND pg_has_role(c.relowner, 'USAGE') AND coalesce(array_to_string(c.reloptions, ','), '') !~ '(^|,)fillfactor=') THEN
        ALTER TABLE payment_order SET (fillfactor = 70);
    END IF;
END
$$;

-- Large bodies only: a row of less than 2 KB is never compressed. Not each server is built with lz4. Months that are made later
-- are like payment_log; the others are told one by one. Rows that are there already stay as they are.
DO $$
DECLARE
    part regclass;
BEGIN
    IF 'lz4' = ANY (SELECT unnest(enumvals) FROM pg_settings WHERE name = 'default_toast_compression') THEN
        FOR part IN SELECT 'payment_log'::regclass UNION ALL
                SELECT inhrelid FROM pg_inherits WHERE inhparent = 'payment_log'::regclass LOOP
            EXECUTE format('ALTER TABLE %s ALTER body SET COMPRESSION lz4, ALTER headers SET COMPRESSION lz4', part);
        END LOOP;
    END IF;
END
$$;
