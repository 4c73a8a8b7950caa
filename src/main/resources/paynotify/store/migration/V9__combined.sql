-- Combined payments (合单支付): one callback pays several orders, and each has a row of its own (contract, section 10).
ALTER TABLE payment_log ADD COLUMN combine_out_trade_no text;
COMMENT ON COLUMN payment_log.combine_out_trade_no IS 'Of a combined payment, the number of the whole';
