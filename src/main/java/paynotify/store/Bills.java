package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import paynotify.message.BillLine;

/**
 * {@code payment_bill} and its lines: which days' bills are to be fetched, who does it, and what became of it (contract,
 * section 14). Several Tomcats share it: what one has claimed the others pass over, until its lease is over. Thread-safe.
 */
public final class Bills {
    /** What one transaction deletes at most. */
    private static final int PIECE = 20_000;

    private final Background background;
    private volatile boolean stopped;

    /** {@code payment_bill.state}. */
    public enum State {
        WAITING,
        COMPLETE,
        EMPTY,
        UNUSABLE
    }

    /** A day's bill that is ours for the time of a lease, which each step renews. */
    public static final class Claim {
        private final String mchId;
        private final LocalDate day;
        private final String worker;

        private Claim(String mchId, LocalDate day, String worker) {
            this.mchId = mchId;
            this.day = day;
            this.worker = worker;
        }

        public String mchId() {
            return mchId;
        }

        public LocalDate day() {
            return day;
        }
    }

    /** The lease was over and another Tomcat has taken it up, or somebody has deleted the row: nothing more is to be done. */
    public static final class NotOurs extends Exception {
        private static final long serialVersionUID = 1L;

        NotOurs() {
            super("the bill is not ours any more");
        }
    }

    /**
     * How it ended.
     *
     * @param lines null where it has none that could be used, and so with the sums
     * @param noStatement whether the sender says that there is none
     */
    public record End(
            State state,
            @Nullable Integer lines,
            @Nullable Long paidFee,
            @Nullable Long refundFee,
            @Nullable Long differences,
            @Nullable String detail,
            boolean noStatement) {
        /** There is nothing to store of it. */
        public static End without(State state, @Nullable String detail, boolean noStatement) {
            return new End(state, null, null, null, null, detail, noStatement);
        }
    }

    /**
     * A line to store.
     *
     * @param compared false for an app or sub merchant that the account does not take
     */
    public record Line(BillLine line, boolean compared) {}

    Bills(Background background) {
        this.background = background;
    }

    /** Whether it can be called already: the database may be away. */
    public boolean isReady() {
        return background.ready();
    }

    /** No further step is begun. May be called by any thread. */
    public void stop() {
        stopped = true;
    }

    public boolean isStopped() {
        return stopped;
    }

