package paynotify.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Callback;
import paynotify.sender.Claims;
import paynotify.sender.Finding;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
import paynotify.sender.Refund;

/**
 * Writes {@code payment_event}: what the shop's software is told, in the transaction that it tells of (contract, section 11). For one transaction; belongs to one thread.
 */
final class EventLog {
    private static final String ATTENTION = "payment.attention";

    /** That a verified payment could not be applied. WRONG_MERCHANT: only where the key is the merchant's own. */
    private static final Set<Outcome> NOT_APPLIED = Set.of(
            Outcome.UNKNOWN_ORDER,
            Outcome.AMOUNT_MISMATCH,
            Outcome.ORDER_CLOSED,
            Outcome.CONFLICT,
            Outcome.REFUNDED,
            Outcome.WRONG_MERCHANT);

    private static final String COLUMNS =
            "type, account, mch_id, sub_mch_id, out_trade_no, out_refund_no, transaction_id,"
                    + " refund_id, total_fee, currency, payer, outcome, detail";

    /** Attention that was told before is passed over, and need not be written. */
    static final RowsSql INSERT = insert("");

    /** The same, and wakes whoever listens, when and if the transaction is committed. Last parameter: the channel. */
    static final RowsSql INSERT_AND_NOTIFY = insert(", pg_notify(CAST(? AS text), CAST(id AS text))");

    /**
     * In which attention is written: whoever waits for a row of another transaction waits in the order in which that one
     * writes its own, so no two wait for each other.
     */
    private static final Comparator<Event> IN_ORDER = Comparator.comparing(Event::isAttention)
            .thenComparing(Event::key, Comparator.nullsFirst(Comparator.naturalOrder()));

    private final EventRules rules;
    private final List<Event> events = new ArrayList<>();

    private static RowsSql insert(String alsoReturned) {
        return RowsSql.of(
                "INSERT INTO payment_event (" + COLUMNS + ", occurred_at, next_at) SELECT " + COLUMNS + ", "
                        + Columns.time("occurred_at") + ", CASE WHEN sends = 'yes' THEN now() END FROM",
                "k",
                "type text, account text, mch_id text, sub_mch_id text, out_trade_no text, out_refund_no text,"
                        + " transaction_id text, refund_id text, total_fee bigint, currency text, payer text, outcome text,"
                        + " detail text, occurred_at bigint, sends text",
                " ON CONFLICT (coalesce(mch_id, ''), coalesce(out_trade_no, ''), coalesce(transaction_id, ''), outcome)"
                        + " WHERE type = '" + ATTENTION + "' DO NOTHING RETURNING type <> '" + ATTENTION
                        + "' AS counted" + alsoReturned);
    }

    /** @param rules of which accounts anybody is told */
    EventLog(EventRules rules) {
        this.rules = rules;
    }

    private record Event(
            String type,
            Callback callback,
            Finding finding,
            Decision decision,
            @Nullable String orderCurrency) {
        boolean isAttention() {
            return type.equals(ATTENTION);
        }

        /** Null where the order is that of settling. */
        @Nullable
        String key() {
            Claims claims = finding.claims();
            return isAttention()
                    ? String.join(
                            "\0",
                            String.valueOf(claims.mchId()),
                            String.valueOf(claims.outTradeNo()),
                            String.valueOf(claims.transactionId()),
                            decision.outcome().name())
                    : null;
        }

        @Nullable
        String currency() {
            boolean told = finding instanceof Refund refund && refund.currency() != null;
            return orderCurrency == null || told ? finding.claims().currency() : orderCurrency;
        }

        @Nullable
        String payer() {
            return finding instanceof Payment payment ? payment.payer() : null;
        }

        Instant occurredAt() {
            Instant told = !isAttention() && finding instanceof Payment payment
                    ? payment.paidAt()
                    : finding instanceof Refund refund ? refund.refundedAt() : null;
            return told == null ? callback.receivedAt() : told;
        }
    }

    /**
     * Notes what was decided, if anybody is told of it.
     *
     * @param order that of a refund; null where there is none
     */
    void add(Callback callback, Finding finding, Decision decision, @Nullable Order order) {
        String type = rules.writes(callback.account()) ? type(finding, decision) : null;
        if (type != null) {
            String currency = finding instanceof Refund && order != null ? order.currency() : null;
            events.add(new Event(type, callback, finding, decision, currency));
        }
    }

    private static @Nullable String type(Finding finding, Decision decision) {
        if (decision.outcome() == Outcome.APPLIED) {
            return finding instanceof Refund refund
                    ? switch (refund.status()) {
                        case SUCCESS -> "refund.succeeded";
                        case ABNORMAL -> "refund.abnormal";
                        case CLOSED -> "refund.closed";
                    }
                    : "payment.paid";
        }
        boolean payment = Objects.equals(finding.claims().event(), "PAYMENT");
        return payment && decision.alarming() && NOT_APPLIED.contains(decision.outcome()) ? ATTENTION : null;
    }

    /** Adds what has been noted; not even a statement where nothing has. */
    void write(Writes last) {
        if (events.isEmpty()) {
            return;
        }
        events.sort(IN_ORDER);
        RowsSql sql = rules.channel() == null ? INSERT : INSERT_AND_NOTIFY;
        int mustBe = (int) events.stream().filter(event -> !event.isAttention()).count();
        last.add(sql, events, this::set, mustBe, "payment_event");
    }

    private void set(Columns<Event> columns) throws SQLException {
        columns.text(Event::type)
                .text(event -> event.callback().account())
                .text(event -> PaymentLog.claim(event.finding().claims().mchId()))
                .text(event -> PaymentLog.claim(event.finding().claims().subMchId()))
                .text(event -> PaymentLog.claim(event.finding().claims().outTradeNo()))
                .text(event -> PaymentLog.claim(event.finding().claims().outRefundNo()))
                .text(event -> PaymentLog.claim(event.finding().claims().transactionId()))
                .text(event -> PaymentLog.claim(event.finding().claims().refundId()))
                .number(event -> event.finding().claims().totalFee())
                .text(event -> PaymentLog.claim(event.currency()))
                .text(event -> PaymentLog.claim(event.payer()))
                .text(event -> event.decision().outcome().name())
                .text(event -> PaymentLog.storable(event.decision().detail()))
                .time(Event::occurredAt)
                .text(event -> rules.sends(event.callback().account()) ? "yes" : "no");
        if (rules.channel() != null) {
            columns.set(rules.channel());
        }
    }
}
