package paynotify.sender;

import static java.util.Map.entry;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.message.Text;

/**
 * What WeChat's answers to our questions mean, whatever their form: the words of {@code payment_inquiry.answer}, and what
 * follows from them (contract, section 7). Thread-safe.
 */
final class WechatAnswers {
    static final String USERPAYING = "USERPAYING";
    static final String SIGN_ERROR = "SIGN_ERROR";

    private static final String ORDER_NOT_EXIST = "ORDER_NOT_EXIST";
    private static final String REFUND_NOT_EXIST = "REFUND_NOT_EXIST";
    private static final String SYSTEM_ERROR = "SYSTEM_ERROR";
    private static final String FREQUENCY_LIMITED = "FREQUENCY_LIMITED";
    /** What RESOURCE_NOT_EXISTS says does not exist, is what was asked about. */
    private static final String NOT_EXIST = "";

    /** "Code names differ by age and product: compare with _ removed" (protocol-2.md, section 10.3). */
    private static final Map<String, String> WORDS = Map.ofEntries(
            entry("ORDERNOTEXIST", ORDER_NOT_EXIST),
            entry("ORDERNOTEXISTS", ORDER_NOT_EXIST),
            entry("REFUNDNOTEXIST", REFUND_NOT_EXIST),
            entry("REFUNDNOTEXISTS", REFUND_NOT_EXIST),
            entry("RESOURCENOTEXIST", NOT_EXIST),
            entry("RESOURCENOTEXISTS", NOT_EXIST),
            entry("SYSTEMERROR", SYSTEM_ERROR),
            entry("FREQUENCYLIMITED", FREQUENCY_LIMITED),
            entry("FREQUENCYLIMITEXCEED", FREQUENCY_LIMITED),
            entry("RATELIMITEXCEEDED", FREQUENCY_LIMITED),
            entry("SIGNERROR", SIGN_ERROR),
            entry("NOAUTH", "NO_AUTH"),
            entry("APPIDMCHIDNOTMATCH", "APPID_MCHID_NOT_MATCH"),
            entry("APPIDNOTEXIST", "APPID_NOT_EXIST"),
            entry("MCHIDNOTEXIST", "MCHID_NOT_EXIST"),
            entry("MCHNOTEXISTS", "MCHID_NOT_EXIST"));

    private static final Set<String> NOT_THERE = Set.of(ORDER_NOT_EXIST, REFUND_NOT_EXIST);
    private static final Set<String> BUSY = Set.of(SYSTEM_ERROR, FREQUENCY_LIMITED);
    /** What is wrong with the account, and so with each of its questions. */
    private static final Set<String> REFUSED =
            Set.of(SIGN_ERROR, "NO_AUTH", "APPID_MCHID_NOT_MATCH", "APPID_NOT_EXIST", "MCHID_NOT_EXIST");

    /** protocol.md, section 5.1: final, and no money came or none is left. */
    private static final Set<String> FINAL_UNPAID = Set.of("CLOSED", "REVOKED", "PAYERROR");

    private static final Set<String> PAID = Set.of("SUCCESS", "REFUND");
    private static final Set<String> REFUND_FACTS = Set.of("SUCCESS", "ABNORMAL", "CLOSED");

    private static final String WORD = "[A-Z0-9_]{1,32}";

    private static final int ACCEPTED = 202;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private WechatAnswers() {}

    /**
     * What a verified answer says it is about, null for what it leaves out.
     *
     * @param state of the payment or the refund, of a refund in the words of API v3
     */
    record Told(
            @Nullable String mchId,
            @Nullable String subMchId,
            @Nullable String outTradeNo,
            @Nullable String outRefundNo,
            @Nullable String state) {}

    static boolean isAboutRefund(Inquiry.Question question) {
        return !question.outRefundNo().isEmpty();
    }

    static boolean isRefundFact(String state) {
        return REFUND_FACTS.contains(state);
    }

    static boolean isPaid(String state) {
        return PAID.contains(state);
    }

    static Inquiry.Answer again(String word, String detail) {
        return new Inquiry.Answer(Inquiry.Next.RETRY, word, detail, null);
    }

    /** The answer's word if nothing proves that it is WeChat's; else null. */
    static Inquiry.@Nullable Answer ofUnproved(List<Finding> findings) {
        return findings.get(0) instanceof NothingToBook nothing && !isProved(nothing.outcome())
                ? again(Outcome.BAD_SIGNATURE.name(), nothing.detail())
                : null;
    }

    private static boolean isProved(Outcome outcome) {
        return outcome != Outcome.BAD_SIGNATURE && outcome != Outcome.SIGNATURE_PROBE;
    }

