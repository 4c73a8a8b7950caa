package paynotify.inquiry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Callback;
import paynotify.sender.Claims;
import paynotify.sender.Finding;
import paynotify.sender.Inquiry;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;
import paynotify.sender.Sender;
import paynotify.sender.Source;
import paynotify.store.Replays;
import paynotify.store.Replays.Again;
import paynotify.store.Replays.Row;
import paynotify.store.Unavailable;

/**
 * Reads rows of the log once more, as what they were, with today's keys and by the time at which they came
 * (contract, section 8). Belongs to one thread.
 */
final class Replay {
    private static final int OK = 200;

    private final Map<String, Sender> accounts;
    private final Replays replays;
    private volatile boolean stopped;

    Replay(Map<String, Sender> accounts, Replays replays) {
        this.accounts = accounts;
        this.replays = replays;
    }

    /** Does what is to be done. */
    void tick() throws Unavailable {
        while (replays.isReady() && !stopped && replays.run(this::read)) {
            // There may be more.
        }
    }

    /** No further batch is begun. May be called by any thread. */
    void stop() {
        stopped = true;
    }

    private Again read(Row row) {
        Sender sender = accounts.get(row.account());
        if (sender == null) {
            return new Again(null, "expected a configured account '" + row.account() + "', found none");
        }
        if (row.cut()) {
            return new Again(null, "expected the whole body, found that only its start is in the log");
        }
        Callback callback =
                Callback.again(row.id(), row.account(), row.body().getBytes(UTF_8), headers(row), row.receivedAt());
        try {
            return row.source() == Source.INQUIRY
                    ? answer(sender, row, callback)
                    : new Again(own(sender.read(callback), row), "");
        } catch (IllegalStateException e) {
            // Genuine, but a key of ours does not open it.
            return new Again(null, "expected a key that fits, found: " + e.getMessage());
        }
    }

    /** Only answers that told of a payment or a refund are in the log, and those are a 200. */
    private static Again answer(Sender sender, Row row, Callback callback) {
        Inquiry inquiry = sender.inquiry();
        if (inquiry == null || !inquiry.channel().equals(row.channel())) {
            return new Again(
                    null,
                    "expected an account that inquires by " + row.channel() + ", for this is such an answer, found "
                            + (inquiry == null ? "that it doesn't inquire" : "that it does by " + inquiry.channel()));
        }
        if (row.mchId() == null || row.outTradeNo() == null) {
            return new Again(null, "expected the order that was asked about, found none in the row");
        }
        Inquiry.Question question = new Inquiry.Question(
                row.mchId(),
                row.outTradeNo(),
                row.outRefundNo() == null ? "" : row.outRefundNo(),
                row.subMchId(),
                row.combineOutTradeNo());
        Inquiry.Answer answer = inquiry.read(question, OK, callback, false);
        if (answer.reading() != null) {
            return new Again(own(answer.reading(), row), "");
        }
        Outcome outcome = outcome(answer.word());
        return outcome == null
                ? new Again(null, "expected an answer that tells of a payment, found " + answer.detail())
                : new Again(
                        new Reading(
                                callback,
                                row.channel(),
                                row.headers(),
                                new NothingToBook(outcome, answer.detail(), claims(row), false, false)),
                        "");
    }

    /** Of a combined payment each row settles its own sub order; a row of the whole settles all. */
    private static Reading own(Reading reading, Row row) {
        List<Finding> own = reading.findings().stream()
                .filter(finding -> Objects.equals(finding.claims().mchId(), row.mchId())
                        && Objects.equals(finding.claims().outTradeNo(), row.outTradeNo()))
                .toList();
        return reading.findings().size() == 1 || own.isEmpty()
                ? reading
                : new Reading(reading.callback(), reading.channel(), reading.headers(), own);
    }

    private static @Nullable Outcome outcome(String word) {
        return switch (word) {
            case "BAD_SIGNATURE" -> Outcome.BAD_SIGNATURE;
            case "MALFORMED" -> Outcome.MALFORMED;
            default -> null;
        };
    }

    private static Claims claims(Row row) {
        Claims.Builder claims = row.outRefundNo() == null ? Claims.ofPayment() : Claims.ofRefund();
        return claims.mchId(row.mchId())
                .subMchId(row.subMchId())
                .outTradeNo(row.outTradeNo())
                .outRefundNo(row.outRefundNo())
                .build();
    }

    /** {@code Name: value}, a line each. */
    private static Function<String, @Nullable String> headers(Row row) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (row.headers() != null) {
            for (String line : row.headers().split("\n", -1)) {
                int colon = line.indexOf(": ");
                if (colon > 0) {
                    headers.putIfAbsent(line.substring(0, colon), line.substring(colon + 2));
                }
            }
        }
        return name -> headers.get(name);
    }
}
