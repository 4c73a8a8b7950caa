-- Flyway runs this first in each migration's transaction. A migration that waits for a lock holds up whoever comes after
-- it, the callbacks of other Tomcats among them: it gives up, nothing is changed, and the application tries again.
SET LOCAL lock_timeout = '2s';
-- A limit of the role's would end what takes long again and again.
SET LOCAL statement_timeout = 0;

DO $$
DECLARE
    owner name;
    version int;
BEGIN
    IF to_regclass('payment_log') IS NULL THEN
        RETURN;
    END IF;
    -- The log's trigger runs as the log's owner. Whoever else migrates, what he makes is the owner's, or no callback could write it.
    SELECT pg_get_userbyid(relowner) INTO owner FROM pg_class WHERE oid = 'payment_log'::regclass;
    IF owner <> current_user AND has_schema_privilege(owner, current_schema(), 'CREATE')
            AND has_table_privilege(owner, 'notify_schema_history', 'INSERT') THEN
        EXECUTE format('SET LOCAL ROLE %I', owner);
    END IF;
    SELECT max(h.version::int) INTO version FROM notify_schema_history h WHERE h.success AND h.version ~ '^[0-9]+$';
    -- What V19 and V21 lack stands here, for a migration that may have run somewhere is not changed.
    IF version IN (18, 20) THEN
        -- V19 replaces the trigger's function, which waits for nobody. Who has run the former one must have committed before V20
        -- reads the log, or what he has paid is forgotten. V21 takes this lock itself, but the next ones must come after it.
        LOCK TABLE payment_log IN SHARE ROW EXCLUSIVE MODE;
    END IF;
    IF version = 20 THEN
        -- V21 drops a table that a pg_dump may read for hours: it must not wait for that while callbacks wait for it.
        LOCK TABLE payment_log_paid, payment_log_paid_by_day IN ACCESS EXCLUSIVE MODE NOWAIT;
    END IF;
END
$$;
