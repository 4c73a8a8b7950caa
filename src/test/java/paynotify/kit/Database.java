package paynotify.kit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;

/** One database and a role that may log in to it. Its own statements share connections that stay open. */
public final class Database {
    /** Tells the tests' connections from the application's in pg_stat_activity. */
    public static final String APPLICATION = "kit";

    private static final int VALID_SECONDS = 1;

    private final String url;
    private final String user;
    private final String password;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    Database(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    public String url() {
        return url;
    }

    public String user() {
        return user;
    }

    public String password() {
        return password;
    }

    /** A new one; the caller closes it. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", APPLICATION);
        return DriverManager.getConnection(url, properties);
    }

    /** The same database as another role sees it. */
    public Database as(String otherUser, String otherPassword) {
        Kit.keepSecret(otherPassword);
        return new Database(url, otherUser, otherPassword);
    }

    /** The same role by way of another URL. */
    public Database at(String otherUrl) {
        return new Database(otherUrl, user, password);
    }

    /** The same database, with another schema in front. */
    public Database inSchema(String schema) {
        return new Database(url + "?currentSchema=" + schema, user, password);
    }

    /** One statement, or several without parameters. */
    public int execute(String sql, Object... parameters) {
        return with(sql, parameters, statement -> {
            statement.execute();
            return Math.max(0, statement.getUpdateCount());
        });
    }

    public List<Map<String, Object>> rows(String sql, Object... parameters) {
        return with(sql, parameters, statement -> {
            try (ResultSet result = statement.executeQuery()) {
                return rows(result);
            }
        });
    }

    /** The only row of a query. */
    public Map<String, Object> row(String sql, Object... parameters) {
        List<Map<String, Object>> rows = rows(sql, parameters);
        if (rows.size() != 1) {
            throw new AssertionError("one row expected, found " + rows.size() + ": " + sql);
        }
        return rows.get(0);
    }

    /** The only column of the only row of a query. */
    public Object value(String sql, Object... parameters) {
        return row(sql, parameters).values().iterator().next();
    }

    public long count(String fromWhere, Object... parameters) {
        return ((Number) value("select count(*) from " + fromWhere, parameters)).longValue();
    }

    private <T> T with(String sql, Object[] parameters, Work<T> work) {
        try {
            Connection connection = take();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                }
                return work.on(statement);
            } finally {
                idle.push(connection);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** One that still works after the server was stopped and started. */
    private Connection take() throws SQLException {
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            if (connection.isValid(VALID_SECONDS)) {
                return connection;
            }
            connection.close();
        }
        return connect();
    }

    private interface Work<T> {
        T on(PreparedStatement statement) throws SQLException;
    }

    private static List<Map<String, Object>> rows(ResultSet result) throws SQLException {
        List<Map<String, Object>> rows = new ArrayList<>();
        while (result.next()) {
            Map<String, Object> row = new LinkedHashMap<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                row.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
            }
            rows.add(row);
        }
        return rows;
    }
}
