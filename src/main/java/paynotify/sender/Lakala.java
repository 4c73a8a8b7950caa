package paynotify.sender;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Live;

/**
 * Lakala's open platform (拉卡拉): notices of trades in JSON, signed in the Authorization header by RSA with SHA-256 over
 * time, nonce and the body's raw bytes, a line each (protocol.md, section 4c; o.lakala.com, documents 1009 and 1112).
 * Two messages: that of 聚合扫码, whose values are texts throughout, and the cashier's (收银台). Thread-safe.
 */
final class Lakala implements Sender {
    private static final String CHANNEL = "lakala";
    private static final String AUTHORIZATION = "Authorization";
    private static final String SCHEME = "LKLAPI-SHA256withRSA ";
    /** Blanks or line breaks may follow the commas. */
    private static final Pattern PARAMETER = Pattern.compile("\\s*([a-z_]+)=\"([^\"]*)\"\\s*(?:,|$)");

    private static final String SUCCESS = "SUCCESS";
    private static final int CASHIER_PAID = 2;
    private static final Set<String> NO_PAYMENT = Set.of("REFUND", "CANCEL");
    private static final int KEY_BITS_MIN = 2048;

    private final Merchant merchant;
    private final Live<VerificationKey> publicKey;

    /** Takes the account's keys: mch-id, public-key. */
    Lakala(Config account) {
        this.merchant = Merchant.readWithoutApps(account);
        this.publicKey = account.liveFile("public-key", VerificationKey.reader(null, KEY_BITS_MIN));
    }

    @Override
    public String channel(Callback callback) {
        return CHANNEL;
    }

    @Override
    public @Nullable String signedHeaders(Callback callback) {
        String authorization = callback.header(AUTHORIZATION);
        return authorization == null ? null : AUTHORIZATION + ": " + authorization;
    }

    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return Reply.ofJson(outcome);
    }

    @Override
    public Finding read(Callback callback) {
        Claims claims = Claims.NONE;
        try {
            Json json = Json.parse(callback.body());
            Names names = json.textOrNull("out_trade_no") == null && json.textOrNull("out_order_no") != null
                    ? Names.CASHIER
                    : Names.CODE;
            claims = claims(json, names);
            verify(callback);
            return payment(json, names, claims, callback.receivedAt());
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    /** How the two messages name the same. */
    private enum Names {
        CODE("out_trade_no", "trade_no"),
        CASHIER("out_order_no", "pay_order_no");

        private final String outTradeNo;
        private final String transactionId;

        Names(String outTradeNo, String transactionId) {
            this.outTradeNo = outTradeNo;
            this.transactionId = transactionId;
        }
    }

    /** No time window: whether what is repeated is signed afresh is not known. */
    private void verify(Callback callback) throws Refused {
        Map<String, String> parameters = parameters(callback.header(AUTHORIZATION));
        boolean signed = publicKey
                .get()
                .verifiesLines(
                        required(parameters, "signature"),
                        required(parameters, "timestamp"),
                        required(parameters, "nonce_str"),
                        callback.body());
        if (!signed) {
            throw Refused.badSignature("expected a signature of this body by the account's public-key, found another");
        }
    }

    private static Map<String, String> parameters(@Nullable String authorization) throws Refused {
        if (authorization == null || !authorization.startsWith(SCHEME)) {
            throw Refused.badSignature("expected a header Authorization of " + SCHEME.strip() + ", found "
                    + (authorization == null ? "none" : "another"));
        }
        Map<String, String> parameters = new HashMap<>();
        Matcher parameter = PARAMETER.matcher(authorization);
        int at = SCHEME.length();
        while (at < authorization.length()) {
            parameter.region(at, authorization.length());
            if (!parameter.lookingAt() || parameters.put(parameter.group(1), parameter.group(2)) != null) {
                throw Refused.badSignature(
                        "expected an Authorization of name=\"value\" with commas, each name once, found another");
            }
            at = parameter.end();
        }
        return parameters;
    }

    private static String required(Map<String, String> parameters, String name) throws Refused {
        String value = parameters.get(name);
        if (value == null) {
            throw Refused.badSignature("expected an Authorization with a " + name + ", found none");
        }
        return value;
    }

    private Finding payment(Json json, Names names, Claims claims, Instant receivedAt) throws Refused {
        String tradeType = tradeType(json);
        if (tradeType != null && NO_PAYMENT.contains(tradeType)) {
            merchant.checkWhereGiven(json.textOrNull("merchant_no"), null);
            return new Nothing(
                    Outcome.IGNORED,
                    "expected a trade_type of a payment, found " + Text.quoted(tradeType),
                    claims.withoutEvent());
        }
        String notPaid = names == Names.CASHIER ? cashierNotPaid(json) : notPaid(json);
        if (notPaid != null) {
            merchant.checkWhereGiven(json.textOrNull("merchant_no"), null);
            return new Nothing(Outcome.NOT_PAID, notPaid, claims);
        }
        Trade trade = new Trade(
                json.text("merchant_no"),
                json.textOrNull("sub_mch_id"),
                json.identifier(names.outTradeNo),
                json.identifier(names.transactionId),
                json.wholeNumberOrText("total_amount"));
        String tradeTime = json.optionalText("trade_time");
        Instant paidAt = tradeTime == null ? receivedAt : Times.compact("trade_time", tradeTime);
        merchant.check(trade.mchId(), null);
        return new Payment(trade, Claims.CURRENCY_LEFT_OUT, paidAt, payer(json));
    }

    private static @Nullable String tradeType(Json json) {
        String ofTrade = json.objectOrEmpty("order_trade_info").textOrNull("trade_type");
        return ofTrade == null ? json.textOrNull("trade_type") : ofTrade;
    }

    /** "trade_status and trade_state (both seen, same value; docs differ)". Null where it was paid. */
    private static @Nullable String notPaid(Json json) throws Refused {
        String status = json.optionalText("trade_status");
        String state = json.optionalText("trade_state");
        if (status != null && state != null && !status.equals(state)) {
            throw Refused.malformed("expected trade_status and trade_state to agree, found " + Text.quoted(status)
                    + " and " + Text.quoted(state));
        }
        String found = status == null ? state : status;
        if (found == null) {
            throw Refused.malformed("expected a trade_status, found none");
        }
        return found.equals(SUCCESS) ? null : "expected trade_status SUCCESS, found " + Text.quoted(found);
    }

    private static @Nullable String cashierNotPaid(Json json) throws Refused {
        long found = json.wholeNumberOrText("order_status");
        return found == CASHIER_PAID ? null : "expected order_status " + CASHIER_PAID + ", found " + found;
    }

    private static @Nullable String payer(Json json) {
        String subOpenid = json.textOrNull("user_id1");
        return subOpenid == null ? json.textOrNull("user_id2") : subOpenid;
    }

    private static Claims claims(Json json, Names names) {
        return Claims.ofPayment(
                json.textOrNull("merchant_no"),
                json.textOrNull("sub_mch_id"),
                json.textOrNull(names.outTradeNo),
                json.textOrNull(names.transactionId),
                WholeNumber.parseOrNull(json.textOrDigitsOrNull("total_amount")),
                null);
    }
}
