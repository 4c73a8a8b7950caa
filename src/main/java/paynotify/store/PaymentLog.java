package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import paynotify.message.Utf8;
import paynotify.sender.Callback;
import paynotify.sender.Claims;
import paynotify.sender.Finding;
import paynotify.sender.Reading;
import paynotify.sender.Refund;
import paynotify.sender.Source;
import paynotify.sender.Trade;

/**
 * Writes {@code payment_log}: one row for every callback, and for every order of a combined one, with the last writes of
 * the transaction of what it changes. Thread-safe.
 */
final class PaymentLog {
    /**
     * Evaluated once for the statement, and true. No success is answered before the server has the commit on its disk
     * (contract, section 3): where the server, the database or the role says less, the transaction says {@code on}. What
     * says as much or more stays. Here it holds whatever a pool does to its connections.
     */
    private static final String DURABLE = "(SELECT CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')"
            + " THEN set_config('synchronous_commit', 'on', true) ELSE '' END) IS NOT NULL";

    static final RowsSql INSERT = insert("");

    /**
     * The same, and it fails where one of the transactions has paid an order before, or was given back: the log's trigger is
     * told that all of them must be new to {@code payment_log_paid}. For callbacks that are settled together; of single ones
     * the log itself has been asked.
     */
    static final RowsSql INSERT_ONCE = insert(" AND (SELECT set_config('paynotify.once', 'on', true)) <> ''");

    private static final String TABLE = "payment_log";

    static final String PAID_SUB_ORDER = "SELECT 1 FROM payment_log WHERE mch_id = ? AND out_trade_no = ?"
            + " AND account = ? AND outcome = 'APPLIED' AND combine_out_trade_no IS NOT NULL LIMIT 1";

