package paynotify.sender;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Live;

/**
 * Allinpay (通联支付 收银宝): notices of trades in a form, signed over all parameters, known or not, by MD5 with a key or by
 * RSA with SHA-1 (protocol.md, section 4b;
 * <a href="https://prodoc.allinpay.com/doc/1041/">prodoc.allinpay.com, 1041</a>). Thread-safe.
 */
final class Allinpay implements Sender {
    private static final String CHANNEL = "allinpay";
    private static final List<String> SIGN = List.of("sign");
    private static final String PAID = "0000";
    /** What is decided by. */
    private static final List<String> DECIDING = List.of(
            "appid",
            "cusid",
            "cusorderid",
            "trxid",
            "trxcode",
            "trxstatus",
            "initamt",
            "trxamt",
            "paytime",
            "signtype");

    /** The platform's key is of 1024 bits. */
    private static final int KEY_BITS_MIN = 1024;

    private static final Set<String> PAYMENT_CODES = Set.of("VSP501", "VSP505", "VSP511", "VSP541", "VSP551", "VSP681");

    private enum Signtype {
        MD5,
        RSA
    }

    private final Merchant merchant;
    private final Set<String> paymentCodes;
    private final @Nullable Live<SharedKey> md5Key;
    private final @Nullable Live<VerificationKey> publicKey;

    /** Takes the account's keys: mch-id, app-id, payment-codes, and md5-key, public-key or both. */
    Allinpay(Config account) {
        this.merchant = Merchant.read(account, "app-id");
        List<String> codes = account.list("payment-codes", "codes of letters and digits", "[A-Za-z0-9]{1,32}");
        this.paymentCodes = codes.isEmpty() ? PAYMENT_CODES : Set.copyOf(codes);
        boolean hasPublicKey = account.has("public-key");
        this.md5Key = account.has("md5-key") || !hasPublicKey
                ? account.live("md5-key", SharedKey.EXPECTED, key -> SharedKey.read(key, ""))
                : null;
        this.publicKey =
                hasPublicKey ? account.liveFile("public-key", VerificationKey.reader(null, KEY_BITS_MIN)) : null;
    }

    @Override
    public String channel(Callback callback) {
        return CHANNEL;
    }

    /** "The 7 letters success; anything else: it comes again". */
    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return Reply.ofText(outcome, "success", "fail");
    }

    @Override
    public Finding read(Callback callback) {
        Claims claims = Claims.NONE;
        try {
            Fields fields = Pairs.parse(callback.body());
            claims = claims(fields);
            verify(fields);
            return payment(fields, claims, callback.receivedAt());
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    private void verify(Fields fields) throws Refused {
        String sign = fields.get("sign");
        if (sign == null) {
            throw Refused.badSignature("expected a sign, found none");
        }
        Signtype signtype = signtype(fields.get("signtype"));
        boolean signed =
                switch (signtype) {
                    case MD5 -> md5Key != null && isMd5(sign, fields, md5Key.get());
                    case RSA ->
                        publicKey != null
                                && publicKey.get().verifiesBase64("SHA1withRSA", sign, SignedText.of(fields, SIGN));
                };
        if (!signed) {
            throw Refused.badSignature(
                    "expected the " + signtype + " sign of these parameters by the account's key, found another");
        }
        fields.requireOneReading(DECIDING);
    }

    /** Chooses among the keys that are configured, and no others (protocol.md, section 6). */
    private Signtype signtype(@Nullable String found) throws Refused {
        boolean one = md5Key == null || publicKey == null;
        if (md5Key != null && ("MD5".equals(found) || (found == null && one))) {
            return Signtype.MD5;
        }
        if (publicKey != null && ("RSA".equals(found) || (found == null && one))) {
            return Signtype.RSA;
        }
        throw Refused.badSignature("expected a signtype for which the account has a key, found " + Text.quoted(found));
    }

    /**
     * "Put key into the map before sorting": it lands among the others, and not at the end as with WeChat. A text that
     * goes on behind the key could be made longer by who doesn't know it, with bytes that are no text: {@link Pairs} takes
     * only UTF-8 without NUL.
     */
    private static boolean isMd5(String sign, Fields fields, SharedKey key) throws Refused {
        Fields all = fields.with(key.asField("key"));
        if (all == null) {
            // It would take the key's place in the signed text, or the key its.
            throw Refused.badSignature("expected no parameter named key beside an MD5 sign, found one");
        }
        return SignedText.isHexOf(SignedText.md5(SignedText.of(all, SIGN)), sign);
    }

    private Finding payment(Fields fields, Claims claims, Instant receivedAt) throws Refused {
        String trxcode = fields.required("trxcode");
        if (!paymentCodes.contains(trxcode)) {
            merchant.checkWhereGiven(fields.get("cusid"), fields.get("appid"));
            return new Nothing(
                    Outcome.IGNORED,
                    "expected a trxcode of a payment (payment-codes), found " + Text.quoted(trxcode),
                    claims.withoutEvent());
        }
        String trxstatus = fields.required("trxstatus");
        if (!trxstatus.equals(PAID)) {
            merchant.checkWhereGiven(fields.get("cusid"), fields.get("appid"));
            return new Nothing(Outcome.NOT_PAID, "expected trxstatus 0000, found " + Text.quoted(trxstatus), claims);
        }
        Trade trade = new Trade(
                fields.identifier("cusid"),
                null,
                fields.identifier("cusorderid"),
                fields.identifier("trxid"),
                fields.wholeNumber(amountName(fields)));
        String paytime = fields.get("paytime");
        Instant paidAt = paytime == null ? receivedAt : Times.compact("paytime", paytime);
        merchant.check(trade.mchId(), fields.get("appid"));
        return new Payment(trade, Claims.CURRENCY_LEFT_OUT, paidAt, fields.get("acct"));
    }

    /** The order's amount, and not what was paid after a coupon; only where there is none, they are the same. */
    private static String amountName(Fields fields) {
        return fields.get("initamt") == null ? "trxamt" : "initamt";
    }

    private static Claims claims(Fields fields) {
        return Claims.ofPayment(
                fields.get("cusid"),
                null,
                fields.get("cusorderid"),
                fields.get("trxid"),
                WholeNumber.parseOrNull(fields.get(amountName(fields))),
                null);
    }
}
