-- Which order a transaction has paid: asked before an order is set PAID (one transaction pays one order), and by people.
-- Not unique: an order that the shop sets PENDING again is paid again by the same transaction. mch_id stands in it
-- because without statistics transaction_id alone would be taken for little selective.
-- No callback is logged while the index is made. Who has a large log makes it before, with CREATE INDEX CONCURRENTLY and
-- under this name (src/docs/operations.md).
CREATE INDEX IF NOT EXISTS payment_log_transaction ON payment_log (transaction_id, mch_id) WHERE transaction_id IS NOT NULL;

-- Otherwise nothing summarises the newest rows before a VACUUM, and questions about today read all that it has not seen.
ALTER INDEX payment_log_received_at SET (autosummarize = on);
