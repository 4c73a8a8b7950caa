-- The tables of notify.war (contract, section 4). The schema may hold other tables of the shop's.

-- A shop that has an orders table already makes payment_order a view over it before the first start: then it is there.
DO $$
BEGIN
    IF to_regclass('payment_order') IS NOT NULL THEN
        RETURN;
    END IF;

    CREATE TABLE payment_order (
        mch_id         text        NOT NULL,
        out_trade_no   text        NOT NULL,
        total_fee      bigint      NOT NULL CHECK (total_fee > 0),
        currency       text        NOT NULL DEFAULT 'CNY',
        status         text        NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'PAID', 'CLOSED')),
        transaction_id text,
        paid_at        timestamptz,
        payer          text,
        created_at     timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (mch_id, out_trade_no)
    );

    COMMENT ON TABLE payment_order IS
        'What is to be paid. The shop inserts a row when it places the order at the sender; only notify.war sets PAID.';
    COMMENT ON COLUMN payment_order.mch_id IS 'Merchant number at the sender';
    COMMENT ON COLUMN payment_order.out_trade_no IS 'The shop''s order number, unique for the merchant number';
    COMMENT ON COLUMN payment_order.total_fee IS 'What is to be paid, in fen (1/100 yuan)';
    COMMENT ON COLUMN payment_order.currency IS 'ISO 4217';
    COMMENT ON COLUMN payment_order.status IS 'PENDING, PAID (set by notify.war, once) or CLOSED (set by the shop)';
    COMMENT ON COLUMN payment_order.transaction_id IS 'The sender''s number of the payment; null until PAID';
    COMMENT ON COLUMN payment_order.paid_at IS 'When it was paid, as the sender says; null until PAID';
    COMMENT ON COLUMN payment_order.payer IS 'Who paid: the openid or the like; null until PAID';
    COMMENT ON COLUMN payment_order.created_at IS 'When the row was inserted';
END
$$;

CREATE TABLE payment_refund (
    mch_id        text        NOT NULL,
    out_refund_no text        NOT NULL,
    out_trade_no  text        NOT NULL,
    refund_id     text,
    refund_fee    bigint      NOT NULL CHECK (refund_fee > 0),
    currency      text        NOT NULL DEFAULT 'CNY',
    status        text        NOT NULL DEFAULT 'PENDING'
                              CHECK (status IN ('PENDING', 'SUCCESS', 'ABNORMAL', 'CLOSED')),
    refunded_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (mch_id, out_refund_no)
);

CREATE INDEX payment_refund_order ON payment_refund (mch_id, out_trade_no);

COMMENT ON TABLE payment_refund IS
    'Refunds. The shop inserts a row when it asks for one; one asked for on the merchant platform is inserted here when it is told.';
COMMENT ON COLUMN payment_refund.mch_id IS 'Merchant number at the sender';
COMMENT ON COLUMN payment_refund.out_refund_no IS 'The shop''s refund number, unique for the merchant number';
COMMENT ON COLUMN payment_refund.out_trade_no IS 'The shop''s order number of what is refunded';
COMMENT ON COLUMN payment_refund.refund_id IS 'The sender''s number of the refund';
COMMENT ON COLUMN payment_refund.refund_fee IS 'What is to be given back, in fen (1/100 yuan)';
COMMENT ON COLUMN payment_refund.currency IS 'ISO 4217';
COMMENT ON COLUMN payment_refund.status IS 'PENDING, SUCCESS, ABNORMAL (must be handled on the merchant platform) or CLOSED';
COMMENT ON COLUMN payment_refund.refunded_at IS 'When the money was given back, as the sender says; null until SUCCESS';
COMMENT ON COLUMN payment_refund.created_at IS 'When the row was inserted';

