-- Nobody waits for this. A payment that was given back pays no order, so it goes first.
INSERT INTO payment_log_paid
SELECT hashtextextended(transaction_id, hashtextextended(coalesce(mch_id, ''), 0)) AS transaction_hash,
    CASE outcome WHEN 'REFUNDED' THEN 0 ELSE hashtextextended(coalesce(out_trade_no, ''), 1) END
FROM payment_log
WHERE outcome IN ('APPLIED', 'REFUNDED') AND event = 'PAYMENT' AND transaction_id IS NOT NULL
ORDER BY transaction_hash, outcome DESC
ON CONFLICT (transaction_hash) DO NOTHING;

-- What payment_attention and payment_daily (V15) ask for. Writes wait while they are made, as for V11: make them before, with
-- CREATE INDEX CONCURRENTLY and under these names, if that is too long.

-- Few rows are in them: what is applied pays nothing for them. The first one holds all that the view groups by.
CREATE INDEX IF NOT EXISTS payment_log_attention ON payment_log (mch_id, out_trade_no)
    INCLUDE (out_refund_no, transaction_id, event, outcome, channel, total_fee, received_at, id)
    WHERE outcome IN ('UNKNOWN_ORDER', 'AMOUNT_MISMATCH', 'ORDER_CLOSED', 'CONFLICT', 'REFUNDED', 'WRONG_MERCHANT');
CREATE INDEX IF NOT EXISTS payment_log_attention_refund ON payment_log (mch_id, out_trade_no)
    WHERE event = 'REFUND'
        AND outcome IN ('UNKNOWN_ORDER', 'AMOUNT_MISMATCH', 'ORDER_CLOSED', 'CONFLICT', 'REFUNDED', 'WRONG_MERCHANT');

-- A day in Beijing is not a range of received_at to the planner. Small ranges, because each month's last one, which is not
-- full, is read whatever the day.
CREATE INDEX IF NOT EXISTS payment_log_day ON payment_log
    USING brin (((received_at AT TIME ZONE 'Asia/Shanghai')::date)) WITH (autosummarize = on, pages_per_range = 16);
