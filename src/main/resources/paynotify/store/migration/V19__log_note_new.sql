-- The same as before (V17), for less of the server's work. Where the application has not looked into the log itself
-- (paynotify.once), what it adds must be new: the key sees to that, and there is nothing to count.
DO $do$
BEGIN
    EXECUTE format($create$
CREATE OR REPLACE FUNCTION %1$I.payment_log_note_paid() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF coalesce(current_setting('paynotify.once', true), '') <> '' THEN
        INSERT INTO %1$I.payment_log_paid
        SELECT hashtextextended(transaction_id, hashtextextended(coalesce(mch_id, ''), 0)),
            CASE outcome WHEN 'REFUNDED' THEN 0 ELSE hashtextextended(coalesce(out_trade_no, ''), 1) END
        FROM new_rows
        WHERE outcome IN ('APPLIED', 'REFUNDED') AND event = 'PAYMENT' AND transaction_id IS NOT NULL;
        RETURN NULL;
    END IF;
    INSERT INTO %1$I.payment_log_paid
    SELECT hashtextextended(transaction_id, hashtextextended(coalesce(mch_id, ''), 0)),
        CASE outcome WHEN 'REFUNDED' THEN 0 ELSE hashtextextended(coalesce(out_trade_no, ''), 1) END
    FROM new_rows
    WHERE outcome IN ('APPLIED', 'REFUNDED') AND event = 'PAYMENT' AND transaction_id IS NOT NULL
    ON CONFLICT (transaction_hash) DO NOTHING;
    -- What is known, and was given back: it pays no order any more.
    UPDATE %1$I.payment_log_paid SET order_hash = 0
    WHERE order_hash <> 0 AND transaction_hash = ANY (ARRAY(
        SELECT hashtextextended(transaction_id, hashtextextended(coalesce(mch_id, ''), 0)) FROM new_rows
        WHERE outcome = 'REFUNDED' AND event = 'PAYMENT' AND transaction_id IS NOT NULL));
    RETURN NULL;
END
$body$;
$create$, current_schema());
END
$do$;
