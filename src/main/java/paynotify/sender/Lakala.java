package paynotify.sender;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Reloadable;
import paynotify.message.Json;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.message.Times;
import paynotify.message.WholeNumber;
import paynotify.signature.BadSignature;
import paynotify.signature.SenderKey;
import paynotify.signature.VerificationKey;

/**
 * Lakala's open platform (拉卡拉): notices of trades in JSON, signed in the Authorization header by RSA with SHA-256 over
 * time, nonce and the body's raw bytes, a line each (protocol.md, section 4c; o.lakala.com, documents 1009 and 1112).
 * Two messages: that of 聚合扫码, whose values are texts throughout, and the cashier's (收银台). Thread-safe.
 */
final class Lakala extends Verification<Lakala.Notice, Lakala.Notice> implements Sender {
    private static final String CHANNEL = "lakala";
    private static final String AUTHORIZATION = "Authorization";
    private static final String SCHEME = "LKLAPI-SHA256withRSA ";
    /** Blanks or line breaks may follow the commas. */
    private static final Pattern PARAMETER = Pattern.compile("\\s*([a-z_]+)=\"([^\"]*)\"\\s*(?:,|$)");

    private static final String SUCCESS = "SUCCESS";
    private static final int CASHIER_PAID = 2;
    private static final Set<String> NO_PAYMENT = Set.of("REFUND", "CANCEL");
    private static final int KEY_BITS_MIN = 2048;

    private final Reloadable<VerificationKey> publicKey;

    /** Takes the account's keys: mch-id, public-key. */
    Lakala(Config account) {
        super(Merchant.read(account, null, true, false));
        this.publicKey = account.liveFile("public-key", VerificationKey.reader(null, KEY_BITS_MIN));
    }

    @Override
    public List<SenderKey> keys() {
        return List.of(new SenderKey("", publicKey));
    }

    @Override
    public String channel(Callback callback) {
        return CHANNEL;
    }

    @Override
    public @Nullable String signedHeaders(Callback callback) {
        String authorization = callback.headers().apply(AUTHORIZATION);
        return authorization == null ? null : AUTHORIZATION + ": " + authorization;
    }

    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return Reply.ofJson(outcome);
    }

    /** A message, and how its fields are named. */
    record Notice(Json json, Names names) {
        @Nullable
        String textOrNull(String name) {
            return json.textOrNull(name);
        }
    }

    @Override
    Notice parse(Callback callback) throws Malformed {
        Json json = Json.parse(callback.body());
        boolean cashier = json.textOrNull("out_trade_no") == null && json.textOrNull("out_order_no") != null;
        return new Notice(json, cashier ? Names.CASHIER : Names.CODE);
    }

    /** How the two messages name the same. */
    enum Names {
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
    @Override
    boolean proveBytes(Callback callback) throws BadSignature {
        Map<String, String> parameters = parameters(callback.headers().apply(AUTHORIZATION));
        boolean signed = publicKey
                .get()
                .verifiesLines(
                        required(parameters, "signature"),
                        required(parameters, "timestamp"),
                        required(parameters, "nonce_str"),
                        callback.body());
        if (!signed) {
            throw new BadSignature("expected a signature of this body by the account's public-key, found another");
        }
        return true;
    }

    @Override
    Notice verify(Callback callback, Notice proved) {
        return proved;
    }

    private static Map<String, String> parameters(@Nullable String authorization) throws BadSignature {
        if (authorization == null || !authorization.startsWith(SCHEME)) {
            throw new BadSignature("expected a header Authorization of " + SCHEME.strip() + ", found "
                    + (authorization == null ? "none" : "another"));
        }
        Map<String, String> parameters = new HashMap<>();
        Matcher parameter = PARAMETER.matcher(authorization);
        int at = SCHEME.length();
        while (at < authorization.length()) {
            parameter.region(at, authorization.length());
            if (!parameter.lookingAt() || parameters.put(parameter.group(1), parameter.group(2)) != null) {
                throw new BadSignature(
                        "expected an Authorization of name=\"value\" with commas, each name once, found another");
            }
            at = parameter.end();
        }
        return parameters;
    }

    private static String required(Map<String, String> parameters, String name) throws BadSignature {
        String value = parameters.get(name);
        if (value == null) {
            throw new BadSignature("expected an Authorization with a " + name + ", found none");
        }
        return value;
    }

    @Override
    Parties parties(Notice notice) {
        return Parties.withoutApp(notice.textOrNull("merchant_no"), notice.textOrNull("sub_mch_id"));
    }

    @Override
    @Nullable
    OtherKind otherKind(Notice notice) {
        String tradeType = tradeType(notice.json);
        return tradeType != null && NO_PAYMENT.contains(tradeType)
                ? OtherKind.withoutMoney("expected a trade_type of a payment, found " + Text.quoted(tradeType))
                : null;
    }

    @Override
    @Nullable
    String notPaid(Notice notice) throws Malformed {
        return notice.names == Names.CASHIER ? cashierNotPaid(notice.json) : codeNotPaid(notice.json);
    }

    @Override
    Finding booking(Callback callback, Notice notice) throws Malformed {
        Json json = notice.json;
        Trade trade = new Trade(
                json.text("merchant_no"),
                json.textOrNull("sub_mch_id"),
                json.identifier(notice.names.outTradeNo),
                json.identifier(notice.names.transactionId),
                json.wholeNumberOrText("total_amount"));
        String tradeTime = json.optionalText("trade_time");
        Instant paidAt = tradeTime == null ? callback.receivedAt() : Times.compact("trade_time", tradeTime);
        return new Payment(trade, Claims.CURRENCY_LEFT_OUT, paidAt, payer(json));
    }

    private static @Nullable String tradeType(Json json) {
        String ofTrade = json.objectOrEmpty("order_trade_info").textOrNull("trade_type");
        return ofTrade == null ? json.textOrNull("trade_type") : ofTrade;
    }

    /** "trade_status and trade_state (both seen, same value; docs differ)". Null where it was paid. */
    private static @Nullable String codeNotPaid(Json json) throws Malformed {
        String status = json.optionalText("trade_status");
        String state = json.optionalText("trade_state");
        if (status != null && state != null && !status.equals(state)) {
            throw new Malformed("expected trade_status and trade_state to agree, found " + Text.quoted(status) + " and "
                    + Text.quoted(state));
        }
        String found = status == null ? state : status;
        if (found == null) {
            throw new Malformed("expected a trade_status, found none");
        }
        return found.equals(SUCCESS) ? null : "expected trade_status SUCCESS, found " + Text.quoted(found);
    }

    private static @Nullable String cashierNotPaid(Json json) throws Malformed {
        long found = json.wholeNumberOrText("order_status");
        return found == CASHIER_PAID ? null : "expected order_status " + CASHIER_PAID + ", found " + found;
    }

    private static @Nullable String payer(Json json) {
        String subOpenid = json.textOrNull("user_id1");
        return subOpenid == null ? json.textOrNull("user_id2") : subOpenid;
    }

    @Override
    Claims claims(Notice notice) {
        Json json = notice.json;
        return Claims.ofPayment()
                .mchId(json.textOrNull("merchant_no"))
                .subMchId(json.textOrNull("sub_mch_id"))
                .outTradeNo(json.textOrNull(notice.names.outTradeNo))
                .transactionId(json.textOrNull(notice.names.transactionId))
                .totalFee(WholeNumber.parseOrNull(json.textOrDigitsOrNull("total_amount")))
                .build();
    }
}
