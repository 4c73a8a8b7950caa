package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.ValidateResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.message.Text;

/**
 * The tables: versioned migrations, recorded in a table of our own so that they stay apart from the shop's, and a check
 * that the application's role can do with the tables what it must. A migration waits 2 s for a lock
 * ({@code beforeEachMigrate.sql}); then nothing of it is done, and it is a matter of time.
 */
final class Schema {
    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

    /** Where the migrations are recorded. Not Flyway's usual name: the shop's own migrations may be there. */
    static final String HISTORY = "notify_schema_history";

    private static final String MIGRATIONS = "classpath:paynotify/store/migration";
    private static final String LOGIN_KEYS = "db.url, db.user, db.password";
    private static final int SERVER_VERSION_MIN = 14;
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    /** All that the application needs. */
    private static final List<String> STATEMENTS = Stream.of(
                    Order.LOCK.shapes(),
                    Order.LOCK_FREE.shapes(),
                    counted(PaymentDao.PAY),
                    counted(PaymentLog.INSERT),
                    counted(PaymentLog.INSERT_ONCE),
                    counted(EventLog.INSERT),
                    counted(EventLog.INSERT_AND_NOTIFY),
                    List.of(
                            PaymentDao.SPENT,
                            RefundDao.LOCK,
                            RefundDao.OTHERS,
                            RefundDao.ADD,
                            RefundDao.MOVE,
                            PaymentLog.PAID_SUB_ORDER),
                    Enrolment.STATEMENTS,
                    InquirySql.statements(),
                    Replays.STATEMENTS,
                    EventQueue.STATEMENTS,
                    BillSql.STATEMENTS)
            .flatMap(List::stream)
            .toList();

    private Schema() {}

    private static List<String> counted(RowsSql sql) {
        return sql.shapes().stream().map(Writes::counted).toList();
    }

    /** What is to be done between the login and the first change. */
    @FunctionalInterface
    interface LoggedIn {
        /**
         * Looks at the connections.
         *
         * @throws SchemaException if the tables are better left alone
         */
        void run() throws SchemaException;
    }

    /**
     * Brings the tables up to date, or checks that they are, and then that they can be used.
     *
     * @param loggedIn run as soon as the database has let us in
     * @throws SchemaException if they are not or can't be, though the database is there
     * @throws Unavailable if the database is not there, or a table is locked by somebody else
     */
    static void bring(DataSource database, boolean migrate, LoggedIn loggedIn) throws SchemaException, Unavailable {
        try (Connection connection = database.getConnection()) {
            loggedIn.run();
            checkServer(connection);
            if (migrate) {
                checkMayCreate(connection);
            }
            endTransaction(connection);
        } catch (SQLException e) {
            throw fault(LOGIN_KEYS + ": expected a login to the database", e);
        }
        try {
            Flyway flyway = Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(database)
                    .table(HISTORY)
                    .locations(MIGRATIONS)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load();
            if (migrate) {
                flyway.migrate();
            } else {
                checkMigrated(flyway.validateWithResult());
            }
        } catch (FlywayException e) {
            throw fault("db.schema: expected the tables to be brought up to date", e);
        }
        try (Connection connection = database.getConnection()) {
            checkUse(connection);
            endTransaction(connection);
            warnOfScan(connection);
        } catch (SQLException e) {
            throw fault(LOGIN_KEYS + ": expected a login to the database", e);
        }
    }

    private static void checkServer(Connection connection) throws SQLException, SchemaException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < SERVER_VERSION_MIN) {
            throw new SchemaException(
                    "db.url: expected PostgreSQL " + SERVER_VERSION_MIN + " or newer, found " + version);
        }
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW server_encoding")) {
            result.next();
            String encoding = result.getString(1);
            if (!encoding.equals("UTF8") && !encoding.equals("SQL_ASCII")) {
                throw new SchemaException(
                        "db.url: expected a database in UTF8, which can hold any callback, found " + encoding);
            }
        }
    }

    /** At the first start; Flyway would try for ten seconds before it says so. */
    private static void checkMayCreate(Connection connection) throws SQLException, SchemaException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT current_user, current_schema(),"
                        + " has_schema_privilege(current_schema(), 'CREATE') OR to_regclass('" + HISTORY
                        + "') IS NOT NULL")) {
            result.next();
            if (result.getString(2) == null) {
                throw new SchemaException("db.url: expected a schema in the search_path that " + result.getString(1)
                        + " may use, found none: is there one of the name that currentSchema says?");
            }
            if (!result.getBoolean(3)) {
                throw new SchemaException("db.schema: expected that " + result.getString(1)
                        + " may create tables in schema " + result.getString(2) + ", found that he may not");
            }
        }
    }

    private static void checkMigrated(ValidateResult result) throws SchemaException {
        if (!result.validationSuccessful) {
            throw new SchemaException(
                    "db.schema: expected up-to-date tables, found: " + Text.inOneLine(result.getAllErrorMessages()));
        }
    }

    /** Plans each statement that the application needs, without running it: names, types, grants and the view are checked. */
    private static void checkUse(Connection connection) throws SchemaException, Unavailable {
        for (String sql : STATEMENTS) {
            try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
                // The driver counts none in its simple query mode.
                long parameters = sql.chars().filter(c -> c == '?').count();
                for (int i = 1; i <= parameters; i++) {
                    explain.setObject(i, null);
                }
                explain.execute();
            } catch (SQLException e) {
                throw fault("db.schema: expected to be able to run " + sql, e);
            }
        }
    }

    private static void warnOfScan(Connection connection) throws SQLException {
        String scan = OrderScan.find(connection);
        if (scan != null) {
            LOG.warn(
                    "payment_order: expected an index by which one order is found, found \"{}\": each callback will read"
                            + " all orders",
                    scan);
        }
    }

    /** Returns what only people can mend; throws what time mends. */
    private static SchemaException fault(String expected, Exception failure) throws Unavailable {
        SQLException sql = Loggable.sql(failure);
        String found = Loggable.line(failure);
        if (sql != null && LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
            throw new Unavailable(expected + ", found that somebody holds a lock: " + found);
        }
        if (sql != null && isTransient(sql.getSQLState())) {
            throw new Unavailable(failure);
        }
        return new SchemaException(expected + ", found: " + found + hint(found), Loggable.copy(failure));
    }

    /** The driver sends the JVM's zone at login, and a server without the old zone names refuses some. */
    private static String hint(String found) {
        if (found.contains("RETURNING on relation") || found.contains("rules are not supported")) {
            return " (there is a rule on it, and what a rule does can't be counted: make it a trigger)";
        }
        return found.contains("\"TimeZone\"")
                ? " (it is the zone of Tomcat's JVM: give that one that the server knows, like"
                        + " -Duser.timezone=Asia/Shanghai)"
                : "";
    }

    /** A pool of the shop's may hand out connections without autocommit, and wants them back clean. */
    private static void endTransaction(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    /** By PostgreSQL's documentation, appendix A; a pool that gave no connection in time has no code at all. */
    private static boolean isTransient(@Nullable String sqlState) {
        if (sqlState == null) {
            return true;
        }
        boolean readOnly = sqlState.equals("25006");
        boolean locked = sqlState.startsWith("40");
        boolean away = sqlState.startsWith("08") || sqlState.startsWith("57") || sqlState.startsWith("53");
        return away || locked || readOnly;
    }
}
