package paynotify.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.config.ConfigException;
import paynotify.sender.Callback;
import paynotify.sender.NothingToBook;
import paynotify.sender.Reading;

/** The one way into the database: a callback in, what became of it out, all in one transaction. Thread-safe. */
public final class Store implements AutoCloseable {
    /**
     * From the body's last byte to our giving up. WeChat waits 5 s in all (protocol.md, section 1.3); the rest is for
     * the way back.
     */
    private static final int SETTLE_MS = 4_500;
    /** An unverified callback waits so long for its row. Then it is only counted, and holds no thread of Tomcat's. */
    private static final int LOG_MS = 500;
    /** {@code GET /notify/health} says DOWN after this time. */
    private static final int PING_MS = 1_000;

    /** At most one writer for each so many connections settles callbacks together; the other connections are for single ones. */
    private static final int CONNECTIONS_PER_GROUP = 4;

    private final Pool pool;
    private final TransactionRunner transactions;
    private final GroupCommit group;
    /** Apart from the callbacks, so that neither a locked order says DOWN nor a flood of questions holds up callbacks. */
    private final TransactionRunner health;

    private final SchemaStart schema;
    private final EventRules events;
    private final Meter meter;
    private final UnverifiedLog unverified;
    private final Background background;
    private final AdminTransactions admin;

    private Store(Pool pool, boolean migrate, UnverifiedLimit limit, EventRules events, Meter meter) {
        this.pool = pool;
        this.events = events;
        this.meter = meter;
        // Two where there is room: one that is held up must not hold up all.
        int groups = pool.size() < CONNECTIONS_PER_GROUP ? 1 : Math.max(2, pool.size() / CONNECTIONS_PER_GROUP);
        // One caller at a time settles his own callback, where the pool is ours.
        int callers = pool.limited() ? 1 : 0;
        this.transactions = new TransactionRunner("notify-writer", pool, Math.max(1, pool.size() - groups - callers));
        this.group = new GroupCommit(
                transactions, groups, events, meter, Runtime.getRuntime().availableProcessors());
        this.health = new TransactionRunner("notify-health", pool, 1);
        this.schema = SchemaStart.start(pool, migrate, SchemaStart.POOLER_MS);
        this.unverified = new UnverifiedLog(limit, this::log, UnverifiedLog.EVERY_MS);
        this.background = new Background(pool, schema::ready);
        this.admin = new AdminTransactions(pool, schema::ready);
    }

    /** Opens the store for a shop that is told nothing: see {@link #open(DatabaseSettings, UnverifiedLimit, EventRules, Meter)}. */
    public static Store open(DatabaseSettings settings, UnverifiedLimit limit) throws ConfigException, SchemaException {
        return open(settings, limit, EventRules.NONE);
    }

    /** Opens the store, and nobody counts what happens. */
    public static Store open(DatabaseSettings settings, UnverifiedLimit limit, EventRules events)
            throws ConfigException, SchemaException {
        return open(settings, limit, events, Meter.NONE);
    }

    /**
     * Opens the store, also if the database is away.
     *
     * @param limit how many unverified callbacks are logged
     * @param events of which accounts the shop's software is told
     * @param meter is told of what happens
     * @throws ConfigException if there is no such DataSource
     * @throws SchemaException if the database is there, but its tables are not as they must be
     */
    public static Store open(DatabaseSettings settings, UnverifiedLimit limit, EventRules events, Meter meter)
            throws ConfigException, SchemaException {
        Store store = new Store(Pool.open(settings), settings.migrate(), limit, events, meter);
        try {
            store.schema.awaitFirstTry();
        } catch (SchemaException e) {
            store.close();
            throw e;
        }
        return store;
    }

    /**
     * Applies what is verified, writes the log row, commits, and then returns. What is not verified has no row where there
     * are too many of them, or where the database does not take it within {@value #LOG_MS} ms: it is only counted, and
     * never stands in the way of the others.
     *
     * @return a decision for each finding of the reading
     * @throws Unavailable if it could not be done in time: the sender must come again
     */
    public List<Decision> settle(Reading reading) throws Unavailable {
        List<Decision> decisions = decide(reading);
        Callback callback = reading.callback();
        meter.decided(callback.account(), reading.channel(), callback.source(), decisions);
        return decisions;
    }

