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
import paynotify.message.Text;

/**
 * The tables: versioned migrations, recorded in a table of our own so that they stay apart from the shop's, and a check
 * that the application's role can do with the tables what it must.
 */
final class Schema {
    /** Where the migrations are recorded. Not Flyway's usual name: the shop's own migrations may be there. */
    static final String HISTORY = "notify_schema_history";

    private static final String MIGRATIONS = "classpath:paynotify/store/migration";
    private static final String LOGIN_KEYS = "db.url, db.user, db.password";
    private static final int SERVER_VERSION_MIN = 14;
    /** All that the application needs. */
    private static final List<String> STATEMENTS = Stream.of(
                    List.of(
                            Order.LOCK,
                            Order.LOCK_FREE,
                            PaymentDao.PAY,
                            RefundDao.LOCK,
                            RefundDao.OTHERS,
                            RefundDao.ADD,
                            RefundDao.MOVE,
                            PaymentLog.INSERT),
                    Enrolment.STATEMENTS,
                    InquirySql.statements(),
                    Replays.STATEMENTS)
            .flatMap(List::stream)
            .toList();

    private Schema() {}

    /**
     * Brings the tables up to date, or checks that they are, and then that they can be used.
     *
     * @param loggedIn told as soon as the database has let us in
     * @throws SchemaException if they are not or can't be, though the database is there
     * @throws Unavailable if the database is not there
     */
    static void bring(DataSource database, boolean migrate, Runnable loggedIn) throws SchemaException, Unavailable {
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
                int parameters = explain.getParameterMetaData().getParameterCount();
                for (int i = 1; i <= parameters; i++) {
                    explain.setObject(i, null);
                }
                explain.execute();
            } catch (SQLException e) {
                throw fault("db.schema: expected to be able to run " + sql, e);
            }
        }
    }

    /** Returns what only people can mend; throws what time mends. */
    private static SchemaException fault(String expected, Exception failure) throws Unavailable {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        if (cause instanceof SQLException sql && isTransient(sql.getSQLState())) {
            throw new Unavailable(failure);
        }
        // The database's own words, where there are some, without the many of Flyway's.
        String found = cause == null ? failure.getMessage() : cause.getMessage();
        return new SchemaException(expected + ", found: " + Text.inOneLine(found), failure);
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
        boolean locked = sqlState.equals("55P03") || sqlState.startsWith("40");
        boolean away = sqlState.startsWith("08") || sqlState.startsWith("57") || sqlState.startsWith("53");
        return away || locked || readOnly;
    }
}
