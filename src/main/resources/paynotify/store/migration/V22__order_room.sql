-- V18 left too little room: 57 orders in a page, each of which grows from 96 bytes to 152 when it is paid, do not fit there when all
-- are paid. With half of the page left they do, together with the versions before that the server has yet to clear away.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass('payment_order') AND c.relkind = 'r'
            AND pg_has_role(c.relowner, 'USAGE') AND array_to_string(c.reloptions, ',') ~ '(^|,)fillfactor=70(,|$)') THEN
        ALTER TABLE payment_order SET (fillfactor = 50);
    END IF;
END
$$;