CREATE TABLE payment_log (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at    timestamptz NOT NULL,
    account        text        NOT NULL,
    channel        text        NOT NULL,
    remote_addr    inet,
    event          text        CHECK (event IN ('PAYMENT', 'REFUND')),
    mch_id         text,
    out_trade_no   text,
    out_refund_no  text,
    transaction_id text,
    refund_id      text,
    total_fee      bigint,
    currency       text,
    outcome        text        NOT NULL CHECK (outcome IN (
                                   'APPLIED', 'DUPLICATE', 'NOT_PAID', 'IGNORED', 'UNKNOWN_ORDER', 'AMOUNT_MISMATCH',
                                   'ORDER_CLOSED', 'CONFLICT', 'WRONG_MERCHANT', 'BAD_SIGNATURE', 'SIGNATURE_PROBE',
                                   'MALFORMED', 'TOO_LARGE')),
    detail         text,
    took_us        integer     NOT NULL,
    body           text        NOT NULL,
    headers        text
);

-- Questions to the log are about an order or about a time. Rows come in the order of time, so a BRIN index suffices.
CREATE INDEX payment_log_order ON payment_log (mch_id, out_trade_no);
CREATE INDEX payment_log_received_at ON payment_log USING brin (received_at);

COMMENT ON TABLE payment_log IS
    'One row for every callback to a configured account, believed or not, written in the transaction of what it changed. Append-only.';
COMMENT ON COLUMN payment_log.id IS 'Order of writing';
COMMENT ON COLUMN payment_log.received_at IS 'Arrival';
COMMENT ON COLUMN payment_log.account IS 'The account as configured: the end of the URL';
COMMENT ON COLUMN payment_log.channel IS 'The form of the message: wechat-v2, wechat-v3, …; the configured channel where it can''t be told';
COMMENT ON COLUMN payment_log.remote_addr IS 'The caller, as Tomcat''s RemoteIpValve leaves it; null where that is no address';
COMMENT ON COLUMN payment_log.event IS 'PAYMENT, REFUND, or null where the callback can''t be read';
COMMENT ON COLUMN payment_log.mch_id IS 'As the callback says, verified or not (see outcome); null where it doesn''t';
COMMENT ON COLUMN payment_log.out_trade_no IS 'As the callback says';
COMMENT ON COLUMN payment_log.out_refund_no IS 'As the callback says';
COMMENT ON COLUMN payment_log.transaction_id IS 'As the callback says';
COMMENT ON COLUMN payment_log.refund_id IS 'As the callback says';
COMMENT ON COLUMN payment_log.total_fee IS 'As the callback says, in fen (1/100 yuan); of a refund, the refund''s amount';
COMMENT ON COLUMN payment_log.currency IS 'As the callback says; CNY where it leaves it out';
COMMENT ON COLUMN payment_log.outcome IS 'What became of it: a word of the outcomes table in README.md';
COMMENT ON COLUMN payment_log.detail IS 'Why, in one sentence: what was expected, what was found';
COMMENT ON COLUMN payment_log.took_us IS 'Microseconds from arrival to the writing of this row';
COMMENT ON COLUMN payment_log.body IS 'The body as received; what is not UTF-8 is replaced; cut at body.max-bytes';
COMMENT ON COLUMN payment_log.headers IS 'For senders that sign in headers: those, as Name: value, a line each';

-- Flyway's record of what has been done here, under our own name; as the contract wants it, no column without a word.
COMMENT ON TABLE notify_schema_history IS 'Which migrations of notify.war have been applied. Written by it under db.schema = migrate.';
COMMENT ON COLUMN notify_schema_history.installed_rank IS 'Order of applying';
COMMENT ON COLUMN notify_schema_history.version IS 'Version of the migration';
COMMENT ON COLUMN notify_schema_history.description IS 'Name of the migration';
COMMENT ON COLUMN notify_schema_history.type IS 'SQL, or BASELINE where the schema held tables before';
COMMENT ON COLUMN notify_schema_history.script IS 'File of the migration, in notify.war';
COMMENT ON COLUMN notify_schema_history.checksum IS 'Checksum of that file, to find out if it has been changed since';
COMMENT ON COLUMN notify_schema_history.installed_by IS 'Role that applied it';
COMMENT ON COLUMN notify_schema_history.installed_on IS 'When it was applied';
COMMENT ON COLUMN notify_schema_history.execution_time IS 'How long that took, in milliseconds';
COMMENT ON COLUMN notify_schema_history.success IS 'Whether it succeeded';
