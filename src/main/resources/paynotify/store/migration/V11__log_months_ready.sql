-- payment_log is to be partitioned by month (contract, section 9). V11 to V14 are steps of their own, so that what takes time
-- holds no lock that callbacks wait long for: only V14 locks the whole table, for a moment.
--
-- A log of up to 64 MB is then moved into months. A larger one stays as it is, and becomes one partition that ends with the
-- next month: no row is written twice. What no month can hold (a clock that jumped) goes into payment_log_rest.
CREATE TABLE payment_log_rest (LIKE payment_log INCLUDING ALL EXCLUDING IDENTITY EXCLUDING INDEXES);

-- Writes wait while it is made: seconds for millions of rows. Who has many, and a second Tomcat that must go on, makes it
-- before, with CREATE INDEX CONCURRENTLY and under this name.
CREATE UNIQUE INDEX IF NOT EXISTS payment_log_id_received_at ON payment_log (id, received_at);

-- Spares V14 the reading of all rows. Another Tomcat may go on writing here until then: there are at least 28 days.
DO $$
BEGIN
    SET LOCAL timezone = 'UTC';
    EXECUTE format('ALTER TABLE payment_log ADD CONSTRAINT payment_log_until CHECK (received_at < %L) NOT VALID',
        date_trunc('month', now()) + interval '2 months');
END
$$;

-- One transaction pays one order (contract, section 3), in all of the log. To ask each month for it costs a third of the
-- callbacks a second when there are 24; so it stands in one small table, which needs no grants: a trigger writes it.
CREATE TABLE payment_log_paid (
    transaction_hash bigint NOT NULL PRIMARY KEY,
    order_hash       bigint NOT NULL
);
COMMENT ON TABLE payment_log_paid IS
    'Which transaction has paid which order, as hashes. Written by a trigger of payment_log; what it denies is looked up there.';
COMMENT ON COLUMN payment_log_paid.transaction_hash IS 'Of mch_id and transaction_id';
COMMENT ON COLUMN payment_log_paid.order_hash IS 'Of out_trade_no; 0 where the payment was given back (REFUNDED): it pays no order';

DO $do$
BEGIN
    EXECUTE format($create$
CREATE FUNCTION %1$I.payment_log_note_paid() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    told bigint;
    noted bigint;
BEGIN
    WITH k AS MATERIALIZED (
        SELECT hashtextextended(transaction_id, hashtextextended(coalesce(mch_id, ''), 0)) AS transaction_hash,
            CASE outcome WHEN 'REFUNDED' THEN 0 ELSE hashtextextended(coalesce(out_trade_no, ''), 1) END AS order_hash
        FROM new_rows
        WHERE outcome IN ('APPLIED', 'REFUNDED') AND event = 'PAYMENT' AND transaction_id IS NOT NULL),
    i AS (
        INSERT INTO %1$I.payment_log_paid SELECT * FROM k ON CONFLICT (transaction_hash) DO NOTHING RETURNING 1)
    SELECT (SELECT count(*) FROM k), (SELECT count(*) FROM i) INTO told, noted;
    IF told = noted THEN
        RETURN NULL;
    END IF;
    -- Known before. Only the application asks to be refused, where it has not looked into the log itself.
    IF current_setting('paynotify.once', true) = 'on' AND EXISTS (
        SELECT FROM new_rows k JOIN %1$I.payment_log_paid p
            ON p.transaction_hash = hashtextextended(k.transaction_id, hashtextextended(coalesce(k.mch_id, ''), 0))
        WHERE k.outcome = 'APPLIED' AND k.event = 'PAYMENT'
            AND p.order_hash <> hashtextextended(coalesce(k.out_trade_no, ''), 1)) THEN
        RAISE EXCEPTION 'one of the transactions has paid another order, or was given back' USING ERRCODE = 'unique_violation';
    END IF;
    UPDATE %1$I.payment_log_paid p SET order_hash = 0 FROM new_rows k
    WHERE k.outcome = 'REFUNDED' AND k.event = 'PAYMENT' AND p.order_hash <> 0
        AND p.transaction_hash = hashtextextended(k.transaction_id, hashtextextended(coalesce(k.mch_id, ''), 0));
    RETURN NULL;
END
$body$;
$create$, current_schema());
END
$do$;
REVOKE ALL ON FUNCTION payment_log_note_paid() FROM PUBLIC;
COMMENT ON FUNCTION payment_log_note_paid() IS
    'Notes in payment_log_paid what a statement has added to payment_log';
