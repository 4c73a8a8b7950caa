package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Callback;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;
import paynotify.sender.Source;

/**
 * {@code payment_replay}: rows of the log that are settled once more (contract, section 8). Taking up, settling and noting
 * that it is done are one transaction, so nothing is done by two at once, and what a killed Tomcat had begun another does.
 * Belongs to one thread.
 */
public final class Replays {
    /** What needs one transaction at most: short enough that no callback waits long for one of its orders. */
    public static final int BATCH = 50;
    /** After so many orders no further row is taken into a transaction: a combined payment has up to 50. */
    private static final int ORDERS_MAX = 128;

    private static final String OPEN = "SELECT log_id FROM payment_replay WHERE done_at IS NULL"
            + " ORDER BY requested_at, log_id OFFSET ? LIMIT ? FOR UPDATE SKIP LOCKED";
    // What is itself a row once more leads to its first: PaymentLog ends its detail so, whatever stands before.
    private static final String LOAD = "SELECT l.id, f.id, f.source, f.received_at, f.account, f.channel,"
            + " f.body, f.headers, coalesce(l.mch_id, f.mch_id), coalesce(l.sub_mch_id, f.sub_mch_id),"
            + " coalesce(l.out_trade_no, f.out_trade_no), coalesce(l.out_refund_no, f.out_refund_no),"
            + " f.combine_out_trade_no, position('" + UnverifiedLog.CUT
            + "' IN f.detail) > 0 OR f.outcome = 'TOO_LARGE'"
            + " FROM unnest(CAST(? AS bigint[])) AS k (id) JOIN payment_log l ON l.id = k.id"
            + " JOIN payment_log f ON f.id = CASE WHEN l.source = 'REPLAY'"
            + " THEN CAST(substring(l.detail FROM '\\(row ([0-9]{1,18}) once more\\)$') AS bigint) ELSE l.id END";
    private static final String DONE = "UPDATE payment_replay r SET done_at = now(), outcome = k.outcome,"
            + " detail = k.detail FROM unnest(CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS text[]))"
            + " AS k (log_id, outcome, detail) WHERE r.log_id = k.log_id";

    static final List<String> STATEMENTS = List.of(OPEN, LOAD, DONE);

    private final Background background;
    private final EventRules events;
    private final Meter meter;
    /** What the last transaction had taken up, whether it was committed or not. */
    private List<Long> taken = List.of();

    /**
     * A row of the log as it was written first.
     *
     * @param cut whether the log has only the start of its body
     */
    public record Row(
            long id,
            Source source,
            Instant receivedAt,
            String account,
            String channel,
            String body,
            @Nullable String headers,
            @Nullable String mchId,
            @Nullable String subMchId,
            @Nullable String outTradeNo,
            @Nullable String outRefundNo,
            @Nullable String combineOutTradeNo,
            boolean cut) {}

    /**
     * What it says today.
     *
     * @param reading null where it can't be replayed
     * @param why then, one sentence
     */
    public record Again(@Nullable Reading reading, String why) {}

    /** What one transaction has settled, and how. */
    private record Settled(List<Reading> readings, List<List<Decision>> decisions) {}

    private record Done(long logId, @Nullable Decision decision, String why) {}

    /**
     * @param events of which accounts the shop's software is told
     * @param meter is told what was decided
     */
    Replays(Background background, EventRules events, Meter meter) {
        this.background = background;
        this.events = events;
        this.meter = meter;
    }

    /** Whether it can be called already: the database may be away. */
    public boolean isReady() {
        return background.ready();
    }

    /**
     * Does what is to be done, {@value #BATCH} rows at most.
     *
     * @param reader reads and verifies; never throws for anything that a row may hold
     * @return whether there may be more
     */
    public boolean run(Function<Row, Again> reader) throws Unavailable {
        try {
            return run(0, BATCH, reader);
        } catch (Unavailable e) {
            if (e.getCause() == null || !GroupCommit.mayBeOnesFault(e.getCause())) {
                throw e;
            }
            // One of them is at fault: then each for itself, and that one is told.
            int left = 0;
            for (int each = taken.size(); each > 0; each--) {
                left += runOne(left, reader) ? 0 : 1;
            }
            return left == 0;
        }
    }

