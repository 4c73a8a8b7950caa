-- The new table takes the place of the former one. Who writes the log waits for this moment: nobody may be in the trigger.
LOCK TABLE payment_log IN SHARE ROW EXCLUSIVE MODE;
DO $$
BEGIN
    EXECUTE format('COMMENT ON TABLE payment_log_paid_by_day IS %L', obj_description('payment_log_paid'::regclass, 'pg_class'));
END
$$;
DROP TABLE payment_log_paid;
ALTER TABLE payment_log_paid_by_day RENAME TO payment_log_paid;
ALTER INDEX payment_log_paid_by_day_pkey RENAME TO payment_log_paid_pkey;
DO $do$
BEGIN
    EXECUTE format($create$
CREATE OR REPLACE FUNCTION %1$I.payment_log_note_paid() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF coalesce(current_setting('paynotify.once', true), '') <> '' THEN
        INSERT INTO %1$I.payment_log_paid
        SELECT %1$I.payment_log_transaction_key(mch_id, transaction_id),
            CASE outcome WHEN 'REFUNDED' THEN 0 ELSE hashtextextended(coalesce(out_trade_no, ''), 1) END
        FROM new_rows
        WHERE outcome IN ('APPLIED', 'REFUNDED') AND event = 'PAYMENT' AND transaction_id IS NOT NULL;
        RETURN NULL;
    END IF;
    INSERT INTO %1$I.payment_log_paid
    SELECT %1$I.payment_log_transaction_key(mch_id, transaction_id),
        CASE outcome WHEN 'REFUNDED' THEN 0 ELSE hashtextextended(coalesce(out_trade_no, ''), 1) END
    FROM new_rows
    WHERE outcome IN ('APPLIED', 'REFUNDED') AND event = 'PAYMENT' AND transaction_id IS NOT NULL
    ON CONFLICT (transaction_hash) DO NOTHING;
    -- What is known, and was given back: it pays no order any more.
    UPDATE %1$I.payment_log_paid SET order_hash = 0
    WHERE order_hash <> 0 AND transaction_hash = ANY (ARRAY(
        SELECT %1$I.payment_log_transaction_key(mch_id, transaction_id) FROM new_rows
        WHERE outcome = 'REFUNDED' AND event = 'PAYMENT' AND transaction_id IS NOT NULL));
    RETURN NULL;
END
$body$;
$create$, current_schema());
END
$do$;
