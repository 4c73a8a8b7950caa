package paynotify.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
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
import paynotify.sender.Source;
import paynotify.sender.Trade;

/**
 * What is done about callbacks in one transaction, be it one or fifty: their orders are locked, each is decided as if it
 * had come alone and in its turn, and what follows is written, all of it by one statement for each table.
 */
final class Settlement {
    private final Connection connection;
    private final boolean waits;
    private final Map<Order.Key, Order> orders;
    private final List<Payment> paid = new ArrayList<>();

    private Settlement(Connection connection, boolean waits, Map<Order.Key, Order> orders) {
        this.connection = connection;
        this.waits = waits;
        this.orders = orders;
    }

    /**
     * @param connection in a transaction, which the caller commits
     * @param waits whether to wait for orders that somebody else holds locked. If not, a callback whose order can't be had
     *     at once, for this reason or because there is none, is left out: nothing is changed, and nothing logged
     * @return a decision for each callback, in the same order; null where it was left out
     * @throws IllegalStateException if the tables are not what the contract says: our own fault
     */
    static List<@Nullable Decision> run(Connection connection, boolean waits, List<Reading> readings)
            throws SQLException {
        Set<Order.Key> keys = new LinkedHashSet<>();
        for (Reading each : readings) {
            Trade trade = trade(each.finding());
            if (trade != null) {
                keys.add(Order.Key.of(trade));
            }
        }
        Settlement settlement = new Settlement(connection, waits, Order.lock(connection, waits, keys));
        List<@Nullable Decision> decisions = new ArrayList<>();
        List<PaymentLog.Row> rows = new ArrayList<>();
        for (Reading each : readings) {
            Decision decision = settlement.decide(each.finding());
            decisions.add(decision);
            if (decision != null && isNews(each, decision)) {
                rows.add(new PaymentLog.Row(each, decision));
            }
        }
        PaymentDao.pay(connection, settlement.paid);
        PaymentLog.insert(connection, rows);
        return decisions;
    }

    /** Contract, section 7: an answer that tells what was known already leaves no row. */
    private static boolean isNews(Reading reading, Decision decision) {
        return reading.callback().source() != Source.INQUIRY || decision.outcome() != Outcome.DUPLICATE;
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

    private @Nullable Decision decide(Payment payment) {
        Order.Key key = Order.Key.of(payment.trade());
        Order order = orders.get(key);
        if (order == null) {
            return unknown(payment.trade());
        }
        Decision decision = PaymentDao.decide(order, payment);
        if (decision.outcome() == Outcome.APPLIED) {
            paid.add(payment);
            // What comes after it finds the order so.
            orders.put(key, order.paidBy(payment.trade().transactionId()));
        }
        return decision;
    }

    private @Nullable Decision decide(Refund refund) throws SQLException {
        Order order = orders.get(Order.Key.of(refund.trade()));
        return order == null ? unknown(refund.trade()) : RefundDao.apply(connection, order, refund);
    }

    private @Nullable Decision unknown(Trade trade) {
        return waits ? Order.unknown(trade) : null;
    }
}
