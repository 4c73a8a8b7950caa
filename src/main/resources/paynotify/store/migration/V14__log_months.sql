-- The functions have the schema's name in their text, and a search_path without it: whoever may create something in the
-- schema can put nothing in the way of what runs with the owner's rights.
DO $do$
BEGIN
    EXECUTE format($create$
-- A partition like its parent: made apart and attached, because CREATE ... PARTITION OF would lock the parent exclusively.
-- The CHECK spares ATTACH the reading of what was moved in. Only the other functions call it.
CREATE FUNCTION %1$I.payment_log_add_month(first_day timestamptz) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $body$
DECLARE
    last_day timestamptz := first_day + interval '1 month';
    month name := 'payment_log_' || to_char(first_day, 'YYYY_MM');
BEGIN
    EXECUTE format('CREATE TABLE %1$I.%%I (LIKE %1$I.payment_log INCLUDING ALL EXCLUDING IDENTITY)', month);
    EXECUTE format('ALTER TABLE %1$I.%%I ADD CONSTRAINT payment_log_month CHECK (received_at >= %%L AND received_at < %%L)',
        month, first_day, last_day);
    EXECUTE format('COMMENT ON TABLE %1$I.%%I IS %%L', month,
        'Rows of payment_log of ' || to_char(first_day, 'YYYY-MM') || ' (UTC). Append-only.');
    EXECUTE format('CREATE TRIGGER payment_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %1$I.%%I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION %1$I.payment_log_append_only()', month);
    EXECUTE format('COMMENT ON TRIGGER payment_log_append_only ON %1$I.%%I IS %%L', month,
        'Rows are only added; the owner may take out old ones');
    -- Nobody may read or write it but by its parent.
    EXECUTE format('REVOKE ALL ON %1$I.%%I FROM PUBLIC', month);
    IF EXISTS (SELECT FROM %1$I.payment_log_rest WHERE received_at >= first_day AND received_at < last_day) THEN
        LOCK TABLE %1$I.payment_log_rest IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('WITH moved AS (DELETE FROM %1$I.payment_log_rest WHERE received_at >= %%L AND received_at < %%L'
            ' RETURNING *) INSERT INTO %1$I.%%I SELECT * FROM moved', first_day, last_day, month);
    END IF;
    EXECUTE format('ALTER TABLE %1$I.payment_log ATTACH PARTITION %1$I.%%I FOR VALUES FROM (%%L) TO (%%L)',
        month, first_day, last_day);
    EXECUTE format('ALTER TABLE %1$I.%%I DROP CONSTRAINT payment_log_month', month);
END
$body$;

-- Partitions with what they hold; the default partition has no bounds.
CREATE FUNCTION %1$I.payment_log_partitions(OUT part name, OUT lower timestamptz, OUT upper timestamptz) RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $body$
    SELECT c.relname,
        CASE WHEN b.bound LIKE '%%FROM (MINVALUE)%%' THEN '-infinity'
            ELSE substring(b.bound FROM 'FROM \(''([^'']+)''\)') END::timestamptz,
        CASE WHEN b.bound LIKE '%%TO (MAXVALUE)%%' THEN 'infinity'
            ELSE substring(b.bound FROM 'TO \(''([^'']+)''\)') END::timestamptz
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound) b
    WHERE i.inhparent = '%1$I.payment_log'::regclass
$body$;

CREATE FUNCTION %1$I.payment_log_prepare() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET lock_timeout = '500ms' AS $body$
DECLARE
    this_month CONSTANT timestamptz := date_trunc('month', now());
    month timestamptz;
BEGIN
    -- Of several Tomcats one after the other. When nothing is missing, no other lock is taken.
    PERFORM pg_advisory_xact_lock('%1$I.payment_log'::regclass::oid::bigint);
    FOR month IN
        SELECT w.month FROM (
            SELECT this_month + n * interval '1 month' FROM generate_series(0, 3) n
            UNION
            -- Of a month that could not be made in time. Years ago, a clock was wrong: that stays where it is.
            SELECT date_trunc('month', received_at) FROM %1$I.payment_log_rest
            WHERE received_at >= this_month - interval '10 years' AND received_at < this_month) w (month)
        WHERE NOT EXISTS (SELECT FROM %1$I.payment_log_partitions() p WHERE p.lower <= w.month AND p.upper > w.month)
        ORDER BY w.month
    LOOP
        PERFORM %1$I.payment_log_add_month(month);
    END LOOP;
