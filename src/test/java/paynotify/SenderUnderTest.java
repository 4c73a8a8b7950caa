package paynotify;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import paynotify.kit.Notice;

/** One way in which a sender's payment reaches an account: what the cases common to all senders must know of it. */
interface SenderUnderTest {
    /** Amounts in fen that are none, and what is no whole number. */
    List<String> NO_FEN =
            List.of("-1", "+1", "1.0", "1e2", "1.", "01", "00", "1,000", " 1", "1 ", "0x1", "１", "9223372036854775808");

    /** Amounts in yuan that are none. */
    List<String> NO_YUAN = List.of(
            "1.155",
            "-1",
            "+1",
            "1e2",
            "1.",
            ".5",
            "01",
            "00.01",
            "1,000",
            "1,5",
            " 1",
            "1 ",
            "１",
            "1.1５",
            "1.1.1",
            "NaN",
            "92233720368547758.08",
            "9".repeat(400));

    Map<String, Long> FEN = Map.of("1", 1L, "10", 10L, "101", 101L, "9223372036854775807", Long.MAX_VALUE);

    Map<String, Long> YUAN = Map.of(
            "1.15",
            115L,
            "1.1",
            110L,
            "1",
            100L,
            "0.01",
            1L,
            "0.1",
            10L,
            "0.29",
            29L,
            "92233720368547758.07",
            0x7fffffffffffffffL);

    String account();

    String channel();

    /** The account's. */
    String mchId();

    Words words();

    Notice payment(String outTradeNo, long fen);

    /** Null where the sender gives none. */
    String transactionId(String outTradeNo);

    /** Null for the time of arrival. */
    default Instant paidAt() {
        return null;
    }

    /** Null where the sender gives none. */
    default String payer() {
        return null;
    }

    /** {@code payment_log.headers}. */
    default String headers(Notice notice) {
        return null;
    }

    /** The fields without which a payment can't be booked, order and amount first. */
    List<String> needed();

    default String orderField() {
        return needed().get(0);
    }

    default String amountField() {
        return needed().get(1);
    }

    /** Whether there is no other field that stands in for the amount's. */
    default boolean amountIsNeeded() {
        return true;
    }

    /** The field without which nobody can tell what form of message it is; null where there is but one form. */
    default String formField() {
        return null;
    }

    /** An amount as this sender writes it. */
    default String amount(long fen) {
        return Long.toString(fen);
    }

    default List<String> malformedAmounts() {
        return NO_FEN;
    }

    /** Ways to write an amount, and what it is in fen. */
    default Map<String, Long> amounts() {
        return FEN;
    }

    /** Makes it say, rightly signed, that nothing was paid. */
    Notice unpaid(Notice notice);

    /** The field by which {@link #unpaid} says it. */
    String statusField();

    /** Rightly signed payments that belong to other merchants; the first of them says so, the others say nothing. */
    default List<Notice> ofOthers(String outTradeNo, long fen) {
        return List.of();
    }

    /** A key that is not the account's. */
    String otherKey();

    /** What {@link Notice#signature} may say that is no signature. */
    default List<String> noSignatures() {
        return List.of("", "x", "0", "0".repeat(32), "0".repeat(256), "AAAA", "=", "深圳", " ");
    }

    /** Whether what the callback says is logged although it is not verified. */
    default boolean readBeforeVerified() {
        return true;
    }

    /** Whether the sender may call by GET, whatever this way does. */
    default boolean getIsFine() {
        return false;
    }

    /** Whether the data are in the body. */
    default boolean inBody() {
        return true;
    }
}
