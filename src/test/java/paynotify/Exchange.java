package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import paynotify.kit.Answer;
import paynotify.kit.Http;
import paynotify.kit.Shop;
import paynotify.kit.WechatV2Callback;

/** One callback, its answer, and the one row that it must have added to payment_log. */
final class Exchange {
    private static final Map<String, Integer> STATUS = Map.ofEntries(
            Map.entry("APPLIED", 200),
            Map.entry("DUPLICATE", 200),
            Map.entry("NOT_PAID", 200),
            Map.entry("UNKNOWN_ORDER", 404),
            Map.entry("AMOUNT_MISMATCH", 409),
            Map.entry("ORDER_CLOSED", 409),
            Map.entry("CONFLICT", 409),
            Map.entry("WRONG_MERCHANT", 403),
            Map.entry("BAD_SIGNATURE", 401),
            Map.entry("SIGNATURE_PROBE", 401),
            Map.entry("IGNORED", 200),
            Map.entry("MALFORMED", 400),
            Map.entry("TOO_LARGE", 413),
            Map.entry("ERROR", 503));
    private static final List<String> COLUMNS = List.of(
            "account",
            "channel",
            "remote_host",
            "event",
            "mch_id",
            "out_trade_no",
            "out_refund_no",
            "transaction_id",
            "refund_id",
            "total_fee",
            "currency",
            "body",
            "headers");
    /** The clocks of JVM and database are the same machine's; the margin is for their rounding. */
    private static final Duration ROUNDING = Duration.ofMillis(5);

    private final String account;
    private final Answer answer;
    private final Map<String, Object> row;
    private final Instant sent;
    private final Instant answered;

    private Exchange(String account, Answer answer, Map<String, Object> row, Instant sent, Instant answered) {
        this.account = account;
        this.answer = answer;
        this.row = row;
        this.sent = sent;
        this.answered = answered;
    }

    static Exchange post(Shop shop, String account, byte[] body, String... headers) {
        return of(shop, account, () -> Http.post(shop.pay(account), body, headers));
    }

    static Exchange post(Shop shop, String account, String body, String... headers) {
        return post(shop, account, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Whatever way the callback is sent. */
    static Exchange of(Shop shop, String account, Supplier<Answer> sending) {
        long before = shop.lastLogId();
        Instant sent = Instant.now();
        Answer answer = sending.get();
        Instant answered = Instant.now();
        List<Map<String, Object>> rows = shop.logAfter(before);
        assertEquals(1, rows.size(), () -> "rows added: " + rows + " answer: " + answer);
        return new Exchange(account, answer, rows.get(0), sent, answered);
    }

    /** The HTTP status, the type and every byte of the answer, and the same outcome in the row. */
    Exchange answers(Words words, String outcome) {
        assertAnswer(answer, words, outcome);
        assertEquals(outcome, row.get("outcome"), () -> "row: " + row);
        return this;
    }

    /** The same in API v2's words. */
    Exchange answers(String outcome) {
        return answers(Words.XML, outcome);
    }

    /** The same in API v3's words. */
    Exchange answersJson(String outcome) {
        return answers(Words.JSON, outcome);
    }

    static void assertAnswer(Answer answer, String outcome) {
        assertAnswer(answer, Words.XML, outcome);
    }

    static void assertJsonAnswer(Answer answer, String outcome) {
        assertAnswer(answer, Words.JSON, outcome);
    }

    static void assertAnswer(Answer answer, Words words, String outcome) {
        boolean success = STATUS.get(outcome) == 200;
        assertEquals(success ? words.success() : words.failure().replace("OUTCOME", outcome), answer.text());
        assertEquals(STATUS.get(outcome), answer.status());
        assertEquals(words.contentType(), answer.header("Content-Type"));
    }

    /** Every column of the row, of a callback whose fields could be read. */
    Exchange logs(WechatV2Callback callback, String body) {
        Long totalFee = callback.value("total_fee") == null ? null : Long.valueOf(callback.value("total_fee"));
        String feeType = callback.value("fee_type");
        return logs(
                "wechat-v2",
                "PAYMENT",
                callback.value("mch_id"),
                callback.value("out_trade_no"),
                callback.value("transaction_id"),
                totalFee,
                feeType == null || feeType.isEmpty() ? "CNY" : feeType,
                body);
    }

    /** Every column of the row, of a callback that could not be read at all. */
    Exchange logsUnreadable(String channel, String body) {
        return logs(channel, null, null, null, null, null, null, body);
    }

    private Exchange logs(
            String channel,
            String event,
            String mchId,
            String outTradeNo,
            String transactionId,
            Long totalFee,
            String currency,
            String body) {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("channel", channel);
        expected.put("event", event);
        expected.put("mch_id", mchId);
        expected.put("out_trade_no", outTradeNo);
        expected.put("transaction_id", transactionId);
        expected.put("total_fee", totalFee);
        expected.put("currency", currency);
        expected.put("body", body);
        return logs(expected);
    }

    /** Every column of the row: these, and null in the others that a callback may fill. */
    Exchange logs(Map<String, Object> columns) {
        Map<String, Object> expected = new LinkedHashMap<>();
        COLUMNS.forEach(column -> expected.put(column, null));
        expected.put("account", account);
        expected.put("remote_host", "127.0.0.1");
        expected.putAll(columns);
        Map<String, Object> found = new LinkedHashMap<>();
        expected.keySet().forEach(column -> found.put(column, row.get(column)));
        assertEquals(expected, found);
        Instant receivedAt = ((Timestamp) row.get("received_at")).toInstant();
        assertFalse(receivedAt.isBefore(sent.minus(ROUNDING)), () -> "received_at " + receivedAt + " sent " + sent);
        assertFalse(receivedAt.isAfter(answered.plus(ROUNDING)), () -> "received_at " + receivedAt);
        int tookUs = (Integer) row.get("took_us");
        assertTrue(
                tookUs > 0 && tookUs <= Duration.between(sent, answered).toNanos() / 1000, () -> "took_us " + tookUs);
        assertDetail();
        return this;
    }

    private void assertDetail() {
        String detail = (String) row.get("detail");
        assertNotNull(detail);
        assertFalse(detail.isBlank() || detail.contains("\n"), () -> "one plain sentence: " + detail);
        for (String key : Shop.secrets()) {
            assertFalse(detail.contains(key), () -> "a key in: " + detail);
        }
    }

    /** The sentence names what was expected and what was found. */
    Exchange detail(String... parts) {
        String detail = (String) row.get("detail");
        for (String part : parts) {
            assertTrue(detail.contains(part), () -> part + " is not in: " + detail);
        }
        return this;
    }

    Exchange column(String name, Object value) {
        assertEquals(value, row.get(name), () -> name + " in " + row);
        return this;
    }

    Answer answer() {
        return answer;
    }
}
