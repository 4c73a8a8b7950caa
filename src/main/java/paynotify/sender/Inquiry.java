package paynotify.sender;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one account's sender is asked about an order or a refund, and what its answers mean (contract, section 7). Knows
 * no HTTP client and no database. Thread-safe.
 */
public interface Inquiry {
    /**
     * What is asked.
     *
     * @param outRefundNo the refund that is asked about; empty for the payment
     * @param subMchId in service-provider mode, the merchant for whom the order was placed
     * @param combineOutTradeNo of a sub order of a combined payment, the number of the whole
     */
    record Question(
            String mchId,
            String outTradeNo,
            String outRefundNo,
            @Nullable String subMchId,
            @Nullable String combineOutTradeNo) {}

    /**
     * What is sent.
     *
     * @param path with its query, from the {@code /} on
     * @param body empty for GET
     */
    record Request(String method, String path, Map<String, String> headers, String body) {
        /** Without the signature, which a log must not show. */
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /** What to do after an answer. */
    enum Next {
        /** A fact: {@link Answer#reading} is settled, and the question is not asked again. */
        SETTLE,
        /** Final, and nothing to settle: not asked again. */
        NEVER,
        /** Not paid yet, or not there: asked again at the next age. */
        AT_NEXT_AGE,
        /** It can't be believed, or it is about another order: this one again soon, ever more seldom. */
        RETRY,
        /** The sender calls our signature wrong, and there is an older key to sign with: asked once more with that. */
        OLDER_KEY,
        /** The sender is busy or broken: the whole account is asked more seldom. */
        BACK_OFF,
        /** The sender refuses us (HTTP 401, 403): the same, and Tomcat's log is told. */
        REFUSED
    }

    /**
     * What an answer means.
     *
     * @param word for {@code payment_inquiry.answer}
     * @param detail one plain sentence; no secrets
     * @param reading what is to be settled; null unless {@link Next#SETTLE}
     */
    record Answer(
            Next next, String word, String detail, @Nullable Reading reading) {}

    /** The form in which is asked and answered, as {@code payment_log.channel} has it. */
    String channel();

    /** The signed request. {@code olderKey} only after {@link Next#OLDER_KEY}. */
    Request request(Question question, boolean olderKey);

    /**
     * Reads and verifies. Never throws for anything that an answer may hold.
     *
     * @param status of HTTP
     * @param received the answer's body, headers and time of arrival, with source INQUIRY
     */
    Answer read(Question question, int status, Callback received, boolean olderKey);
}
