-- In a transaction of its own: reading all of the log takes its time, and nobody waits for that.
ALTER TABLE payment_log VALIDATE CONSTRAINT payment_log_source;
ALTER TABLE payment_log VALIDATE CONSTRAINT payment_log_outcome_check;
