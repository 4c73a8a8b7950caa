package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code payment_event}: what is to be sent to the shop's software, and what became of it (contract, section 11). Several
 * Tomcats share it: what one has taken up the others pass over, until its lease is over. All times are the database's own,
 * so no Tomcat's clock matters. Thread-safe.
 */
public final class EventQueue {
    /** What is deleted by one transaction. */
    public static final int PIECE = 1_000;
    /** After this time another Tomcat takes it that whoever sends an event is dead. A delivery's limit is far below. */
    private static final String LEASE = "interval '60 seconds'";
    /** Of {@code last_error}. */
    private static final int ERROR_CHARS_MAX = 500;

    /** Parameters: accounts, and for each how many may be taken up. What is due longest goes first. */
    private static final String CLAIM =
            "SELECT e.* FROM unnest(CAST(? AS text[]), CAST(? AS bigint[])) AS a (account, room)"
                    + " CROSS JOIN LATERAL (SELECT id, type, account, mch_id, sub_mch_id, out_trade_no, out_refund_no, transaction_id,"
                    + " refund_id, total_fee, currency, payer, outcome, detail, occurred_at, created_at, tries,"
                    + " CAST(next_at AS text) AS next_at, CAST(now() + " + LEASE + " AS text) AS lease"
                    + " FROM payment_event WHERE account = a.account AND next_at <= now()"
                    + " AND (leased_until <= now()) IS NOT FALSE"
                    + " ORDER BY payment_event.next_at LIMIT a.room FOR UPDATE SKIP LOCKED) e";

    private static final String LEASE_ROWS =
            "UPDATE payment_event SET leased_until = now() + " + LEASE + " WHERE id = ANY (CAST(? AS bigint[]))";

    /**
     * What somebody has asked for since the claim stays due. What another Tomcat has taken up meanwhile is left to it.
     * Parameters: ids, leases, next_at at the claims, YES where it was tried, YES where it was delivered, statuses, errors,
     * milliseconds to the next try or null for none.
     */
    private static final String NOTE = "UPDATE payment_event e SET leased_until = NULL,"
            + " tries = e.tries + CASE WHEN k.tried = 'YES' THEN 1 ELSE 0 END,"
            + " last_status = CASE WHEN k.tried = 'YES' THEN CAST(k.status AS integer) ELSE e.last_status END,"
            + " last_error = CASE WHEN k.tried = 'YES' THEN k.error ELSE e.last_error END,"
            + " delivered_at = CASE WHEN k.delivered = 'YES' THEN now() ELSE e.delivered_at END,"
            + " next_at = CASE WHEN k.tried = 'YES' AND e.next_at = CAST(k.claimed AS timestamptz)"
            + " THEN now() + k.again_ms * interval '1 millisecond' ELSE e.next_at END"
            + " FROM unnest(CAST(? AS bigint[]), " + "CAST(? AS text[]), ".repeat(4)
            + "CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS bigint[]))"
            + " AS k (id, lease, claimed, tried, delivered, status, error, again_ms)"
            + " WHERE e.id = k.id AND e.leased_until = CAST(k.lease AS timestamptz)";

    /** Parameter: how many days they are kept. */
    private static final String FORGET = "DELETE FROM payment_event WHERE id = ANY (ARRAY(SELECT id FROM payment_event"
            + " WHERE next_at IS NULL AND created_at < now() - CAST(? AS bigint) * interval '1 day'"
            + " ORDER BY created_at LIMIT " + PIECE + " FOR UPDATE SKIP LOCKED))";

    static final List<String> STATEMENTS = List.of(CLAIM, LEASE_ROWS, NOTE, FORGET);

    private final Background background;
    private final Meter meter;

    /**
     * An event that is ours for the time of its lease.
     *
     * @param totalFee in fen
     * @param tries how often it has been sent before
     * @param claimed {@code next_at}, as the database writes it
     * @param lease as the database writes it
     */
    public record Due(
            long id,
            String type,
            String account,
            @Nullable String mchId,
            @Nullable String subMchId,
            @Nullable String outTradeNo,
            @Nullable String outRefundNo,
            @Nullable String transactionId,
            @Nullable String refundId,
            @Nullable Long totalFee,
            @Nullable String currency,
            @Nullable String payer,
            String outcome,
            @Nullable String detail,
            Instant occurredAt,
            Instant createdAt,
            int tries,
            String claimed,
            String lease) {}

