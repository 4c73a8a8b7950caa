-- Contract, section 14: the sender's bill of each day, its lines, and where the tables say something else.

CREATE TABLE payment_bill (
    mch_id       text        NOT NULL,
    bill_date    date        NOT NULL,
    account      text        NOT NULL,
    state        text        NOT NULL DEFAULT 'WAITING'
                             CHECK (state IN ('WAITING', 'COMPLETE', 'EMPTY', 'UNUSABLE')),
    fetched_at   timestamptz,
    lines        integer,
    paid_fee     bigint,
    refund_fee   bigint,
    differences  bigint,
    detail       text,
    no_statement boolean     NOT NULL DEFAULT false,
    decided_at   timestamptz,
    worker       text,
    leased_until timestamptz,
    PRIMARY KEY (mch_id, bill_date)
);

COMMENT ON TABLE payment_bill IS
    'The sender''s bill of a day, for each merchant number that asks for bills. Whoever deletes a row has that day fetched again.';
COMMENT ON COLUMN payment_bill.mch_id IS 'Merchant number at the sender';
COMMENT ON COLUMN payment_bill.bill_date IS 'The day, in Beijing';
COMMENT ON COLUMN payment_bill.account IS 'The account as configured';
COMMENT ON COLUMN payment_bill.state IS
    'WAITING (not there yet, or the sender can''t be reached), COMPLETE (stored and compared), EMPTY (no bill, and nothing paid here), UNUSABLE (can''t be relied on: fetched again)';
COMMENT ON COLUMN payment_bill.fetched_at IS 'When it was last asked for';
COMMENT ON COLUMN payment_bill.lines IS 'How many lines it has';
COMMENT ON COLUMN payment_bill.paid_fee IS 'Sum of what was paid, in fen (1/100 yuan)';
COMMENT ON COLUMN payment_bill.refund_fee IS 'Sum of what was asked to be given back, in fen';
COMMENT ON COLUMN payment_bill.differences IS 'How many differences were found, those that are not stored included';
COMMENT ON COLUMN payment_bill.detail IS 'What is wrong, in one sentence';
COMMENT ON COLUMN payment_bill.no_statement IS 'The sender says that there is no bill of that day';
COMMENT ON COLUMN payment_bill.decided_at IS 'When it was decided what is in no bill: after the next day''s bill';
COMMENT ON COLUMN payment_bill.worker IS 'Which Tomcat works at it';
COMMENT ON COLUMN payment_bill.leased_until IS 'When another Tomcat takes it up if that one has not come back';

CREATE TABLE payment_bill_line (
    mch_id         text        NOT NULL,
    bill_date      date        NOT NULL,
    line           integer     NOT NULL,
    traded_at      timestamptz NOT NULL,
    state          text        NOT NULL,
    sub_mch_id     text,
    out_trade_no   text        NOT NULL,
    transaction_id text        NOT NULL,
    out_refund_no  text,
    refund_id      text,
    total_fee      bigint      NOT NULL,
    refund_fee     bigint      NOT NULL,
    currency       text        NOT NULL,
    compared       boolean     NOT NULL DEFAULT true,
    PRIMARY KEY (mch_id, bill_date, line)
);

CREATE INDEX payment_bill_line_order ON payment_bill_line (mch_id, out_trade_no);
CREATE INDEX payment_bill_line_refund ON payment_bill_line (mch_id, out_refund_no) WHERE out_refund_no IS NOT NULL;

COMMENT ON TABLE payment_bill_line IS
    'Lines of the bills, as the sender has them. Nobody has signed them: hints, no facts. Kept for bill.keep-days.';
COMMENT ON COLUMN payment_bill_line.mch_id IS 'payment_bill.mch_id';
COMMENT ON COLUMN payment_bill_line.bill_date IS 'payment_bill.bill_date';
COMMENT ON COLUMN payment_bill_line.line IS 'Line of the file; its first is the header';
COMMENT ON COLUMN payment_bill_line.traded_at IS 'When it was paid, or the refund was accepted';
COMMENT ON COLUMN payment_bill_line.state IS 'SUCCESS (paid), REFUND, REVOKED (taken back)';
COMMENT ON COLUMN payment_bill_line.sub_mch_id IS 'Service providers only: the merchant for whom it was sold';
COMMENT ON COLUMN payment_bill_line.out_trade_no IS 'Number of the order; of a refund, of the order that it belongs to';
COMMENT ON COLUMN payment_bill_line.transaction_id IS 'The sender''s number of the payment';
COMMENT ON COLUMN payment_bill_line.out_refund_no IS 'Number of the refund';
COMMENT ON COLUMN payment_bill_line.refund_id IS 'The sender''s number of the refund';
COMMENT ON COLUMN payment_bill_line.total_fee IS 'The order''s amount in fen, coupons included; 0 for a refund';
COMMENT ON COLUMN payment_bill_line.refund_fee IS 'What was asked to be given back, in fen; 0 for a payment';
COMMENT ON COLUMN payment_bill_line.currency IS 'ISO 4217';
COMMENT ON COLUMN payment_bill_line.compared IS 'False for an app or sub merchant that the account does not take';

CREATE TABLE payment_bill_difference (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mch_id         text        NOT NULL,
    bill_date      date        NOT NULL,
    kind           text        NOT NULL CHECK (kind IN (
                                   'PAID_UNKNOWN', 'PAID_PENDING', 'AMOUNT', 'TRANSACTION', 'NOT_IN_BILL',
                                   'REFUND_UNKNOWN', 'REFUND_AMOUNT', 'REFUND_NOT_IN_BILL')),
    out_trade_no   text        NOT NULL,
    out_refund_no  text,
    transaction_id text,
    bill_fee       bigint,
    our_fee        bigint,
    detail         text        NOT NULL,
    found_at       timestamptz NOT NULL DEFAULT now(),
    settled_at     timestamptz
);

CREATE INDEX payment_bill_difference_day ON payment_bill_difference (mch_id, bill_date);
CREATE INDEX payment_bill_difference_order ON payment_bill_difference (mch_id, out_trade_no);
CREATE INDEX payment_bill_difference_open ON payment_bill_difference (id) WHERE settled_at IS NULL;

COMMENT ON TABLE payment_bill_difference IS
    'Where the sender''s bill and the tables say different things: at most 1,000 rows for each day and kind.';
COMMENT ON COLUMN payment_bill_difference.id IS 'Order of finding';
COMMENT ON COLUMN payment_bill_difference.mch_id IS 'Merchant number at the sender';
COMMENT ON COLUMN payment_bill_difference.bill_date IS 'Day of the bill; of what is in none, the day of payment or refund';
COMMENT ON COLUMN payment_bill_difference.kind IS 'What is different (src/docs/bills.md tells what to do about each)';
COMMENT ON COLUMN payment_bill_difference.out_trade_no IS 'Number of the order';
COMMENT ON COLUMN payment_bill_difference.out_refund_no IS 'Number of the refund; null for a payment';
COMMENT ON COLUMN payment_bill_difference.transaction_id IS 'The sender''s number of the payment: the bill''s where it is in one';
COMMENT ON COLUMN payment_bill_difference.bill_fee IS 'Amount in the bill, in fen; null where it is in none';
COMMENT ON COLUMN payment_bill_difference.our_fee IS 'Amount in our tables, in fen; null where it is not there';
COMMENT ON COLUMN payment_bill_difference.detail IS 'One sentence: what was expected, what was found';
COMMENT ON COLUMN payment_bill_difference.found_at IS 'When it was found';
COMMENT ON COLUMN payment_bill_difference.settled_at IS 'When the tables and the bill were found to agree; null: still different';
