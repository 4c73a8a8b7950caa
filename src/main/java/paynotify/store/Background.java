package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.function.BooleanSupplier;

/**
 * Transactions that no sender waits for: questions, replays, events, the log's months. They have writers of their own, and so at most a quarter of
 * the pool (contract, note before section 7): however much there is to do, callbacks find three quarters. Thread-safe.
 */
final class Background implements AutoCloseable {
    /** A transaction's time in all; one that is over it is done again by whoever asked for it. */
    private static final int TRANSACTION_MS = 4_500;

    private static final int PART_OF_POOL = 4;

    private final TransactionRunner transactions;
    private final BooleanSupplier ready;

    /** @param ready whether the tables are as they must be */
    Background(Pool pool, BooleanSupplier ready) {
        this.transactions = new TransactionRunner("notify-background", pool, Math.max(1, pool.size() / PART_OF_POOL));
        this.ready = ready;
    }

    boolean ready() {
        return ready.getAsBoolean();
    }

    /**
     * Runs the work in a transaction of its own and returns its result after the commit.
     *
     * @throws Unavailable if it failed, or could not be done in {@value #TRANSACTION_MS} ms; nothing is known to be stored
     */
    <T> T run(TransactionRunner.Work<T> work) throws Unavailable {
        return run((connection, last) -> work.run(connection));
    }

    /** The same with something to write last. */
    <T> T run(TransactionRunner.WritingWork<T> work) throws Unavailable {
        if (!ready()) {
            throw new Unavailable("the tables are not ready");
        }
        return transactions.inTransaction(System.nanoTime() + MILLISECONDS.toNanos(TRANSACTION_MS), work);
    }

    @Override
    public void close() {
        transactions.close();
    }
}
