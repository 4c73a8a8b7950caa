-- payment_log is to be partitioned by month (contract, section 9). V11 to V14 are steps of their own, so that what takes time
-- holds no lock that callbacks wait long for: only V14 locks the whole table, for a moment.
--
-- A log of up to 64 MB is then moved into months. A larger one stays as it is, and becomes one partition that ends with the
-- next month: no row is written twice. What no month can hold (a clock that jumped) goes into payment_log_rest.
CREATE TABLE payment_log_rest (LIKE payment_log INCLUDING ALL EXCLUDING IDENTITY EXCLUDING INDEXES);

-- Writes wait while it is made: seconds for millions of rows. Who has many, and a second Tomcat that must go on, makes it
-- before, with CREATE INDEX CONCURRENTLY and under this name.
CREATE UNIQUE INDEX IF NOT EXISTS payment_log_id_received_at ON payment_log (id, received_at);

-- Spares V14 the reading of all rows. Another Tomcat may go on writing here until then: there are at least 28 days.
DO $$
BEGIN
    SET LOCAL timezone = 'UTC';
    EXECUTE format('ALTER TABLE payment_log ADD CONSTRAINT payment_log_until CHECK (received_at < %L) NOT VALID',
        date_trunc('month', now()) + interval '2 months');
END
$$;
