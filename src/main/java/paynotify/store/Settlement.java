package paynotify.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import paynotify.message.Text;
import paynotify.sender.Claims;
import paynotify.sender.Finding;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
import paynotify.sender.Reading;
import paynotify.sender.Refund;
import paynotify.sender.Trade;

/**
 * What is done about callbacks in one transaction, be it one or fifty: their orders are locked, each is decided as if it
 * had come alone and in its turn, and what follows is written last, by one statement for each table.
 */
final class Settlement {
    private final Connection connection;
    private final boolean waits;
    private final Map<Order.Claim, Order> locked;
    /** The order that a question of ours was about; null for what the sender has sent of itself. */
    private final Order.@Nullable Key asked;
    /** The locked orders, as the callbacks before have left them. */
    private final Map<Order.Key, Order> orders = new HashMap<>();

    private final List<Payment> paid = new ArrayList<>();
    private final EventLog events;
    /** The numbers of the orders in {@link #paid}, each by the {@link #transaction} that has paid it. */
    private final Map<String, String> ordersPaid = new HashMap<>();

    private Settlement(
            Connection connection,
            boolean waits,
            Map<Order.Claim, Order> locked,
            Order.@Nullable Key asked,
            EventRules events) {
        this.connection = connection;
        this.waits = waits;
        this.locked = locked;
        this.asked = asked;
        this.events = new EventLog(events);
        locked.forEach((claim, order) -> orders.put(claim.key(), order));
    }

    /**
     * @param connection in a transaction, which the caller commits
     * @param last gets the orders' and the log's rows
     * @param waits whether to wait for orders that somebody else holds locked. If not, a callback whose order can't be had
     *     at once, for this reason or because there is none, is left out: nothing is changed, and nothing logged
     * @param events of which accounts the shop's software is told
     * @return a decision for each finding of each reading, in the same order; null for a reading that was left out
     * @throws IllegalStateException if the tables are not what the contract says: our own fault
     * @throws SQLException also, unless {@code waits}, if a transaction has paid another order before: to be settled singly
     */
    static List<@Nullable List<Decision>> run(
            Connection connection, Writes last, boolean waits, List<Reading> readings, EventRules events)
            throws SQLException {
        return run(connection, last, waits, readings, null, events);
    }

    /**
     * The same of an answer to a question of ours.
     *
     * @param asked the order that was asked about
     */
    static List<Decision> answer(Connection connection, Writes last, Reading answer, Order.Key asked, EventRules events)
            throws SQLException {
        return Objects.requireNonNull(
                run(connection, last, true, List.of(answer), asked, events).get(0));
    }

    private static List<@Nullable List<Decision>> run(
            Connection connection,
            Writes last,
            boolean waits,
            List<Reading> readings,
            Order.@Nullable Key asked,
            EventRules events)
            throws SQLException {
        // All who wait for several orders wait for them in one order, so that no two wait for each other.
        Set<Order.Claim> claims = new TreeSet<>(Order.Claim.IN_ORDER);
        for (Reading each : readings) {
            each.findings().forEach(finding -> addClaim(finding, claims));
        }
        Settlement settlement =
                new Settlement(connection, waits, Order.lock(connection, last, waits, claims), asked, events);
        List<@Nullable List<Decision>> decisions = new ArrayList<>();
        List<PaymentLog.Row> rows = new ArrayList<>();
        for (Reading each : readings) {
            decisions.add(settlement.canBeHad(each) ? settlement.decide(each, rows) : null);
        }
        settlement.events.write(last);
        PaymentDao.pay(last, settlement.paid);
        if (waits) {
            PaymentLog.insert(last, rows);
        } else {
            PaymentLog.insertOnce(last, rows);
        }
        return decisions;
    }

    private static void addClaim(Finding finding, Set<Order.Claim> claims) {
        Trade trade = trade(finding);
        if (trade != null) {
            claims.add(Order.Claim.of(trade));
        }
    }

    /** Whether all orders of this reading are there and locked by us, or we may wait for them. */
    private boolean canBeHad(Reading reading) {
        Set<Order.Claim> claims = new LinkedHashSet<>();
        reading.findings().forEach(finding -> addClaim(finding, claims));
        return waits || locked.keySet().containsAll(claims);
    }