    /** Days of this span that have no row get one. */
    public void enlist(String mchId, String account, LocalDate first, LocalDate last) throws Unavailable {
        run(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(BillSql.ENLIST)) {
                insert.setString(1, mchId);
                insert.setString(2, account);
                insert.setString(3, first.toString());
                insert.setString(4, last.toString());
                return insert.executeUpdate();
            }
        });
    }

    /** Takes up the oldest day of this span whose bill is to be fetched now; null if there is none. */
    public @Nullable Claim claim(String mchId, String account, LocalDate first, LocalDate last) throws Unavailable {
        String worker = UUID.randomUUID().toString();
        return claim(mchId, worker, BillSql.CLAIM, worker, account, mchId, first.toString(), last.toString());
    }

    /** Takes up a day of which it can be said by now what is in no bill; null if there is none. */
    public @Nullable Claim claimDecision(String mchId) throws Unavailable {
        String worker = UUID.randomUUID().toString();
        return claim(mchId, worker, BillSql.CLAIM_DECISION, worker, mchId);
    }

    private @Nullable Claim claim(String mchId, String worker, String sql, String... parameters) throws Unavailable {
        List<Claim> claimed = run(connection -> {
            try (PreparedStatement claim = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.length; i++) {
                    claim.setString(i + 1, parameters[i]);
                }
                try (ResultSet rows = claim.executeQuery()) {
                    return rows.next()
                            ? List.of(new Claim(mchId, rows.getObject(1, LocalDate.class), worker))
                            : List.<Claim>of();
                }
            }
        });
        return claimed.isEmpty() ? null : claimed.get(0);
    }

    /** Renews the lease, for what takes long without a step here. */
    public void keep(Claim claim) throws Unavailable, NotOurs {
        run(claim, connection -> true);
    }

    /** Gives it back as it was. */
    public void release(Claim claim) throws Unavailable {
        background.run(connection -> update(connection, BillSql.RELEASE, claim));
    }

    /** Notes how it ended, and gives it back. */
    public void end(Claim claim, End end) throws Unavailable, NotOurs {
        run(claim, connection -> {
            if (end.state() == State.COMPLETE || end.state() == State.EMPTY) {
                update(connection, BillSql.UNDECIDE, claim);
            }
            try (PreparedStatement update = connection.prepareStatement(BillSql.END)) {
                update.setString(1, end.state().name());
                update.setObject(2, end.lines(), Types.INTEGER);
                update.setObject(3, end.paidFee(), Types.BIGINT);
                update.setObject(4, end.refundFee(), Types.BIGINT);
                update.setObject(5, end.differences(), Types.BIGINT);
                update.setString(6, end.detail() == null ? null : PaymentLog.storable(end.detail()));
                update.setBoolean(7, end.noStatement());
                setKey(update, 8, claim);
                return update.executeUpdate();
            }
        });
    }

    /** Takes out what an earlier bill of that day has left. */
    public void clear(Claim claim) throws Unavailable, NotOurs {
        run(claim, connection -> clearDifferences(connection, claim, false));
        while (run(claim, connection -> clearLines(connection, claim)) == PIECE) {
            // There may be more.
        }
    }

    static int clearDifferences(Connection connection, Claim claim, boolean onlyMissing) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(BillSql.CLEAR_DIFFERENCES)) {
            delete.setString(1, claim.mchId);
            delete.setString(2, claim.day.toString());
            delete.setBoolean(3, onlyMissing);
            return delete.executeUpdate();
        }
    }

    private static int clearLines(Connection connection, Claim claim) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(BillSql.CLEAR_LINES)) {
            delete.setString(1, claim.mchId);
            delete.setString(2, claim.day.toString());
            delete.setInt(3, PIECE);
            return delete.executeUpdate();
        }
    }

    /** Stores lines of a bill that has been found to be whole. */
    public void add(Claim claim, List<Line> lines) throws Unavailable, NotOurs {
        run(claim, connection -> BillLoad.add(connection, claim, lines));
    }

    /** What is to be found different on a day. Belongs to one thread. */
    public BillComparison comparison(Claim claim) {
        return new BillComparison(this, claim);
    }

    /**
     * Notes of what was different that it agrees by now.
     *
     * @param kept how long lines are kept; what is older is left as it is
     */
    public void settle(LocalDate today, Duration kept) throws Unavailable {
        long after = 0;
        while (after >= 0) {
            long from = after;
            after = run(connection -> {
                try (PreparedStatement settle = connection.prepareStatement(BillSql.SETTLE)) {
                    settle.setLong(1, from);
                    settle.setString(2, today.minusDays(kept.toDays()).toString());
                    settle.setInt(3, 1_000);
                    try (ResultSet last = settle.executeQuery()) {
                        last.next();
                        long id = last.getLong(1);
                        return last.wasNull() ? -1 : id;
                    }
                }
            });
        }
    }

    /**
     * Deletes lines that are too old.
     *
     * @param open since which day it may still be open what is in no bill
     * @return whether there may be more
     */
    public boolean forget(Collection<String> mchIds, LocalDate before, LocalDate open) throws Unavailable {
        return run(connection -> {
                    try (PreparedStatement delete = connection.prepareStatement(BillSql.FORGET)) {
                        delete.setString(1, before.toString());
                        delete.setString(2, open.toString());
                        delete.setArray(3, connection.createArrayOf("text", mchIds.toArray()));
                        delete.setInt(4, PIECE);
                        return delete.executeUpdate();
                    }
                })
                >= PIECE;
    }

    private <T> T run(TransactionRunner.Work<T> work) throws Unavailable {
        if (stopped) {
            throw new Unavailable("the application is being stopped");
        }
        return background.run(work);
    }

    /** A step of what is ours; the lease is renewed, and the row is locked meanwhile. */
    <T> T run(Claim claim, TransactionRunner.Work<T> work) throws Unavailable, NotOurs {
        List<T> done = run(connection ->
                update(connection, BillSql.KEEP, claim) == 1 ? List.of(work.run(connection)) : List.<T>of());
        if (done.isEmpty()) {
            throw new NotOurs();
        }
        return done.get(0);
    }

    static int update(Connection connection, String sql, Claim claim) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            setKey(update, 1, claim);
            return update.executeUpdate();
        }
    }

    static void setKey(PreparedStatement statement, int from, Claim claim) throws SQLException {
        statement.setString(from, claim.mchId);
        statement.setString(from + 1, claim.day.toString());
        statement.setString(from + 2, claim.worker);
    }

    /** Whether the database has refused what it was told, so that the same would be refused again. */
    public static boolean isRefusal(Unavailable failure) {
        return failure.getCause() != null && GroupCommit.mayBeOnesFault(failure.getCause());
    }
}
