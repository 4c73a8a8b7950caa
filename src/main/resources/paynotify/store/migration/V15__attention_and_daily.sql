-- Contract, section 9: what a DBA asks. Both views read payment_log by V13's indexes and keep nothing of their own, so a
-- callback pays nothing for them.
CREATE TABLE payment_attention_done (
    mch_id         text        NOT NULL,
    out_trade_no   text        NOT NULL,
    out_refund_no  text        NOT NULL DEFAULT '',
    transaction_id text        NOT NULL DEFAULT '',
    done_by        text        NOT NULL DEFAULT current_user,
    done_at        timestamptz NOT NULL DEFAULT now(),
    remark         text,
    PRIMARY KEY (mch_id, out_trade_no, out_refund_no, transaction_id)
);

COMMENT ON TABLE payment_attention_done IS
    'Cases of payment_attention that somebody has seen to. Told again with another outcome after that, it is a case again.';
COMMENT ON COLUMN payment_attention_done.mch_id IS 'Of the case';
COMMENT ON COLUMN payment_attention_done.out_trade_no IS 'Of the case';
COMMENT ON COLUMN payment_attention_done.out_refund_no IS 'Of the case; empty for a payment';
COMMENT ON COLUMN payment_attention_done.transaction_id IS 'Of the case; empty where the sender gives none';
COMMENT ON COLUMN payment_attention_done.done_by IS 'Who has seen to it';
COMMENT ON COLUMN payment_attention_done.done_at IS 'When';
COMMENT ON COLUMN payment_attention_done.remark IS 'What was done';

CREATE VIEW payment_attention AS
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
    WINDOW of_transaction AS (PARTITION BY t.mch_id, t.out_trade_no, t.transaction_id)) c
-- LATERAL and LIMIT: looked up case by case, whatever the planner believes of their number.
LEFT JOIN LATERAL (
    SELECT p.status, coalesce(p.transaction_id, '') AS transaction_id FROM payment_order p
    WHERE c.out_refund_no = '' AND p.mch_id = c.mch_id AND p.out_trade_no = c.out_trade_no LIMIT 1) o ON true
LEFT JOIN LATERAL (
    SELECT p.status FROM payment_refund p
    WHERE c.out_refund_no <> '' AND p.mch_id = c.mch_id AND p.out_refund_no = c.out_refund_no
        AND p.out_trade_no = c.out_trade_no LIMIT 1) r ON true
WHERE (c.done_at IS NULL OR NOT coalesce(c.outcomes_after_done, '{}') <@ ARRAY[c.outcome_before_done])
    AND (o.status = 'PAID' AND o.transaction_id = c.transaction_id) IS NOT TRUE
    AND (o.status = 'CLOSED' AND c.outcome = 'REFUNDED') IS NOT TRUE
    -- A success comes after everything.
    AND (r.status IN (c.refund_status, 'SUCCESS')) IS NOT TRUE
    AND (c.transaction_id <> '' AND c.refunded_fee >= c.paid_fee) IS NOT TRUE
    -- Its refunds may have been applied while the order was PAID: those are not among what needs attention.
    AND (CASE WHEN c.outcome = 'REFUNDED' AND c.transaction_id <> '' THEN (
        SELECT sum(g.total_fee) FROM (
            SELECT DISTINCT ON (e.out_refund_no) e.total_fee FROM payment_log e
            WHERE e.transaction_id = c.transaction_id AND e.mch_id = c.mch_id AND e.event = 'REFUND'
                AND e.outcome IN ('APPLIED', 'DUPLICATE', 'UNKNOWN_ORDER', 'AMOUNT_MISMATCH', 'ORDER_CLOSED', 'CONFLICT')
                AND coalesce(substring(e.detail FROM '; the refund is (SUCCESS|ABNORMAL|CLOSED)'), 'SUCCESS') = 'SUCCESS'
            ORDER BY e.out_refund_no) g) >= c.total_fee END) IS NOT TRUE;

COMMENT ON VIEW payment_attention IS
    'Verified payments and refunds that were not applied and still are not: one row for each case, until it is settled or marked in payment_attention_done';
COMMENT ON COLUMN payment_attention.mch_id IS 'The merchant number, as told';
COMMENT ON COLUMN payment_attention.out_trade_no IS 'The order''s number, as told';
COMMENT ON COLUMN payment_attention.out_refund_no IS 'The refund''s number; empty for a payment';
COMMENT ON COLUMN payment_attention.transaction_id IS 'The sender''s number of the payment; empty where there is none';
COMMENT ON COLUMN payment_attention.outcome IS 'What became of it, the last time';
COMMENT ON COLUMN payment_attention.detail IS 'Why, in one sentence, the last time';
COMMENT ON COLUMN payment_attention.total_fee IS 'The amount in fen; of a refund, the refund''s';
COMMENT ON COLUMN payment_attention.first_at IS 'When it was told first';
COMMENT ON COLUMN payment_attention.last_at IS 'When it was told last';
COMMENT ON COLUMN payment_attention.times IS 'How often it was told';
COMMENT ON COLUMN payment_attention.log_id IS 'payment_log.id of the last time';

CREATE VIEW payment_daily AS
SELECT (received_at AT TIME ZONE 'Asia/Shanghai')::date AS day, account, channel, source, event, outcome,
    count(*) AS callbacks, sum(total_fee)::bigint AS total_fee,
    round(avg(took_us))::bigint AS took_us_avg, max(took_us) AS took_us_max
FROM payment_log
GROUP BY (received_at AT TIME ZONE 'Asia/Shanghai')::date, account, channel, source, event, outcome;

COMMENT ON VIEW payment_daily IS 'payment_log, counted for each day in Beijing';
COMMENT ON COLUMN payment_daily.day IS 'Day in Beijing (UTC+8)';
COMMENT ON COLUMN payment_daily.account IS 'As configured';
COMMENT ON COLUMN payment_daily.channel IS 'The form of the message';
COMMENT ON COLUMN payment_daily.source IS 'CALLBACK, INQUIRY or REPLAY';
COMMENT ON COLUMN payment_daily.event IS 'PAYMENT, REFUND, or null where unreadable';
COMMENT ON COLUMN payment_daily.outcome IS 'What became of them';
COMMENT ON COLUMN payment_daily.callbacks IS 'How many rows';
COMMENT ON COLUMN payment_daily.total_fee IS 'Sum of what they say, in fen; null where none says any';
COMMENT ON COLUMN payment_daily.took_us_avg IS 'Microseconds from arrival to the writing of the row, on average';
COMMENT ON COLUMN payment_daily.took_us_max IS 'The same, the longest';
