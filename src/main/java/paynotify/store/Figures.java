package paynotify.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What waits or is open, as the tables tell: for those who look at it again and again. Each is read in a transaction of its own,
 * so that one that takes too long takes none of the others with it. Thread-safe.
 */
public final class Figures {
    /** Longer than that no figure is worth to the database. */
    private static final int STATEMENT_MS = 2_000;

    private final Background background;

    /** What can be read: rows of some words and a number. */
    public enum Figure {
        /** By the asker's mch-id: questions that are due. Two indexes, which the planner takes only so. */
        INQUIRIES_DUE(
                1,
                "SELECT asked_by, count(*) FROM (SELECT asked_by FROM payment_inquiry"
                        + " WHERE next_at = planned_at AND next_at <= now() UNION ALL SELECT asked_by FROM payment_inquiry"
                        + " WHERE next_at IS NOT NULL AND next_at IS DISTINCT FROM planned_at AND next_at <= now()) AS due"
                        + " WHERE asked_by IS NOT NULL GROUP BY asked_by"),
        /** By account: events that are due. */
        EVENTS_DUE(1, "SELECT account, count(*) FROM payment_event WHERE next_at <= now() GROUP BY account"),
        /** By account: the age in seconds of the oldest event that is not delivered, and is still tried. */
        EVENT_OLDEST(
                1,
                "SELECT account, greatest(extract(epoch FROM now() - min(created_at)), 0) FROM payment_event"
                        + " WHERE next_at IS NOT NULL AND delivered_at IS NULL GROUP BY account"),
        /** By outcome: cases that somebody must look at. */
        ATTENTION(1, "SELECT outcome, count(*) FROM payment_attention GROUP BY outcome"),
        /** By account and kind: differences between bills and tables that stand. */
        BILL_DIFFERENCES(
                2,
                "SELECT b.account, d.kind, count(*) FROM payment_bill_difference d"
                        + " JOIN payment_bill b ON b.mch_id = d.mch_id AND b.bill_date = d.bill_date"
                        + " WHERE d.settled_at IS NULL GROUP BY b.account, d.kind"),
        /** By account: the last day whose bill is there, as the Unix time at which that day began in Beijing. */
        BILL_LAST_DAY(
                1,
                "SELECT account, extract(epoch FROM max(bill_date)) - 28800 FROM payment_bill"
                        + " WHERE state IN ('COMPLETE', 'EMPTY') GROUP BY account");

        private final int words;
        private final String sql;

        Figure(int words, String sql) {
            this.words = words;
            this.sql = sql;
        }
    }

    /** One number, and what it is the number of. */
    public record Row(List<String> words, double number) {
        public Row {
            words = List.copyOf(words);
        }
    }

    Figures(Background background) {
        this.background = background;
    }

    /** Takes {@value #STATEMENT_MS} ms of the database's time at most. */
    public List<Row> read(Figure figure) throws Unavailable {
        return background.run(connection -> {
            try (Statement limit = connection.createStatement()) {
                limit.execute("SET LOCAL statement_timeout = " + STATEMENT_MS);
            }
            List<Row> found = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(figure.sql);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    List<String> words = new ArrayList<>();
                    for (int i = 1; i <= figure.words; i++) {
                        words.add(rows.getString(i));
                    }
                    found.add(new Row(words, rows.getDouble(figure.words + 1)));
                }
            }
            return found;
        });
    }
}