END
$body$;

CREATE FUNCTION %1$I.payment_log_drop_before(day date) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET lock_timeout = '500ms' AS $body$
DECLARE
    -- More would take longer than the application's statements may.
    rows_max CONSTANT integer := 20000;
    kept_from CONSTANT timestamptz := date_trunc('month', least(day::timestamp, now()::timestamp))::timestamptz;
    part record;
    deleted bigint;
BEGIN
    PERFORM pg_advisory_xact_lock('%1$I.payment_log'::regclass::oid::bigint);
    FOR part IN SELECT * FROM %1$I.payment_log_partitions() p
        WHERE coalesce(p.lower, '-infinity') < kept_from ORDER BY p.upper, p.part
    LOOP
        IF part.upper <= kept_from THEN
            -- Locks the log as DETACH would, and once instead of twice. Its files go after the locks.
            EXECUTE format('DROP TABLE %1$I.%%I', part.part);
            RETURN NEXT part.part;
        ELSE
            -- The default partition, and the one that V14 has taken over as it was: their older rows.
            EXECUTE format('DELETE FROM %1$I.%%I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$I.%%I'
                ' WHERE received_at < %%L LIMIT %%s))', part.part, part.part, kept_from, rows_max);
            GET DIAGNOSTICS deleted = ROW_COUNT;
            IF deleted > 0 THEN
                RETURN NEXT part.part;
            END IF;
        END IF;
    END LOOP;
END
$body$;
$create$, current_schema());
END
$do$;

REVOKE ALL ON FUNCTION payment_log_add_month(timestamptz), payment_log_partitions(), payment_log_prepare(),
    payment_log_drop_before(date) FROM PUBLIC;
COMMENT ON FUNCTION payment_log_add_month(timestamptz) IS 'Makes one partition of payment_log. Called by payment_log_prepare';
COMMENT ON FUNCTION payment_log_partitions() IS 'The partitions of payment_log, and from when to when they reach';
COMMENT ON FUNCTION payment_log_prepare() IS
    'Makes the partitions of payment_log that are missing, up to three months ahead, and moves rows of payment_log_rest there. Waits 0.5 s for a lock';
COMMENT ON FUNCTION payment_log_drop_before(date) IS
    'Drops the months of payment_log before the day''s month, never this month, and returns their names. Once more until none is returned: of payment_log_rest, 20,000 rows at a time';

-- The change itself. From here on nobody reads or writes the log until the end of this transaction.
DO $do$
DECLARE
    moved_bytes_max CONSTANT bigint := 64 * 1024 * 1024;
    until timestamptz;
    old name;
    next_id bigint;
    indexes text[];
    each record;
