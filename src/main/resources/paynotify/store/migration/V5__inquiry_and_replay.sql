-- Contract, sections 7 and 8: what the sender is asked about, and rows of the log that are read once more.

CREATE TABLE payment_inquiry (
    mch_id        text        NOT NULL,
    out_trade_no  text        NOT NULL,
    out_refund_no text        NOT NULL DEFAULT '',
    next_at       timestamptz,
    tries         integer     NOT NULL DEFAULT 0,
    asked_at      timestamptz,
    answer        text,
    detail        text,
    planned_at    timestamptz,
    asked_by      text,
    leased_until  timestamptz,
    PRIMARY KEY (mch_id, out_trade_no, out_refund_no)
);

-- What is due by our own plan, and what somebody asks for: next_at is not what we wrote last. Final rows are in neither.
CREATE INDEX payment_inquiry_planned ON payment_inquiry (asked_by, next_at) WHERE next_at = planned_at;
CREATE INDEX payment_inquiry_requested ON payment_inquiry (asked_by, next_at)
    WHERE next_at IS NOT NULL AND next_at IS DISTINCT FROM planned_at;
-- What may be deleted some day.
CREATE INDEX payment_inquiry_final ON payment_inquiry (coalesce(asked_at, planned_at)) WHERE next_at IS NULL;

COMMENT ON TABLE payment_inquiry IS
    'Orders and refunds that the sender is asked about. Who wants to know now sets next_at = now(); the answer is there within seconds.';
COMMENT ON COLUMN payment_inquiry.mch_id IS 'The order''s merchant number';
COMMENT ON COLUMN payment_inquiry.out_trade_no IS 'The order''s number';
COMMENT ON COLUMN payment_inquiry.out_refund_no IS 'The refund that is asked about; empty for the payment';
COMMENT ON COLUMN payment_inquiry.next_at IS
    'When the sender is asked next; null: not any more';
COMMENT ON COLUMN payment_inquiry.tries IS 'How often the sender has been asked';
COMMENT ON COLUMN payment_inquiry.asked_at IS 'When the last question was answered, or given up';
COMMENT ON COLUMN payment_inquiry.answer IS 'The last answer in one word (src/docs/inquiry.md lists them)';
COMMENT ON COLUMN payment_inquiry.detail IS 'The last answer in one sentence';
COMMENT ON COLUMN payment_inquiry.planned_at IS
    'next_at as notify.war has planned it. Where next_at is something else, somebody asks: that goes first. Without next_at: when the row was put aside';
COMMENT ON COLUMN payment_inquiry.asked_by IS 'mch-id of the account that asks; null until notify.war has looked';
COMMENT ON COLUMN payment_inquiry.leased_until IS
    'While a question is under way: when another Tomcat asks if the one that does has not come back';

CREATE TABLE payment_replay (
    log_id       bigint      PRIMARY KEY,
    requested_by text        NOT NULL DEFAULT current_user,
    requested_at timestamptz NOT NULL DEFAULT now(),
    done_at      timestamptz,
    outcome      text,
    detail       text
);

CREATE INDEX payment_replay_open ON payment_replay (requested_at, log_id) WHERE done_at IS NULL;

COMMENT ON TABLE payment_replay IS
    'Rows of payment_log that are to be read, verified and settled once more. Done within seconds; done_at = null has it done again.';
COMMENT ON COLUMN payment_replay.log_id IS 'payment_log.id';
COMMENT ON COLUMN payment_replay.requested_by IS 'Who wants it';
COMMENT ON COLUMN payment_replay.requested_at IS 'Since when';
COMMENT ON COLUMN payment_replay.done_at IS 'When it was done; null: to be done';
COMMENT ON COLUMN payment_replay.outcome IS 'What became of it, as in payment_log.outcome; null where it can''t be done';
COMMENT ON COLUMN payment_replay.detail IS 'Why, in one sentence';

ALTER TABLE payment_log
    ADD COLUMN source text NOT NULL DEFAULT 'CALLBACK';
ALTER TABLE payment_log
    ADD CONSTRAINT payment_log_source CHECK (source IN ('CALLBACK', 'INQUIRY', 'REPLAY')) NOT VALID;

COMMENT ON COLUMN payment_log.source IS
    'How we know: CALLBACK (the sender called), INQUIRY (we asked), REPLAY (a row of this table, read once more)';

-- One more word. Whatever the constraint is called.
DO $$
DECLARE
    old name;
BEGIN
    FOR old IN SELECT conname FROM pg_constraint
        WHERE conrelid = 'payment_log'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%SIGNATURE_PROBE%' LOOP
        EXECUTE format('ALTER TABLE payment_log DROP CONSTRAINT %I', old);
    END LOOP;
END
$$;
ALTER TABLE payment_log
    ADD CONSTRAINT payment_log_outcome_check CHECK (outcome IN (
        'APPLIED', 'DUPLICATE', 'NOT_PAID', 'IGNORED', 'UNKNOWN_ORDER', 'AMOUNT_MISMATCH', 'ORDER_CLOSED', 'CONFLICT',
        'REFUNDED', 'WRONG_MERCHANT', 'BAD_SIGNATURE', 'SIGNATURE_PROBE', 'MALFORMED', 'TOO_LARGE')) NOT VALID;