    /** What an answer means that is proved to be WeChat's. */
    static Inquiry.Answer of(Inquiry.Question question, Reading reading, Told told) {
        String other = other(question, told);
        if (other != null) {
            return again("OTHER_ORDER", other);
        }
        String state = told.state;
        boolean ofOne = reading.findings().size() == 1;
        NothingToBook nothing = ofOne && reading.findings().get(0) instanceof NothingToBook found ? found : null;
        if (state == null || !state.matches(WORD) || (nothing != null && nothing.outcome() == Outcome.MALFORMED)) {
            return again(
                    Outcome.MALFORMED.name(),
                    nothing == null ? "expected a state, found " + Text.quoted(state) : nothing.detail());
        }
        if (isFact(question, state)) {
            // WRONG_MERCHANT among them: this order has been paid, but by way of an app that is not the account's.
            return new Inquiry.Answer(
                    Inquiry.Next.SETTLE,
                    state,
                    nothing == null ? "found " + Text.quoted(state) : nothing.detail(),
                    reading);
        }
        Inquiry.Next next = !isAboutRefund(question) && FINAL_UNPAID.contains(state)
                ? Inquiry.Next.NEVER
                : Inquiry.Next.AT_NEXT_AGE;
        return new Inquiry.Answer(next, state, "found " + Text.quoted(state), null);
    }

    private static boolean isFact(Inquiry.Question question, String state) {
        return isAboutRefund(question) ? isRefundFact(state) : isPaid(state);
    }

    /** What the answer is about, if that is not what was asked about; one sentence, or null. */
    private static @Nullable String other(Inquiry.Question question, Told told) {
        boolean fact = told.state != null && isFact(question, told.state);
        boolean payment = !isAboutRefund(question);
        if (isOther(question.mchId(), told.mchId, fact && payment)) {
            return "expected mch_id " + Text.quoted(question.mchId()) + ", found " + Text.quoted(told.mchId);
        }
        if (isOther(question.subMchId(), told.subMchId, fact && payment)) {
            return "expected sub_mch_id " + Text.quoted(question.subMchId()) + ", found " + Text.quoted(told.subMchId);
        }
        if (isOther(question.outTradeNo(), told.outTradeNo, fact)) {
            return "expected out_trade_no " + Text.quoted(question.outTradeNo()) + ", found "
                    + Text.quoted(told.outTradeNo);
        }
        return !payment && isOther(question.outRefundNo(), told.outRefundNo, true)
                ? "expected out_refund_no " + Text.quoted(question.outRefundNo()) + ", found "
                        + Text.quoted(told.outRefundNo)
                : null;
    }

    /** @param required whether leaving it out is as bad as another one */
    private static boolean isOther(@Nullable String asked, @Nullable String told, boolean required) {
        return (told != null || required) && !Objects.equals(asked, told);
    }

    /** WeChat's error code in the one spelling, or null for one that means nothing special. */
    static @Nullable String word(Inquiry.Question question, @Nullable String code) {
        String word =
                code == null ? null : WORDS.get(code.toUpperCase(Locale.ROOT).replace("_", ""));
        return NOT_EXIST.equals(word) ? isAboutRefund(question) ? REFUND_NOT_EXIST : ORDER_NOT_EXIST : word;
    }

    /**
     * An error: it is believed as one though nobody signs it, and changes nothing.
     *
     * @param word of {@link #word}; null where the code means nothing special, or there is none
     * @param otherWise the word in that case
     */
    static Inquiry.Answer ofError(@Nullable String word, String otherWise, String detail) {
        Inquiry.Next next = word == null
                ? Inquiry.Next.RETRY
                : NOT_THERE.contains(word)
                        ? Inquiry.Next.AT_NEXT_AGE
                        : BUSY.contains(word)
                                ? Inquiry.Next.BACK_OFF
                                : REFUSED.contains(word) ? Inquiry.Next.REFUSED : Inquiry.Next.RETRY;
        return new Inquiry.Answer(next, word == null ? otherWise : word, detail, null);
    }

    /**
     * An HTTP status other than 200 (protocol-2.md, section 10.3).
     *
     * @param code of the body; null where there is none
     */
    static Inquiry.Answer ofStatus(Inquiry.Question question, int status, @Nullable String code, String detail) {
        String http = "HTTP " + status;
        String word = word(question, code);
        if (status == ACCEPTED) {
            return new Inquiry.Answer(
                    Inquiry.Next.AT_NEXT_AGE, USERPAYING.equals(code) ? USERPAYING : http, detail, null);
        }
        if (status == TOO_MANY_REQUESTS || status >= SERVER_ERRORS) {
            return new Inquiry.Answer(
                    Inquiry.Next.BACK_OFF, word != null && BUSY.contains(word) ? word : http, detail, null);
        }
        if (status == UNAUTHORIZED || status == FORBIDDEN) {
            return new Inquiry.Answer(Inquiry.Next.REFUSED, http, detail, null);
        }
        Inquiry.Answer answer = ofError(word, http, detail);
        return answer.next() == Inquiry.Next.REFUSED
                ? new Inquiry.Answer(Inquiry.Next.REFUSED, http, detail, null)
                : answer;
    }
}
