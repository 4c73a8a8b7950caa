package paynotify.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Finding;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Payment;
import paynotify.sender.Reading;
import paynotify.sender.Refund;
import paynotify.sender.Trade;

/**
 * What is done about callbacks in one transaction, be it one or fifty: their orders are locked, each is decided as if it
 * had come alone and in its turn, and what follows is written, all of it by one statement for each table.
 */
final class Settlement {
    private final Connection connection;
    private final boolean waits;
    private final Map<Order.Claim, Order> locked;
    /** The locked orders, as the callbacks before have left them. */
    private final Map<Order.Key, Order> orders = new HashMap<>();

    private final List<Payment> paid = new ArrayList<>();
    /** The numbers of the orders in {@link #paid}, each by the {@link #transaction} that has paid it. */
    private final Map<String, String> ordersPaid = new HashMap<>();

    private Settlement(Connection connection, boolean waits, Map<Order.Claim, Order> locked) {
        this.connection = connection;
        this.waits = waits;
        this.locked = locked;
        locked.forEach((claim, order) -> orders.put(claim.key(), order));
    }

    /**
     * @param connection in a transaction, which the caller commits
     * @param waits whether to wait for orders that somebody else holds locked. If not, a callback whose order can't be had
     *     at once, for this reason or because there is none, is left out: nothing is changed, and nothing logged
     * @return a decision for each callback, in the same order; null where it was left out
     * @throws IllegalStateException if the tables are not what the contract says: our own fault; or, unless {@code waits},
     *     if a transaction has paid another order before: to be settled alone
     */
    static List<@Nullable Decision> run(Connection connection, boolean waits, List<Reading> readings)
            throws SQLException {
        Set<Order.Claim> claims = new LinkedHashSet<>();
        for (Reading each : readings) {
            Trade trade = trade(each.finding());
            if (trade != null) {
                claims.add(Order.Claim.of(trade));
            }
        }
        Settlement settlement = new Settlement(connection, waits, Order.lock(connection, waits, claims));
        List<@Nullable Decision> decisions = new ArrayList<>();
        List<PaymentLog.Row> rows = new ArrayList<>();
        for (Reading each : readings) {
            Decision decision = settlement.decide(each.finding());
            decisions.add(decision);
            if (decision != null) {
                rows.add(new PaymentLog.Row(each, decision));
            }
        }
        PaymentDao.pay(connection, settlement.paid);
        PaymentLog.insert(connection, rows);
        return decisions;
    }

    /** A refund locks more than its order, and may wait for it: it is not settled together with others. */
    static boolean fitsAGroup(Finding finding) {
        return !(finding instanceof Refund);
    }

    private static @Nullable Trade trade(Finding finding) {
        return finding instanceof Payment payment
                ? payment.trade()
                : finding instanceof Refund refund ? refund.trade() : null;
    }

    private @Nullable Decision decide(Finding finding) throws SQLException {
        if (finding instanceof NothingToBook nothing) {
            return Decision.of(nothing);
        }
        return finding instanceof Payment payment ? decide(payment) : decide((Refund) finding);
    }

    private @Nullable Decision decide(Payment payment) throws SQLException {
        Trade trade = payment.trade();
        Order order = order(trade);
        if (order == null) {
            return unknown(trade);
        }
        Decision decision = PaymentDao.decide(order, payment);
        if (decision.outcome() != Outcome.APPLIED) {
            return decision;
        }
        String other = otherOrder(trade);
        if (other != null) {
            return PaymentDao.hasPaid(other);
        }
        paid.add(payment);
        ordersPaid.put(transaction(trade), trade.outTradeNo());
        // What comes after it finds the order so.
        orders.put(Order.Key.of(trade), order.paidBy(trade.transactionId()));
        return decision;
    }

    /**
     * Another order that this transaction has paid, or null. In a group the log is asked only by the UPDATE, which costs
     * no round trip and fails the group where there is one.
     */
    private @Nullable String otherOrder(Trade trade) throws SQLException {
        String before = trade.transactionId() == null ? null : ordersPaid.get(transaction(trade));
        if (before != null && !before.equals(trade.outTradeNo())) {
            return before;
        }
        return waits ? PaymentDao.other(connection, trade) : null;
    }

    /** Its number among all merchants. A NUL is in no number. */
    private static String transaction(Trade trade) {
        return trade.mchId() + '\0' + trade.transactionId();
    }

    private @Nullable Decision decide(Refund refund) throws SQLException {
        Order order = order(refund.trade());
        return order == null ? unknown(refund.trade()) : RefundDao.apply(connection, order, refund);
    }

    private @Nullable Order order(Trade trade) {
        return locked.containsKey(Order.Claim.of(trade)) ? orders.get(Order.Key.of(trade)) : null;
    }

    private @Nullable Decision unknown(Trade trade) {
        return waits ? Order.unknown(trade) : null;
    }
}
