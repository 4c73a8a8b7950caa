-- Finds orders and refunds as they come of age (contract, section 7). created_at never changes, so updates stay HOT; an
-- index on status, or with a predicate on it, would end that. A view has what the shop's table has.
-- The table can't be written while the index is made: about a second for three million rows. Who has more makes it
-- before, with CREATE INDEX CONCURRENTLY and under this name.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE oid = 'payment_order'::regclass AND relkind IN ('r', 'p')
            AND pg_has_role(current_user, relowner, 'USAGE')) THEN
        CREATE INDEX IF NOT EXISTS payment_order_created_at ON payment_order (created_at);
    END IF;
END
$$;
CREATE INDEX IF NOT EXISTS payment_refund_created_at ON payment_refund (created_at);