    private List<Decision> decide(Reading reading) throws Unavailable {
        if (reading.findings().get(0) instanceof NothingToBook nothing && !nothing.verified()) {
            return logOrCount(reading, nothing);
        }
        schema.requireReady();
        long deadlineNanos = reading.callback().bodyReadNanos() + MILLISECONDS.toNanos(SETTLE_MS);
        List<Decision> together = Settlement.fitsAGroup(reading) ? group.submit(reading, deadlineNanos) : null;
        return together == null ? settleSingly(reading, deadlineNanos) : together;
    }

    /** @throws Unavailable if the database is there, and refuses the row */
    private List<Decision> logOrCount(Reading reading, NothingToBook nothing) throws Unavailable {
        Reading logged = unverified.admit(reading, nothing);
        if (logged == null || !schema.ready()) {
            count(reading, nothing);
            return List.of(Decision.of(nothing));
        }
        long leavesNanos = in(LOG_MS);
        List<Decision> together;
        try {
            // The transaction itself may take as long as any: cut off after LOG_MS, it would cost a connection.
            together = group.submit(logged, in(SETTLE_MS), leavesNanos, () -> count(reading, nothing));
        } catch (Unavailable e) {
            return List.of(Decision.of(nothing));
        }
        try {
            return together == null ? settleSingly(logged, leavesNanos) : together;
        } catch (Unavailable e) {
            if (GroupCommit.mayBeOnesFault(e.getCause())) {
                throw e;
            }
            count(reading, nothing);
            return List.of(Decision.of(nothing));
        }
    }

    private void count(Reading reading, NothingToBook nothing) {
        meter.unlogged(nothing.outcome());
        unverified.count(reading, nothing);
    }

    private static long in(int millis) {
        return System.nanoTime() + MILLISECONDS.toNanos(millis);
    }

    private List<Decision> settleSingly(Reading reading, long deadlineNanos) throws Unavailable {
        return transactions.inTransaction(
                deadlineNanos,
                (connection, last) ->
                        Objects.requireNonNull(Settlement.run(connection, last, true, List.of(reading), events)
                                .get(0)));
    }

    private void log(List<PaymentLog.Row> rows) throws Unavailable {
        schema.requireReady();
        transactions.inTransaction(in(SETTLE_MS), (connection, last) -> {
            PaymentLog.insert(last, rows);
            return true;
        });
    }

    /** Finds what the sender is to be asked about. */
    public Enrolment enrolment() {
        return new Enrolment(background);
    }

    /** What the sender is asked about, and its answers. */
    public Inquiries inquiries() {
        return new Inquiries(background, events);
    }

    /** Rows of the log once more. */
    public Replays replays() {
        return new Replays(background, events, meter);
    }

    /** What the shop's software is told. */
    public EventQueue events() {
        return new EventQueue(background, meter);
    }

    /** What waits or is open, as the tables tell. */
    public Figures figures() {
        return new Figures(background);
    }

    /** Who is told of what happens. */
    public Meter meter() {
        return meter;
    }

    /** How many callbacks wait for a writer. */
    public int waiting() {
        return group.waiting() + transactions.waiting();
    }

    /** How busy the connections are; null where the pool is the shop's. */
    public @Nullable PoolFigures connections() {
        OwnPool own = pool.own();
        return own == null ? null : own.figures();
    }

    /**
     * Keeps the months of the log in order.
     *
     * @param keepMonths how many whole months are kept before this one; 0 for all
     */
    public LogMonths logMonths(int keepMonths) {
        return new LogMonths(background, keepMonths, System::nanoTime);
    }

    /** For tests. */
    Background background() {
        return background;
    }

    /** The sender's bills. */
    public Bills bills() {
        return new Bills(background);
    }

    /** The operator's first page. */
    public OverviewQueries overview() {
        return new OverviewQueries(admin);
    }

    /** Rows of the log, by what is known of them. */
    public SearchQueries search() {
        return new SearchQueries(admin);
    }

    /** One order, one row. */
    public StoryQueries stories() {
        return new StoryQueries(admin);
    }

    /** What is open. */
    public ListQueries lists() {
        return new ListQueries(admin);
    }

    /** What an operator may do. */
    public OperatorActs acts() {
        return new OperatorActs(admin);
    }

    /** Whether callbacks can be settled now. Takes {@value #PING_MS} ms at most. */
    public boolean isUp() {
        try {
            return schema.ready()
                    && health.inTransaction(in(PING_MS), connection -> {
                        try (Statement ping = connection.createStatement()) {
                            return ping.execute("SELECT 1");
                        }
                    });
        } catch (Unavailable e) {
            return false;
        }
    }

    @Override
    public void close() {
        schema.close();
        group.close();
        unverified.close();
        background.close();
        admin.close();
        transactions.close();
        health.close();
        pool.close();
    }
}
