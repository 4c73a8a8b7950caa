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
    private static final Set<String> SIGN = Set.of("sign");
    private static final byte[] NO_TAIL = {};
    private static final String PAID = "0000";
    private static final String MD5 = "MD5";
    private static final String RSA = "RSA";
    /** The platform's key is of 1024 bits. */
    private static final int KEY_BITS_MIN = 1024;

    private static final Set<String> PAYMENT_CODES = Set.of("VSP501", "VSP505", "VSP511", "VSP541", "VSP551", "VSP681");

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
        String signtype = signtype(fields.get("signtype"));
        if (!isSign(sign, signtype, fields)) {
            throw Refused.badSignature(
                    "expected the " + signtype + " sign of these parameters by the account's key, found another");
        }
    }

    private boolean isSign(String sign, String signtype, Fields fields) throws Refused {
        if (signtype.equals(MD5) && md5Key != null) {
            return Digest.isHexOf(Digest.md5(SignedText.of(withKey(fields, md5Key.get()), SIGN, NO_TAIL)), sign);
        }
        return publicKey != null
                && publicKey.get().verifiesBase64("SHA1withRSA", sign, SignedText.of(fields, SIGN, NO_TAIL));
    }

    /** Chooses among the keys that are configured, and no others (protocol.md, section 6). */
    private String signtype(@Nullable String found) throws Refused {
        if (found == null && (md5Key == null || publicKey == null)) {
            return md5Key == null ? RSA : MD5;
        }
        if (!(MD5.equals(found) && md5Key != null) && !(RSA.equals(found) && publicKey != null)) {
            throw Refused.badSignature(
                    "expected a signtype for which the account has a key, found " + Text.quoted(found));
        }
        return String.valueOf(found);
    }

    /** "Put key into the map before sorting": it lands among the others, and not at the end as with WeChat. */
    private static Fields withKey(Fields fields, SharedKey key) throws Refused {
        Fields all = fields.with(key.asField("key"));
        if (all == null) {
            // It would take the key's place in the signed text, or the key its.
            throw Refused.badSignature("expected no parameter named key beside an MD5 sign, found one");
        }
        return all;
    }

    private Finding payment(Fields fields, Claims claims, Instant receivedAt) throws Refused {
        String trxcode = fields.required("trxcode");
        String trxstatus = fields.required("trxstatus");
        boolean isPayment = paymentCodes.contains(trxcode);
        if (!isPayment || !trxstatus.equals(PAID)) {
            merchant.checkWhereGiven(fields.get("cusid"), fields.get("appid"));
        }
        if (!isPayment) {
            return new Nothing(
                    Outcome.IGNORED,
                    "expected a trxcode of a payment (payment-codes), found " + Text.quoted(trxcode),
                    claims.withoutEvent());
        }
        if (!trxstatus.equals(PAID)) {
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
