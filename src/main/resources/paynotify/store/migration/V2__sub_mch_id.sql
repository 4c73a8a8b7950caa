-- Service-provider mode: the order is the provider's mch_id and out_trade_no, and sub_mch_id tells for whom he sold.
ALTER TABLE payment_log ADD COLUMN sub_mch_id text;
COMMENT ON COLUMN payment_log.sub_mch_id IS
    'As the callback says: in service-provider mode, the merchant for whom the provider mch_id sells';
