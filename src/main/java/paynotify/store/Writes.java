package paynotify.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a transaction writes: one statement for each table, sent together in one round trip, in their order, and each
 * looked at before the transaction is committed. Belongs to one thread.
 */
final class Writes {
    private final List<Write> writes = new ArrayList<>();

    /** @param rows that the statement must write into the table */
    private record Write(String sql, Parameters parameters, int rows, String table) {}

    /** Sets the parameters of one of the statements. */
    @FunctionalInterface
    interface Parameters {
        /**
         * Sets them.
         *
         * @param statement all of the statements together
         * @param before how many parameters those before it have
         * @return how many there are with its own
         */
        int set(PreparedStatement statement, int before) throws SQLException;
    }

    /** @param rows that it must write: otherwise something of the shop's stands in between */
    void add(String sql, Parameters parameters, int rows, String table) {
        writes.add(new Write(sql, parameters, rows, table));
    }

    /**
     * Does what has been added; nothing, not even a round trip, where nothing has.
     *
     * @param connection in a transaction, which the caller commits
     * @throws IllegalStateException if it is not as many rows as must be: our own fault
     */
    void run(Connection connection) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        String all = String.join(";", writes.stream().map(Write::sql).toList());
        try (PreparedStatement statement = connection.prepareStatement(all)) {
            int parameters = 0;
            for (Write write : writes) {
                parameters = write.parameters.set(statement, parameters);
            }
            statement.execute();
            for (Write write : writes) {
                TransactionRunner.requireRows(write.rows, statement.getUpdateCount(), write.table);
                statement.getMoreResults();
            }
        }
    }
}