    /**
     * What a callback claims is cut after so many characters: senders' own are shorter (protocol.md, section 1.1), and
     * an index can't hold what a forger may send.
     */
    static final int CLAIM_CHARS_MAX = 128;

    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f]*:[0-9A-Fa-f:.]*");
    /** As some gateways write a caller into X-Forwarded-For: 1.2.3.4:5678, [2001:db8::1]:5678 or [2001:db8::1]. */
    private static final Pattern WITH_PORT =
            Pattern.compile("([0-9.]+):[0-9]{1,5}|\\[([0-9A-Fa-f:.]+)](?::[0-9]{1,5})?");

    private PaymentLog() {}

    /** Rows are numbered in the order in which they are given. */
    private static RowsSql insert(String condition) {
        String names =
                "account, channel, event, mch_id, sub_mch_id, out_trade_no, out_refund_no, transaction_id, refund_id,"
                        + " total_fee, currency, outcome, detail, headers, combine_out_trade_no, source";
        return RowsSql.of(
                "INSERT INTO payment_log (" + names + ", body, received_at, remote_addr, took_us) SELECT " + names
                        + ", convert_from(body, 'UTF8'), coalesce(" + Columns.time("received_at") + ", now()),"
                        + " CAST(remote_addr AS inet), CAST(took_us AS integer) FROM",
                "k",
                "account text, channel text, event text, mch_id text, sub_mch_id text, out_trade_no text,"
                        + " out_refund_no text, transaction_id text, refund_id text, total_fee bigint, currency text,"
                        + " outcome text, detail text, headers text, combine_out_trade_no text, source text,"
                        + " body bytea, received_at bigint, remote_addr text, took_us bigint",
                " WHERE " + DURABLE + condition + Writes.RETURNING);
    }

    /** One callback, or one order of a combined payment, and what became of it. */
    record Row(Reading reading, Finding finding, Decision decision) {
        private Callback callback() {
            return reading.callback();
        }

        private Claims claims() {
            return finding.claims();
        }
    }

    /** @param writes of the transaction of what the rows tell */
    static void insert(Writes writes, List<Row> rows) {
        if (!rows.isEmpty()) {
            writes.add(INSERT, rows, PaymentLog::set, rows.size(), TABLE);
        }
    }

    /** The transaction fails also if one of these has paid an order by a transaction that is known. */
    static void insertOnce(Writes writes, List<Row> rows) {
        if (!rows.isEmpty()) {
            writes.add(INSERT_ONCE, rows, PaymentLog::set, rows.size(), TABLE);
        }
    }

    private static void set(Columns<Row> columns) throws SQLException {
        columns.text(row -> row.callback().account())
                .text(row -> row.reading().channel())
                .text(row -> row.claims().event())
                .text(row -> claim(row.claims().mchId()))
                .text(row -> claim(row.claims().subMchId()))
                .text(row -> claim(row.claims().outTradeNo()))
                .text(row -> claim(row.claims().outRefundNo()))
                .text(row -> claim(row.claims().transactionId()))
                .text(row -> claim(row.claims().refundId()))
                .number(row -> row.claims().totalFee())
                .text(row -> claim(row.claims().currency()))
                .text(row -> row.decision().outcome().name())
                .text(row -> storable(detail(row)))
                .text(row -> row.reading().headers() == null
                        ? null
                        : storable(row.reading().headers()))
                .text(row -> claim(row.claims().combineOutTradeNo()))
                .text(row -> row.callback().source().name())
                .bytes(row -> storable(row.callback().body()))
                .time(row -> receivedAt(row.callback()))
                .text(row -> address(row.callback().remoteAddr()))
                .number(row -> microsSince(row.callback().startNanos()));
    }

    /** Whether a combined payment of this account has paid this order. */
    static boolean hasPaidSubOrder(Connection connection, String account, Trade trade) throws SQLException {
        try (PreparedStatement paid = connection.prepareStatement(PAID_SUB_ORDER)) {
            paid.setString(1, trade.mchId());
            paid.setString(2, trade.outTradeNo());
            paid.setString(3, account);
            try (ResultSet result = paid.executeQuery()) {
                return result.next();
            }
        }
    }

    /** Null for now: a row that is read once more has come when it came first, but is written in its turn. */
    private static @Nullable Instant receivedAt(Callback callback) {
        return callback.source() == Source.REPLAY ? null : callback.receivedAt();
    }

    /**
     * {@link Replays} finds the first row by the last words (contract, section 8), and the view {@code payment_attention}
     * what a refund has come to by those before: no column has it, and the body is encrypted.
     */
    private static String detail(Row row) {
        long first = row.callback().firstRow();
        return row.decision().detail()
                + (row.finding() instanceof Refund refund ? "; the refund is " + refund.status() : "")
                + (first == 0 ? "" : " (row " + first + " once more)");
    }

    static @Nullable String claim(@Nullable String text) {
        if (text == null || text.length() <= CLAIM_CHARS_MAX) {
            return text == null ? null : storable(text);
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(CLAIM_CHARS_MAX - 1));
        return storable(text.substring(0, splitsPair ? CLAIM_CHARS_MAX - 1 : CLAIM_CHARS_MAX));
    }

    /** The body as it is, nearly always; what is no text is replaced. */
    private static byte[] storable(byte[] body) {
        return Utf8.isText(body) ? body : storable(new String(body, UTF_8)).getBytes(UTF_8);
    }

    /** PostgreSQL's text holds every character but NUL, which stands for itself no better than what is no UTF-8. */
    static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    /** As many as the column holds, at most. */
    private static long microsSince(long startNanos) {
        return Math.min(NANOSECONDS.toMicros(System.nanoTime() - startNanos), Integer.MAX_VALUE);
    }

    /**
     * The address that this text is, without a port that may stand behind it; null where it is none: behind a proxy it
     * may be anything that the proxy was told.
     */
    static @Nullable String address(@Nullable String text) {
        if (text == null || isIpv4(text)) {
            return text;
        }
        Matcher withPort = WITH_PORT.matcher(text);
        if (!withPort.matches()) {
            return ipv6(text);
        }
        String ipv4 = withPort.group(1);
        if (ipv4 == null) {
            return ipv6(withPort.group(2));
        }
        return isIpv4(ipv4) ? ipv4 : null;
    }

    /** Four numbers up to 255 without leading zeros. By hand, for it is on every callback's way. */
    private static boolean isIpv4(String text) {
        int numbers = 0;
        int number = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && number >= 0) {
                numbers++;
                number = -1;
            } else if (c >= '0' && c <= '9' && number != 0) {
                number = Math.max(number, 0) * 10 + c - '0';
            } else {
                return false;
            }
            if (number > 255) {
                return false;
            }
        }
        return numbers == 3 && number >= 0;
    }

    private static @Nullable String ipv6(@Nullable String text) {
        if (text == null || !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            // Asks no name server: what begins like this and has a colon is an address or nothing.
            return InetAddress.getByName(text).getHostAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
