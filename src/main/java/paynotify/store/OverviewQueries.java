package paynotify.store;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** What the first page of the operator's tells (contract, section 12). Thread-safe. */
public final class OverviewQueries {
    /**
     * Reads the rows once, for both: by Beijing's hours, which begin when UTC's do, and by how long they took. OFFSET 0 hides from the
     * planner that there may be as many hours as rows; it would sort them all. A span's begin that is a parameter, and not reckoned
     * from now(), spares the planning of all other months.
     */
    private static final String FLOW =
            "WITH counted AS MATERIALIZED (SELECT hour, outcome, took, count(*) AS callbacks,"
                    + " GROUPING(outcome) AS by_took FROM (SELECT"
                    + " date_bin('1 hour', received_at, TIMESTAMPTZ '2000-01-01 00:00:00+00') AS hour, outcome,"
                    + " CASE source WHEN 'CALLBACK' THEN took_us END AS took FROM payment_log WHERE received_at >= ? OFFSET 0) r"
                    + " GROUP BY GROUPING SETS ((hour, outcome), (took)))"
                    + " SELECT hour, outcome, callbacks, NULL::int AS median, NULL::int AS p99 FROM counted WHERE by_took = 0"
                    + " UNION ALL SELECT NULL, NULL, NULL, min(took) FILTER (WHERE upto >= 0.5 * everything),"
                    + " min(took) FILTER (WHERE upto >= 0.99 * everything) FROM (SELECT took, sum(callbacks) OVER (ORDER BY took) AS upto,"
                    + " sum(callbacks) OVER () AS everything FROM counted WHERE by_took = 1 AND took IS NOT NULL) t";

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
     * @param since until now
     */
    public Flow flow(Instant since) throws Unavailable {
        OffsetDateTime from = since.atOffset(ZoneOffset.UTC);
        List<TableRow> rows = transactions.look(queries -> queries.rows(FLOW, from));
        int hours = rows.size() - 1;
        return new Flow(rows.subList(0, hours), rows.get(hours));
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
