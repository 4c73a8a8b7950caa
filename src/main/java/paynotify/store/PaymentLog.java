package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Callback;
import paynotify.sender.Claims;

/** Writes {@code payment_log}: one row for every callback, in the transaction of what it changes. Thread-safe. */
final class PaymentLog {
    static final String INSERT = "INSERT INTO payment_log (received_at, account, channel, remote_addr, event, mch_id,"
            + " sub_mch_id, out_trade_no, out_refund_no, transaction_id, refund_id, total_fee, currency, outcome, detail,"
            + " took_us, body, headers)"
            + " VALUES (?, ?, ?, CAST(? AS inet), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /**
     * What a callback claims is cut after so many characters: senders' own are shorter (protocol.md, section 1.1), and
     * an index can't hold what a forger may send.
     */
    static final int CLAIM_CHARS_MAX = 128;

    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?=.)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f]*:[0-9A-Fa-f:.]*");

    private PaymentLog() {}

    /** @param connection in a transaction, which the caller commits */
    static void insert(Connection connection, Entry entry, Claims claims, Decision decision) throws SQLException {
        Callback callback = entry.callback();
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, callback.receivedAt().atOffset(ZoneOffset.UTC));
            insert.setString(2, callback.account());
            insert.setString(3, entry.channel());
            insert.setString(4, address(callback.remoteAddr()));
            insert.setString(5, claims.event());
            insert.setString(6, claim(claims.mchId()));
            insert.setString(7, claim(claims.subMchId()));
            insert.setString(8, claim(claims.outTradeNo()));
            insert.setString(9, claim(claims.outRefundNo()));
            insert.setString(10, claim(claims.transactionId()));
            insert.setString(11, claim(claims.refundId()));
            insert.setObject(12, claims.totalFee(), Types.BIGINT);
            insert.setString(13, claim(claims.currency()));
            insert.setString(14, decision.outcome().name());
            insert.setString(15, storable(decision.detail()));
            insert.setInt(16, microsSince(callback.startNanos()));
            insert.setString(17, storable(new String(callback.body(), UTF_8)));
            insert.setString(18, entry.headers() == null ? null : storable(entry.headers()));
            Database.requireOne(insert.executeUpdate(), "payment_log");
        }
    }

    private static @Nullable String claim(@Nullable String text) {
        if (text == null || text.length() <= CLAIM_CHARS_MAX) {
            return text == null ? null : storable(text);
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(CLAIM_CHARS_MAX - 1));
        return storable(text.substring(0, splitsPair ? CLAIM_CHARS_MAX - 1 : CLAIM_CHARS_MAX));
    }

    /** PostgreSQL's text holds every character but NUL, which stands for itself no better than what is no UTF-8. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    private static int microsSince(long startNanos) {
        return (int) Math.min(NANOSECONDS.toMicros(System.nanoTime() - startNanos), Integer.MAX_VALUE);
    }

    /** The address that this text is, or null: behind a proxy it may be anything that the proxy was told. */
    static @Nullable String address(@Nullable String text) {
        if (text == null || IPV4.matcher(text).matches()) {
            return text;
        }
        if (!IPV6.matcher(text).matches()) {
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
