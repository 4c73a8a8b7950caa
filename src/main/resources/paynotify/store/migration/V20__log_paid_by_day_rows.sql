-- Nobody waits for this. A payment that was given back pays no order, so it goes first.
INSERT INTO payment_log_paid_by_day
SELECT payment_log_transaction_key(mch_id, transaction_id) AS transaction_hash,
    CASE outcome WHEN 'REFUNDED' THEN 0 ELSE hashtextextended(coalesce(out_trade_no, ''), 1) END
FROM payment_log
WHERE outcome IN ('APPLIED', 'REFUNDED') AND event = 'PAYMENT' AND transaction_id IS NOT NULL
ORDER BY transaction_hash, outcome DESC
ON CONFLICT (transaction_hash) DO NOTHING;
