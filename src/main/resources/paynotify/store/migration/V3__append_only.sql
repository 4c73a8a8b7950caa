-- payment_log is append-only (contract, section 4), whatever rights somebody has been granted by mistake:
--   UPDATE    nobody, not even the owner: a row tells what was, and nothing makes that untrue.
--   DELETE, TRUNCATE    only the owner, members of his role, and a superuser: rows grow old, and a DBA must be able to take
--             them out: SET ROLE notify; DELETE FROM payment_log WHERE received_at < now() - interval '2 years';
-- The triggers are for each statement, so an INSERT, all that the running application does, pays nothing for them. A statement
-- that would change no row is refused, too. Who must change a row nevertheless (a law that wants a payer's name forgotten)
-- says so as the owner: ALTER TABLE payment_log DISABLE TRIGGER payment_log_append_only, and ENABLE afterwards.
-- If the application runs as the owner (db.schema = migrate), all this keeps out mistakes, but not the application's own
-- role: that takes the least rights (README.md).
CREATE FUNCTION payment_log_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP <> 'UPDATE'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'payment_log is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege',
            HINT = CASE TG_OP
                WHEN 'UPDATE' THEN 'Nobody may: rows tell what was.'
                ELSE 'The owner of the table may take out old rows.'
            END;
END
$$;

CREATE TRIGGER payment_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_log
    FOR EACH STATEMENT EXECUTE FUNCTION payment_log_append_only();

COMMENT ON FUNCTION payment_log_append_only() IS
    'Refuses UPDATE to everybody, DELETE and TRUNCATE to everybody but the owner of payment_log';
COMMENT ON TRIGGER payment_log_append_only ON payment_log IS
    'Rows are only added; the owner may take out old ones';
