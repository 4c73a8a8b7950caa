package paynotify.store;

/** What an operator may do on the page: no more than SQL may (contract, sections 7 to 9 and 11). Thread-safe. */
public final class OperatorActs {
    private static final String ASK = "INSERT INTO payment_inquiry (mch_id, out_trade_no, out_refund_no, next_at)"
            + " VALUES (?, ?, ?, now()) ON CONFLICT (mch_id, out_trade_no, out_refund_no) DO UPDATE SET next_at = now()";
    // What is not done yet is done once, whoever asks again.
    private static final String REPLAY = "INSERT INTO payment_replay (log_id, requested_by)"
            + " SELECT l.id, CAST(? AS text) FROM payment_log l WHERE l.id = ? ON CONFLICT (log_id)"
            + " DO UPDATE SET done_at = NULL, requested_by = excluded.requested_by, requested_at = now()";
    private static final String DONE = "INSERT INTO payment_attention_done"
            + " (mch_id, out_trade_no, out_refund_no, transaction_id, done_by, done_at, remark)"
            + " VALUES (?, ?, ?, ?, ?, now(), ?) ON CONFLICT (mch_id, out_trade_no, out_refund_no, transaction_id)"
            + " DO UPDATE SET done_by = excluded.done_by, done_at = excluded.done_at, remark = excluded.remark";
    private static final String SEND_AGAIN = "UPDATE payment_event SET next_at = now() WHERE id = ?";

    private final AdminTransactions transactions;

    /** A case of {@code payment_attention}, or with empty numbers a part of one: an order, a refund. */
    public record Case(String mchId, String outTradeNo, String outRefundNo, String transactionId) {}

    OperatorActs(AdminTransactions transactions) {
        this.transactions = transactions;
    }

    /** Has the sender asked about an order, or its refund, within seconds. */
    public void ask(Case about) throws Unavailable {
        transactions.act(queries -> queries.update(ASK, about.mchId(), about.outTradeNo(), about.outRefundNo()));
    }

    /** Returns whether there is such a row. */
    public boolean replay(long logId, String user) throws Unavailable {
        return transactions.act(queries -> queries.update(REPLAY, user, logId)) == 1;
    }

    public void done(Case seenTo, String user, String remark) throws Unavailable {
        transactions.act(queries -> queries.update(
                DONE, seenTo.mchId(), seenTo.outTradeNo(), seenTo.outRefundNo(), seenTo.transactionId(), user, remark));
    }

    /** Returns whether there is such an event. */
    public boolean sendAgain(long eventId) throws Unavailable {
        return transactions.act(queries -> queries.update(SEND_AGAIN, eventId)) == 1;
    }
}
