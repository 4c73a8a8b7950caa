-- Flyway runs this first in each migration's transaction. A migration that waits for a lock holds up whoever comes after
-- it, the callbacks of other Tomcats among them: it gives up, nothing is changed, and the application tries again.
SET LOCAL lock_timeout = '2s';
