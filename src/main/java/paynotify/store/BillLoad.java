package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import paynotify.message.BillLine;

/** Lines of a bill into {@code payment_bill_line}: by COPY where the connection is our driver's, else by one INSERT. */
final class BillLoad {
    private BillLoad() {}

    /** Stores these lines; so many as one transaction takes easily. */
    static int add(Connection connection, Bills.Claim claim, List<Bills.Line> lines) throws SQLException {
        PGConnection driver = driver(connection);
        if (driver == null) {
            insert(connection, claim, lines);
        } else {
            copy(driver, claim, lines);
        }
        return lines.size();
    }

    /** Below whatever a pool has put around it; null where the pool doesn't say, or has a driver of its own. */
    private static @Nullable PGConnection driver(Connection connection) {
        try {
            return connection.unwrap(PGConnection.class);
        } catch (SQLException | RuntimeException e) {
            return null;
        }
    }

    private static void copy(PGConnection driver, Bills.Claim claim, List<Bills.Line> lines) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (Bills.Line each : lines) {
            BillLine line = each.line();
            field(text, claim.mchId());
            field(text, claim.day().toString());
            field(text, Integer.toString(line.line()));
            field(text, line.tradedAt().toString());
            field(text, line.state());
            field(text, line.subMchId());
            field(text, line.outTradeNo());
            field(text, line.transactionId());
            field(text, line.outRefundNo());
            field(text, line.refundId());
            field(text, Long.toString(line.totalFee()));
            field(text, Long.toString(line.refundFee()));
            field(text, line.currency());
            field(text, each.compared() ? "t" : "f");
            text.setCharAt(text.length() - 1, '\n');
        }
        try {
            long copied = driver.getCopyAPI()
                    .copyIn(
                            BillSql.COPY,
                            new ByteArrayInputStream(text.toString().getBytes(UTF_8)));
            TransactionRunner.requireRows(lines.size(), (int) copied, "payment_bill_line");
        } catch (IOException e) {
            throw new SQLException("reading from memory failed", e);
        }
    }

    /** As the documentation of COPY has its text format: a tab behind each field, a backslash before what would end one. */
    private static void field(StringBuilder text, @Nullable String value) {
        if (value == null) {
            text.append("\\N");
        } else {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                switch (c) {
                    case '\\' -> text.append("\\\\");
                    case '\t' -> text.append("\\t");
                    case '\n' -> text.append("\\n");
                    case '\r' -> text.append("\\r");
                    default -> text.append(c);
                }
            }
        }
        text.append('\t');
    }

    private static void insert(Connection connection, Bills.Claim claim, List<Bills.Line> lines) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(BillSql.ADD_LINES)) {
            new Columns<>(insert, lines)
                    .set(claim.mchId())
                    .set(claim.day().toString())
                    .number(each -> (long) each.line().line())
                    .text(each -> each.line().tradedAt().toString())
                    .text(each -> each.line().state())
                    .text(each -> each.line().subMchId())
                    .text(each -> each.line().outTradeNo())
                    .text(each -> each.line().transactionId())
                    .text(each -> each.line().outRefundNo())
                    .text(each -> each.line().refundId())
                    .number(each -> each.line().totalFee())
                    .number(each -> each.line().refundFee())
                    .text(each -> each.line().currency())
                    .text(each -> Boolean.toString(each.compared()));
            TransactionRunner.requireRows(lines.size(), insert.executeUpdate(), "payment_bill_line");
        }
    }
}