    private List<Decision> decide(Reading reading, List<PaymentLog.Row> rows) throws SQLException {
        List<Decision> decisions = new ArrayList<>();
        for (Finding finding : reading.findings()) {
            Decision decision = decide(reading.callback().account(), finding);
            decisions.add(decision);
            if (isNews(finding.claims(), decision)) {
                Trade trade = trade(finding);
                events.add(reading.callback(), finding, decision, trade == null ? null : order(trade));
                rows.add(new PaymentLog.Row(reading, finding, decision));
            }
        }
        return decisions;
    }

    /**
     * Contract, section 7: an answer has a row only where it leads to APPLIED, or where somebody must look. Of a combined
     * payment's other orders, each is asked about itself: otherwise each answer would alarm about all of them.
     */
    private boolean isNews(Claims claims, Decision decision) {
        return asked == null || decision.outcome() == Outcome.APPLIED || (decision.alarming() && asked.isOf(claims));
    }

    /** A refund locks more than its order, and may wait for it: it is not settled together with others. */
    static boolean fitsAGroup(Reading reading) {
        return reading.findings().stream().noneMatch(Refund.class::isInstance);
    }

    private static @Nullable Trade trade(Finding finding) {
        return finding instanceof Payment payment
                ? payment.trade()
                : finding instanceof Refund refund ? refund.trade() : null;
    }

    private Decision decide(String account, Finding finding) throws SQLException {
        if (finding instanceof NothingToBook nothing) {
            return Decision.of(nothing);
        }
        return finding instanceof Payment payment ? decide(payment) : decide(account, (Refund) finding);
    }

    private Decision decide(Payment payment) throws SQLException {
        Trade trade = payment.trade();
        Order order = order(trade);
        if (order == null) {
            return Order.unknown(trade);
        }
        Decision decision = PaymentDao.decide(order, payment);
        if (decision.outcome() != Outcome.APPLIED) {
            return decision;
        }
        Decision spent = spent(trade);
        if (spent != null) {
            return spent;
        }
        paid.add(payment);
        if (trade.transactionId() != null) {
            ordersPaid.put(transaction(trade), trade.outTradeNo());
        }
        // What comes after it finds the order so.
        orders.put(Order.Key.of(trade), order.paidBy(trade.transactionId()));
        return decision;
    }

    /**
     * Why this transaction can't pay this order, or null. In a group only the INSERT finds out, which costs no round trip
     * and fails the group where there is a reason.
     */
    private @Nullable Decision spent(Trade trade) throws SQLException {
        String before = trade.transactionId() == null ? null : ordersPaid.get(transaction(trade));
        if (before != null && !before.equals(trade.outTradeNo())) {
            return PaymentDao.hasPaid(before);
        }
        return waits ? PaymentDao.spent(connection, trade) : null;
    }

    /** Its number among all merchants. A NUL is in no number. */
    private static String transaction(Trade trade) {
        return trade.mchId() + '\0' + trade.transactionId();
    }

    private Decision decide(String account, Refund refund) throws SQLException {
        Trade trade = refund.trade();
        if (refund.ofAnotherMerchant() && !isPaidSubOrder(account, trade)) {
            return new Decision(
                    Outcome.WRONG_MERCHANT,
                    "expected a refund of the account's own order, or of a sub order that a combined payment of this"
                            + " account has paid, found one of mch_id " + Text.quoted(trade.mchId()));
        }
        Order order = order(trade);
        return order == null ? Order.unknown(trade) : RefundDao.apply(connection, order, refund);
    }

    /** By a callback before it, in this run or an earlier one. */
    private boolean isPaidSubOrder(String account, Trade trade) throws SQLException {
        return paid.stream()
                        .map(Payment::trade)
                        .anyMatch(before -> before.combineOutTradeNo() != null
                                && Order.Key.of(before).equals(Order.Key.of(trade)))
                || PaymentLog.hasPaidSubOrder(connection, account, trade);
    }

    private @Nullable Order order(Trade trade) {
        return locked.containsKey(Order.Claim.of(trade)) ? orders.get(Order.Key.of(trade)) : null;
    }
}