    /**
     * What became of it.
     *
     * @param tried false where it was not sent after all: then it is due as before
     * @param delivered whether it was heard
     * @param status of the answer; null where there was none
     * @param error why it was not heard
     * @param again after what time it is sent again; null: not any more
     */
    public record Result(
            Due due,
            boolean tried,
            boolean delivered,
            @Nullable Integer status,
            @Nullable String error,
            @Nullable Duration again) {
        /** It was heard. */
        public static Result delivered(Due due, int status) {
            return new Result(due, true, true, status, null, null);
        }

        /** It was not heard. */
        public static Result failed(Due due, @Nullable Integer status, String error, @Nullable Duration again) {
            return new Result(due, true, false, status, error, again);
        }

        /** Given back, for another to send. */
        public static Result released(Due due) {
            return new Result(due, false, false, null, null, null);
        }
    }

    /** @param meter is told which events were heard */
    EventQueue(Background background, Meter meter) {
        this.background = background;
        this.meter = meter;
    }

    /** Whether it can be called already: the database may be away. */
    public boolean isReady() {
        return background.ready();
    }

    /**
     * Notes what became of events, and takes up others, in one transaction.
     *
     * @param rooms by account, how many may be taken up
     * @throws Unavailable if the results are not known to be noted: they may be noted again
     */
    public List<Due> exchange(List<Result> results, Map<String, Integer> rooms) throws Unavailable {
        List<Due> due = background.run(connection -> {
            note(connection, results);
            List<Due> claimed = claim(connection, List.copyOf(rooms.entrySet()));
            if (!claimed.isEmpty()) {
                try (PreparedStatement lease = connection.prepareStatement(LEASE_ROWS)) {
                    new Columns<>(lease, claimed).number(Due::id);
                    TransactionRunner.requireRows(claimed.size(), lease.executeUpdate(), "payment_event");
                }
            }
            return claimed;
        });
        for (Result each : results) {
            if (each.tried()) {
                meter.told(each.due().account(), each.delivered());
            }
        }
        return due;
    }

    private static void note(Connection connection, List<Result> results) throws SQLException {
        if (results.isEmpty()) {
            return;
        }
        try (PreparedStatement note = connection.prepareStatement(NOTE)) {
            new Columns<>(note, results)
                    .number(result -> result.due().id())
                    .text(result -> result.due().lease())
                    .text(result -> result.due().claimed())
                    .text(result -> result.tried() ? "YES" : "NO")
                    .text(result -> result.delivered() ? "YES" : "NO")
                    .number(result -> result.status() == null ? null : Long.valueOf(result.status()))
                    .text(result -> error(result.error()))
                    .number(result ->
                            result.again() == null ? null : result.again().toMillis());
            // Fewer where somebody has deleted a row, or another Tomcat has taken it up: its delivery counts, then.
            note.executeUpdate();
        }
    }

    private static @Nullable String error(@Nullable String error) {
        return error == null ? null : PaymentLog.storable(cut(error));
    }

    private static String cut(String text) {
        if (text.length() <= ERROR_CHARS_MAX) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(ERROR_CHARS_MAX - 1));
        return text.substring(0, splitsPair ? ERROR_CHARS_MAX - 1 : ERROR_CHARS_MAX);
    }

    private static List<Due> claim(Connection connection, List<Map.Entry<String, Integer>> rooms) throws SQLException {
        List<Due> claimed = new ArrayList<>();
        if (rooms.isEmpty()) {
            return claimed;
        }
        try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            new Columns<>(claim, rooms).text(Map.Entry::getKey).number(room -> Long.valueOf(room.getValue()));
            try (ResultSet rows = claim.executeQuery()) {
                while (rows.next()) {
                    claimed.add(due(rows));
                }
            }
        }
        return claimed;
    }

    private static Due due(ResultSet rows) throws SQLException {
        long totalFee = rows.getLong("total_fee");
        boolean noFee = rows.wasNull();
        return new Due(
                rows.getLong("id"),
                rows.getString("type"),
                rows.getString("account"),
                rows.getString("mch_id"),
                rows.getString("sub_mch_id"),
                rows.getString("out_trade_no"),
                rows.getString("out_refund_no"),
                rows.getString("transaction_id"),
                rows.getString("refund_id"),
                noFee ? null : totalFee,
                rows.getString("currency"),
                rows.getString("payer"),
                rows.getString("outcome"),
                rows.getString("detail"),
                instant(rows, "occurred_at"),
                instant(rows, "created_at"),
                rows.getInt("tries"),
                rows.getString("next_at"),
                rows.getString("lease"));
    }

    private static Instant instant(ResultSet rows, String column) throws SQLException {
        return rows.getObject(column, OffsetDateTime.class).toInstant();
    }

    /**
     * Deletes what is older, and is delivered, given up, or only for a channel.
     *
     * @return how many, {@value #PIECE} at most
     */
    public int forget(int keepDays) throws Unavailable {
        return background.run(connection -> {
            try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
                forget.setLong(1, keepDays);
                return forget.executeUpdate();
            }
        });
    }
}