    /**
     * The one behind those that are left for the next time.
     *
     * @return false if it must be left, too: somebody else holds its order
     */
    private boolean runOne(int offset, Function<Row, Again> reader) throws Unavailable {
        try {
            run(offset, 1, reader);
            return true;
        } catch (Unavailable e) {
            if (e.getCause() == null || !GroupCommit.mayBeOnesFault(e.getCause()) || taken.isEmpty()) {
                throw e;
            }
            if (isPassing(e.getCause())) {
                return false;
            }
            Done failed = new Done(taken.get(0), null, "expected that it can be settled, found: " + e.getMessage());
            background.run(connection -> done(connection, List.of(failed)));
            return true;
        }
    }

    /** A lock not had in time, a deadlock, a statement that took too long (PostgreSQL's documentation, appendix A). */
    private static boolean isPassing(Throwable failure) {
        String state = failure instanceof SQLException sql ? sql.getSQLState() : null;
        return state != null && (state.equals("55P03") || state.equals("57014") || state.startsWith("40"));
    }

    /** @return whether there may be more */
    private boolean run(int offset, int most, Function<Row, Again> reader) throws Unavailable {
        taken = List.of();
        Settled settled = new Settled(new ArrayList<>(), new ArrayList<>());
        boolean more = background.run((connection, last) -> {
            List<Long> open = open(connection, offset, most);
            taken = open;
            List<Done> done = open.isEmpty()
                    ? List.of()
                    : settle(connection, last, open, load(connection, open), reader, settled);
            done(connection, done);
            return open.size() == most || done.size() < open.size();
        });
        for (int i = 0; i < settled.readings.size(); i++) {
            Callback callback = settled.readings.get(i).callback();
            meter.decided(
                    callback.account(), settled.readings.get(i).channel(), callback.source(), settled.decisions.get(i));
        }
        return more;
    }

    private static List<Long> open(Connection connection, int offset, int most) throws SQLException {
        List<Long> open = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(OPEN)) {
            select.setInt(1, offset);
            select.setInt(2, most);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    open.add(rows.getLong(1));
                }
            }
        }
        return open;
    }

    private static Map<Long, Row> load(Connection connection, List<Long> logIds) throws SQLException {
        Map<Long, Row> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(LOAD)) {
            new Columns<>(select, logIds).number(id -> id);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getLong(1), row(rows));
                }
            }
        }
        return found;
    }

    private static Row row(ResultSet rows) throws SQLException {
        return new Row(
                rows.getLong(2),
                Source.valueOf(rows.getString(3)),
                rows.getObject(4, OffsetDateTime.class).toInstant(),
                rows.getString(5),
                rows.getString(6),
                rows.getString(7),
                rows.getString(8),
                rows.getString(9),
                rows.getString(10),
                rows.getString(11),
                rows.getString(12),
                rows.getString(13),
                rows.getBoolean(14));
    }

    private List<Done> settle(
            Connection connection,
            Writes last,
            List<Long> logIds,
            Map<Long, Row> found,
            Function<Row, Again> reader,
            Settled settledRows)
            throws SQLException {
        List<Done> done = new ArrayList<>();
        List<Long> settled = new ArrayList<>();
        List<Reading> readings = settledRows.readings;
        int orders = 0;
        for (Long logId : logIds) {
            if (orders > ORDERS_MAX) {
                // The rest stays open for the next transaction.
                break;
            }
            Row row = found.get(logId);
            Again again = row == null
                    ? new Again(null, "expected a row of payment_log of this id, and its first one, found none")
                    : reader.apply(row);
            if (again.reading() == null) {
                done.add(new Done(logId, null, again.why()));
            } else {
                settled.add(logId);
                readings.add(again.reading());
                orders += again.reading().findings().size();
            }
        }
        List<@Nullable List<Decision>> decisions = Settlement.run(connection, last, true, readings, events);
        for (int i = 0; i < decisions.size(); i++) {
            List<Decision> all = Objects.requireNonNull(decisions.get(i));
            settledRows.decisions.add(all);
            Outcome answer = Decision.answer(all);
            Decision first = all.stream()
                    .filter(decision -> decision.outcome() == answer)
                    .findFirst()
                    .orElseThrow();
            done.add(new Done(settled.get(i), first, first.detail()));
        }
        return done;
    }

    private static int done(Connection connection, List<Done> done) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(DONE)) {
            new Columns<>(update, done)
                    .number(Done::logId)
                    .text(row -> row.decision() == null
                            ? null
                            : row.decision().outcome().name())
                    .text(row -> PaymentLog.storable(row.why()));
            return update.executeUpdate();
        }
    }
}
