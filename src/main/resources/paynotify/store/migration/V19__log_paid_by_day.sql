-- The keys of payment_log_paid came in no order: after a checkpoint, with millions of them, every second callback met a page of
-- their index that the server had to write as a whole (src/docs/speed.md). V19 to V21 give it keys that keep a day together. They
-- are steps of their own, so that what takes time holds no lock that callbacks wait for.

-- WeChat's numbers have the day in the characters 11 to 18, behind a prefix that changes seldom; Alipay's and most others begin
-- with it. The rest is the hash of all: two numbers of a day that meet in its 40 bits only cost a look into the log.
CREATE FUNCTION payment_log_transaction_key(mch_id text, transaction_id text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ((hashtextextended(left(transaction_id, 8), 0) & 4095) << 52)
        | ((hashtextextended(substr(transaction_id, 11, 8), 0) & 4095) << 40)
        | (hashtextextended(transaction_id, hashtextextended(coalesce(mch_id, ''), 0)) & 1099511627775)
$$;
REVOKE ALL ON FUNCTION payment_log_transaction_key(text, text) FROM PUBLIC;
COMMENT ON FUNCTION payment_log_transaction_key(text, text) IS 'transaction_hash of payment_log_paid';

CREATE TABLE payment_log_paid_by_day (LIKE payment_log_paid INCLUDING COMMENTS);
ALTER TABLE payment_log_paid_by_day ADD PRIMARY KEY (transaction_hash);

-- Until V21 the former table decides, and the new one is told, too; V20 adds what was written before.
-- Where the application has not looked into the log itself (paynotify.once), what it adds must be new: the key sees to that, and
-- there is nothing to count any more.
DO $do$
BEGIN
    EXECUTE format($create$
CREATE OR REPLACE FUNCTION %1$I.payment_log_note_paid() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    INSERT INTO %1$I.payment_log_paid_by_day
    SELECT %1$I.payment_log_transaction_key(mch_id, transaction_id),
        CASE outcome WHEN 'REFUNDED' THEN 0 ELSE hashtextextended(coalesce(out_trade_no, ''), 1) END
    FROM new_rows
    WHERE outcome IN ('APPLIED', 'REFUNDED') AND event = 'PAYMENT' AND transaction_id IS NOT NULL
    ON CONFLICT (transaction_hash) DO NOTHING;
    -- What is known, and was given back: it pays no order any more.
    UPDATE %1$I.payment_log_paid_by_day SET order_hash = 0
    WHERE order_hash <> 0 AND transaction_hash = ANY (ARRAY(
        SELECT %1$I.payment_log_transaction_key(mch_id, transaction_id) FROM new_rows
        WHERE outcome = 'REFUNDED' AND event = 'PAYMENT' AND transaction_id IS NOT NULL));
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
