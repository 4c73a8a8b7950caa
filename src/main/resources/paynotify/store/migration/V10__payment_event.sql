-- Contract, section 11: what the shop's software is told, written in the transaction that it tells of. Rows come only where a
-- webhook or a channel is configured.

CREATE TABLE payment_event (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type           text        NOT NULL CONSTRAINT payment_event_type CHECK (type IN (
                                   'payment.paid', 'payment.attention', 'refund.succeeded', 'refund.abnormal',
                                   'refund.closed')),
    account        text        NOT NULL,
    mch_id         text,
    sub_mch_id     text,
    out_trade_no   text,
    out_refund_no  text,
    transaction_id text,
    refund_id      text,
    total_fee      bigint,
    currency       text,
    payer          text,
    outcome        text        NOT NULL,
    detail         text,
    occurred_at    timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    delivered_at   timestamptz,
    next_at        timestamptz,
    tries          integer     NOT NULL DEFAULT 0,
    last_status    integer,
    last_error     text,
    leased_until   timestamptz
);

-- Once for each order, transaction and outcome, however often the sender repeats: the INSERT says ON CONFLICT DO NOTHING.
CREATE UNIQUE INDEX payment_event_attention ON payment_event
    (coalesce(mch_id, ''), coalesce(out_trade_no, ''), coalesce(transaction_id, ''), outcome)
    WHERE type = 'payment.attention';
-- What is due; the lease stands in no index, so that taking an event up is a HOT update.
CREATE INDEX payment_event_due ON payment_event (account, next_at) WHERE next_at IS NOT NULL;
-- What may be deleted some day.
CREATE INDEX payment_event_final ON payment_event (created_at) WHERE next_at IS NULL;
-- What an order's events are: asked by people.
CREATE INDEX payment_event_order ON payment_event (mch_id, out_trade_no);

COMMENT ON TABLE payment_event IS
    'What the shop''s software is told, written in the transaction that it tells of. UPDATE … SET next_at = now() sends it again.';
COMMENT ON COLUMN payment_event.id IS 'Number of the event: webhook-id is evt_ and it, and NOTIFY''s payload is it';
COMMENT ON COLUMN payment_event.type IS
    'payment.paid, payment.attention (a verified payment that could not be applied), refund.succeeded, refund.abnormal, refund.closed';
COMMENT ON COLUMN payment_event.account IS 'The account as configured, by whose callback, answer or replay it came';
COMMENT ON COLUMN payment_event.mch_id IS 'The order''s merchant number';
COMMENT ON COLUMN payment_event.sub_mch_id IS 'In service-provider mode, the merchant for whom the provider mch_id sells';
COMMENT ON COLUMN payment_event.out_trade_no IS 'The shop''s order number';
COMMENT ON COLUMN payment_event.out_refund_no IS 'The shop''s refund number; null for a payment';
COMMENT ON COLUMN payment_event.transaction_id IS 'The sender''s number of the payment';
COMMENT ON COLUMN payment_event.refund_id IS 'The sender''s number of the refund; null for a payment';
COMMENT ON COLUMN payment_event.total_fee IS 'In fen (1/100 yuan); of a refund, the refund''s amount';
COMMENT ON COLUMN payment_event.currency IS 'ISO 4217';
COMMENT ON COLUMN payment_event.payer IS 'openid or the like; null where the sender gives none';
COMMENT ON COLUMN payment_event.outcome IS 'As in payment_log.outcome: what became of the payment or the refund';
COMMENT ON COLUMN payment_event.detail IS 'Why, in one sentence';
COMMENT ON COLUMN payment_event.occurred_at IS
    'When the order was paid or the money given back, as the sender says; else when the sender told us';
COMMENT ON COLUMN payment_event.created_at IS 'When the row was inserted';
COMMENT ON COLUMN payment_event.delivered_at IS 'When the webhook last answered 2xx; null until then';
COMMENT ON COLUMN payment_event.next_at IS
    'When it is sent next; null: not any more, or not at all, where the account has no webhook';
COMMENT ON COLUMN payment_event.tries IS 'How often it has been sent';
COMMENT ON COLUMN payment_event.last_status IS 'HTTP status of the last answer; null where there was none';
COMMENT ON COLUMN payment_event.last_error IS 'Why the last try failed, in one sentence; null where it did not';
COMMENT ON COLUMN payment_event.leased_until IS
    'While it is being sent: when another Tomcat sends it if the one that does has not come back';