BEGIN
    SET LOCAL timezone = 'UTC';
    SET LOCAL datestyle = 'ISO';
    SET LOCAL client_min_messages = 'warning';
    LOCK TABLE payment_log IN ACCESS EXCLUSIVE MODE;
    SELECT substring(pg_get_constraintdef(oid) FROM '''([^'']+)''')::timestamptz INTO STRICT until
    FROM pg_constraint WHERE conrelid = 'payment_log'::regclass AND conname = 'payment_log_until';
    old := 'payment_log_until_' || to_char(until - interval '1 day', 'YYYY_MM');
    EXECUTE format('SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM %s',
        pg_get_serial_sequence('payment_log', 'id')) INTO next_id;
    next_id := greatest(next_id, (SELECT max(id) + 1 FROM payment_log), (SELECT max(id) + 1 FROM payment_log_rest));

    -- Whoever has made indexes of his own keeps them.
    SELECT array_agg(pg_get_indexdef(indexrelid)) INTO indexes FROM pg_index
    WHERE indrelid = 'payment_log'::regclass AND NOT indisunique;
    FOR each IN SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'payment_log'::regclass AND NOT i.indisunique LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', each.relname,
            left(old || '_' || regexp_replace(each.relname, '^payment_log_', ''), 63));
    END LOOP;
    DROP TRIGGER payment_log_paid ON payment_log;
    ALTER TABLE payment_log ALTER id DROP IDENTITY;
    ALTER TABLE payment_log DROP CONSTRAINT payment_log_pkey;
    EXECUTE format('ALTER TABLE payment_log ADD CONSTRAINT %I PRIMARY KEY USING INDEX payment_log_id_received_at',
        old || '_pkey');

    FOR each IN SELECT DISTINCT v.oid::regclass AS view FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
        JOIN pg_class v ON v.oid = r.ev_class
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = 'payment_log'::regclass LOOP
        RAISE WARNING 'the view % reads only the old rows of payment_log from now on: make it once more', each.view;
    END LOOP;
    EXECUTE format('ALTER TABLE payment_log RENAME TO %I', old);
    EXECUTE format('CREATE TABLE payment_log (LIKE %I INCLUDING ALL EXCLUDING IDENTITY EXCLUDING INDEXES)'
        ' PARTITION BY RANGE (received_at)', old);
    ALTER TABLE payment_log DROP CONSTRAINT payment_log_until;
    ALTER TABLE payment_log_rest DROP CONSTRAINT IF EXISTS payment_log_until;
    ALTER TABLE payment_log ADD CONSTRAINT payment_log_pkey PRIMARY KEY (id, received_at);
    EXECUTE format('ALTER TABLE payment_log ALTER id ADD GENERATED ALWAYS AS IDENTITY (START WITH %s)', next_id);
    FOR i IN 1 .. cardinality(indexes) LOOP
        EXECUTE indexes[i];
    END LOOP;
    EXECUTE format('COMMENT ON TABLE payment_log IS %L', obj_description(old::regclass, 'pg_class')
        || ' Partitioned by month (UTC).');
    CREATE TRIGGER payment_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_log
        FOR EACH STATEMENT EXECUTE FUNCTION payment_log_append_only();
    COMMENT ON TRIGGER payment_log_append_only ON payment_log IS 'Rows are only added; the owner may take out old ones';
    CREATE TRIGGER payment_log_paid AFTER INSERT ON payment_log
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION payment_log_note_paid();
    COMMENT ON TRIGGER payment_log_paid ON payment_log IS 'One transaction pays one order: notes which';
    CREATE TRIGGER payment_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_log_rest
        FOR EACH STATEMENT EXECUTE FUNCTION payment_log_append_only();
    COMMENT ON TRIGGER payment_log_append_only ON payment_log_rest IS
        'Rows are only added; the owner may take out old ones';
    COMMENT ON TABLE payment_log_rest IS
        'Rows of payment_log for which there is no month: of a clock that was wrong, say. Append-only.';

    -- Who could use the log still can, and who writes it may have months made.
    FOR each IN SELECT a.*, ''::text AS of_column, a.grantee::regrole::text AS role, c.relowner FROM pg_class c
            CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE c.oid = old::regclass AND a.grantee <> c.relowner AND a.grantee <> 0
        UNION ALL SELECT a.*, '', 'PUBLIC', c.relowner FROM pg_class c
            CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE c.oid = old::regclass AND a.grantee = 0
        UNION ALL SELECT a.*, format(' (%I)', t.attname),
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, c.relowner
            FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid
            CROSS JOIN LATERAL aclexplode(t.attacl) a WHERE c.oid = old::regclass AND a.grantee <> c.relowner LOOP
        EXECUTE format('GRANT %s%s ON payment_log TO %s%s', each.privilege_type, each.of_column, each.role,
            CASE WHEN each.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
        EXECUTE format('REVOKE %s%s ON %I FROM %s CASCADE', each.privilege_type, each.of_column, old, each.role);
        IF each.privilege_type = 'INSERT' AND each.grantee <> 0 THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION payment_log_prepare() TO %s', each.role);
        END IF;
    END LOOP;

    IF pg_table_size(old::regclass) <= moved_bytes_max THEN
        EXECUTE format('INSERT INTO payment_log_rest SELECT * FROM %I ORDER BY id', old);
        EXECUTE format('DROP TABLE %I', old);
    ELSE
        EXECUTE format('ALTER TABLE payment_log ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', old, until);
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT payment_log_until', old);
        EXECUTE format('COMMENT ON TABLE %I IS %L', old,
            'Rows of payment_log from before it had months, and of the first ones after that. Append-only.');
    END IF;
    ALTER TABLE payment_log ATTACH PARTITION payment_log_rest DEFAULT;
    PERFORM payment_log_prepare();
END
$do$;
