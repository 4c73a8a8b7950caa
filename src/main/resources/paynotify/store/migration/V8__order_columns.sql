-- What must be known to ask about such orders; null for all others. A view may have these columns, or not.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE oid = 'payment_order'::regclass AND relkind IN ('r', 'p')
            AND pg_has_role(current_user, relowner, 'USAGE')) THEN
        ALTER TABLE payment_order
            ADD COLUMN IF NOT EXISTS sub_mch_id text,
            ADD COLUMN IF NOT EXISTS combine_mch_id text,
            ADD COLUMN IF NOT EXISTS combine_out_trade_no text;
        COMMENT ON COLUMN payment_order.sub_mch_id IS
            'Service providers only: for whom the order was placed. Needed to ask about it';
        COMMENT ON COLUMN payment_order.combine_mch_id IS
            'Sub orders of a combined payment only: mch_id of who placed the whole. Needed to ask about it';
        COMMENT ON COLUMN payment_order.combine_out_trade_no IS
            'Sub orders of a combined payment only: the number of the whole. Needed to ask about it';
    END IF;
END
$$;
