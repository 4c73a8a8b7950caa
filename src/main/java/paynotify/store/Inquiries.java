package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Question;

/**
 * {@code payment_inquiry}: which questions are due, who asks them, and what became of them (contract, section 7). Several
 * Tomcats share it: what one has claimed the others pass over, until its lease is over. All times are the database's own,
 * so no Tomcat's clock matters. Thread-safe.
 */
public final class Inquiries {
    /** So many due rows are looked at to find the newest orders among them. */
    private static final int CANDIDATES = 200;
    /** How often we look further where all of them have been paid meanwhile. */
    private static final int ROUNDS = 5;

    private final Background background;
    private final EventRules events;
    private final OrderColumns.Known columns = new OrderColumns.Known();

    /**
     * A question that is ours for the time of its lease.
     *
     * @param since since when it is due
     */
    public record Due(Question question, OffsetDateTime since, OffsetDateTime lease) {}

    private record Candidate(
            Due due, boolean waits, @Nullable OffsetDateTime createdAt) {
        Question question() {
            return due.question();
        }
    }

    /** @param events of which accounts the shop's software is told */
    Inquiries(Background background, EventRules events) {
        this.background = background;
        this.events = events;
    }

    /** Whether it can be called already: the database may be away. */
    public boolean isReady() {
        return background.ready();
    }

    /**
     * Takes up what is due for an account: what SQL asks for, then the newest.
     *
     * @param asker the account's mch-id
     * @param most no more than so many
     */
    public List<Due> claim(String asker, int most) throws Unavailable {
        return background.run(connection -> {
            List<Candidate> claimed = candidates(connection, true, asker, most);
            for (int round = 0; round < ROUNDS && claimed.size() < most; round++) {
                List<Candidate> planned = candidates(connection, false, asker, CANDIDATES);
                List<Candidate> over =
                        planned.stream().filter(each -> !each.waits()).toList();
                planned.stream()
                        .filter(Candidate::waits)
                        .sorted(Comparator.comparing(
                                Candidate::createdAt, Comparator.nullsLast(Comparator.reverseOrder())))
                        .limit(most - claimed.size())
                        .forEach(claimed::add);
                write(connection, InquirySql.PUT_ASIDE, over, false);
                if (over.size() < CANDIDATES) {
                    break;
                }
            }
            write(connection, InquirySql.LEASE_ROWS, claimed, true);
            return claimed.stream().map(Candidate::due).toList();
        });
    }

    private List<Candidate> candidates(Connection connection, boolean requested, String asker, int most)
            throws SQLException {
        List<Candidate> found = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement(InquirySql.candidates(requested, most, columns.of(connection)))) {
            select.setString(1, asker);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Question question = new Question(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(7),
                            rows.getString(8));
                    Due due = new Due(
                            question, rows.getObject(9, OffsetDateTime.class), rows.getObject(4, OffsetDateTime.class));
                    found.add(new Candidate(due, rows.getBoolean(5), rows.getObject(6, OffsetDateTime.class)));
                }
            }
        }
        return found;
    }

    private static void write(Connection connection, String sql, List<Candidate> rows, boolean leases)
            throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Columns<Candidate> arrays = new Columns<>(statement, rows)
                    .text(row -> row.question().mchId())
                    .text(row -> row.question().outTradeNo())
                    .text(row -> row.question().outRefundNo());
            if (leases) {
                arrays.text(row -> row.due().lease().toString());
            }
            statement.executeUpdate();
        }
    }

    /**
     * Settles what the answer says, if it is a fact, and notes what comes next, in one transaction. What somebody has asked
     * for since the claim stays due.
     *
     * @param ages when such a row is asked about, ascending
     * @return what was decided about each order; empty where there was nothing to settle
     */
    public List<Decision> answered(Due due, Answer answer, List<Duration> ages) throws Unavailable {
        List<Decision> settled = new ArrayList<>();
        background.run((connection, last) -> {
            if (answer.reading() != null) {
                settled.addAll(Settlement.answer(
                        connection,
                        last,
                        answer.reading(),
                        new Order.Key(due.question().mchId(), due.question().outTradeNo()),
                        events));
            }
            try (PreparedStatement update = connection.prepareStatement(InquirySql.answered())) {
                update.setString(1, next(answer));
                update.setArray(2, Enrolment.seconds(connection, ages));
                update.setLong(3, ages.get(ages.size() - 1).toSeconds());
                update.setString(4, PaymentLog.storable(answer.word()));
                update.setString(5, PaymentLog.storable(answer.detail()));
                update.setObject(6, due.since());
                update.setObject(7, due.lease());
                update.setString(8, due.question().mchId());
                update.setString(9, due.question().outTradeNo());
                update.setString(10, due.question().outRefundNo());
                // None where somebody has deleted the row meanwhile: what was settled is true all the same.
                return update.executeUpdate();
            }
        });
        return settled;
    }

    private static String next(Answer answer) {
        return switch (answer.next()) {
            case SETTLE, NEVER -> "NEVER";
            case AT_NEXT_AGE -> "AGE";
            case RETRY, OLDER_KEY -> "SOON";
            case BACK_OFF, REFUSED -> "STAYS";
        };
    }

    /** Gives a question back that was not asked. */
    public void release(Due due) throws Unavailable {
        background.run(connection -> {
            try (PreparedStatement release = connection.prepareStatement(InquirySql.RELEASE)) {
                release.setString(1, due.question().mchId());
                release.setString(2, due.question().outTradeNo());
                release.setString(3, due.question().outRefundNo());
                release.setObject(4, due.lease());
                return release.executeUpdate();
            }
        });
    }

    /**
     * Finds out which account asks about what SQL requests; rows of a merchant that none asks for are told so.
     *
     * @param askers the mch-ids of the accounts that inquire
     */
    public void adopt(Collection<String> askers) throws Unavailable {
        background.run(connection -> update(connection, InquirySql.adopt(columns.of(connection)), 2, askers));
    }

    /**
     * Puts aside what was planned for accounts that do not inquire any more.
     *
     * @return how many, a thousand at most
     */
    public int abandon(Collection<String> askers) throws Unavailable {
        return background.run(connection -> update(connection, InquirySql.abandon(), 1, askers));
    }

    /**
     * Deletes what nobody has asked about for 30 days.
     *
     * @return how many, a thousand at most
     */
    public int forget() throws Unavailable {
        return background.run(connection -> update(connection, InquirySql.FORGET, 0, List.of()));
    }

    private static int update(Connection connection, String sql, int parameters, Collection<String> askers)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 1; i <= parameters; i++) {
                statement.setArray(i, connection.createArrayOf("text", askers.toArray()));
            }
            return statement.executeUpdate();
        }
    }
}
