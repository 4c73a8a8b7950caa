package paynotify.store;

import java.time.Duration;
import java.util.List;

/** What the first page of the operator's tells (contract, section 12). Thread-safe. */
public final class OverviewQueries {
    /** In Beijing's hours, which begin when UTC's do. */
    private static final String HOURS =
            "SELECT date_trunc('hour', received_at, 'UTC') AS hour, outcome, count(*) AS callbacks"
                    + " FROM payment_log WHERE received_at >= now() - make_interval(secs => ?) GROUP BY 1, 2 ORDER BY 1";

    private static final String TOOK = "SELECT took[1] AS median, took[2] AS p99 FROM (SELECT"
            + " percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY took_us) AS took FROM payment_log"
            + " WHERE received_at >= now() - make_interval(secs => ?) AND source = 'CALLBACK') t";
    private static final String ATTENTION =
            "SELECT outcome, count(*) AS cases FROM payment_attention GROUP BY outcome ORDER BY cases DESC, outcome";
    // By the partial indexes of each.
    private static final String INQUIRIES = "SELECT (SELECT count(*) FROM payment_inquiry WHERE next_at = planned_at)"
            + " + (SELECT count(*) FROM payment_inquiry WHERE next_at IS NOT NULL AND next_at IS DISTINCT FROM planned_at)"
            + " AS waiting, (SELECT count(*) FROM payment_inquiry WHERE next_at = planned_at AND next_at <= now())"
            + " + (SELECT count(*) FROM payment_inquiry WHERE next_at IS NOT NULL AND next_at IS DISTINCT FROM planned_at"
            + " AND next_at <= now()) AS due";
    private static final String EVENTS =
            "SELECT count(*) AS waiting, min(created_at) AS oldest FROM payment_event" + " WHERE next_at IS NOT NULL";
    private static final String BILLS = "SELECT * FROM payment_bill ORDER BY bill_date DESC, mch_id LIMIT ?";
    private static final String DIFFERENCES =
            "SELECT count(*) AS open FROM payment_bill_difference WHERE settled_at IS NULL";

    private final AdminTransactions transactions;

    /**
     * The log of some span.
     *
     * @param hours hour, outcome, callbacks: where there are any
     * @param took median and p99, in microseconds; null without callbacks
     */
    public record Flow(List<TableRow> hours, TableRow took) {}

    /**
     * What waits for people, WeChat or the shop.
     *
     * @param attention outcome, cases
     * @param inquiries waiting, due
     * @param events waiting, oldest
     * @param bills the newest rows of payment_bill
     * @param openDifferences of all days
     */
    public record State(
            List<TableRow> attention,
            TableRow inquiries,
            TableRow events,
            List<TableRow> bills,
            long openDifferences) {}

    OverviewQueries(AdminTransactions transactions) {
        this.transactions = transactions;
    }

    /**
     * Counts the log.
     *
     * @param span up to now
     */
    public Flow flow(Duration span) throws Unavailable {
        return transactions.look(queries ->
                new Flow(queries.rows(HOURS, (double) span.toSeconds()), queries.row(TOOK, (double) span.toSeconds())));
    }

    /**
     * Counts what is open.
     *
     * @param bills so many of them
     */
    public State state(int bills) throws Unavailable {
        return transactions.look(queries -> new State(
                queries.rows(ATTENTION),
                queries.row(INQUIRIES),
                queries.row(EVENTS),
                queries.rows(BILLS, bills),
                queries.row(DIFFERENCES).count("open")));
    }
}
