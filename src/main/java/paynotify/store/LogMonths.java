package paynotify.store;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the months of {@code payment_log} made that come, and those dropped that are older than they are to be kept (contract,
 * section 9). Both are functions of the database, which wait half a second for a lock, so that no
 * callback waits longer behind them. If they don't get it, a long report is reading the log, and they are called again later:
 * meanwhile what has no month goes into the default partition. Belongs to one thread.
 */
public final class LogMonths {
    private static final Logger LOG = LoggerFactory.getLogger(LogMonths.class);

    /** Each attempt may hold up callbacks for as long as it waits for its lock. */
    private static final long RETRY_NANOS = SECONDS.toNanos(30);
    /** So many times 20,000 rows of the default partition in one go; the rest comes the next day. */
    private static final int DROPS_MAX = 100;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final String PREPARE = "SELECT payment_log_prepare()";
    private static final String DROP = "SELECT payment_log_drop_before("
            + "CAST((now() AT TIME ZONE 'UTC') - make_interval(months => ?) AS date))";

    private final Background background;
    private final int keepMonths;
    private final LongSupplier nanoTime;
    private boolean asked;
    private long againNanos;

    LogMonths(Background background, int keepMonths, LongSupplier nanoTime) {
        this.background = background;
        this.keepMonths = keepMonths;
        this.nanoTime = nanoTime;
    }

    /** Whether it can be called already: the database may be away. */
    public boolean isReady() {
        return background.ready();
    }

    /**
     * Does what is to be done, unless it has been tried just now.
     *
     * @return whether that is all until tomorrow
     * @throws Unavailable if the database can't be had now
     */
    public boolean keep() throws Unavailable {
        long now = nanoTime.getAsLong();
        if (asked && now - againNanos < 0) {
            return false;
        }
        asked = true;
        againNanos = now + RETRY_NANOS;
        boolean prepared = call("payment_log_prepare()", LogMonths::prepare);
        boolean dropped = keepMonths == 0 || call("payment_log_drop_before(date)", this::dropAll);
        return prepared && dropped;
    }

    private interface Step {
        void run(Background background) throws Unavailable;
    }

    /** Returns whether it need not be tried before tomorrow. */
    private boolean call(String function, Step step) throws Unavailable {
        try {
            step.run(background);
            return true;
        } catch (Unavailable e) {
            String state = e.getCause() instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
            if (state.equals(LOCK_NOT_AVAILABLE)) {
                LOG.info("payment_log is in use by something that takes long: {} is called again later", function);
                return false;
            }
            if (state.equals(INSUFFICIENT_PRIVILEGE)) {
                LOG.warn(
                        "{} can't be called: expected that the role may (GRANT EXECUTE ON FUNCTION {} TO …), found: {}",
                        function,
                        function,
                        Loggable.line(e));
                return true;
            }
            throw e;
        }
    }

    private static void prepare(Background background) throws Unavailable {
        background.run(connection -> {
            try (PreparedStatement prepare = connection.prepareStatement(PREPARE)) {
                return prepare.execute();
            }
        });
    }

    private void dropAll(Background background) throws Unavailable {
        for (int i = 0; i < DROPS_MAX; i++) {
            List<String> dropped = background.run(this::drop);
            if (dropped.isEmpty()) {
                return;
            }
            LOG.info("rows of payment_log older than {} months were dropped [partitions={}]", keepMonths, dropped);
        }
    }

    private List<String> drop(Connection connection) throws SQLException {
        List<String> dropped = new ArrayList<>();
        try (PreparedStatement drop = connection.prepareStatement(DROP)) {
            drop.setInt(1, keepMonths);
            try (ResultSet names = drop.executeQuery()) {
                while (names.next()) {
                    dropped.add(names.getString(1));
                }
            }
        }
        return dropped;
    }
}
