package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Reloadable;
import paynotify.message.Fields;
import paynotify.message.Malformed;
import paynotify.message.Pairs;
import paynotify.message.Text;
import paynotify.message.Times;
import paynotify.message.WholeNumber;
import paynotify.signature.BadSignature;
import paynotify.signature.JoinedPairs;
import paynotify.signature.KeyList;
import paynotify.signature.SenderKey;
import paynotify.signature.SharedKey;
import paynotify.signature.SignedText;
import paynotify.signature.VerificationKey;
import paynotify.signature.VerifiedFields;

/**
 * Allinpay (通联支付 收银宝): notices of trades in a form, signed over all parameters, known or not, by MD5 with a key or by
 * RSA with SHA-1 (protocol.md, section 4b;
 * <a href="https://prodoc.allinpay.com/doc/1041/">prodoc.allinpay.com, 1041</a>). Thread-safe.
 */
final class Allinpay extends Verification<Fields, VerifiedFields> implements Sender {
    private static final String CHANNEL = "allinpay";
    private static final List<String> SIGN = List.of("sign");
    private static final String PAID = "0000";
    /** All that is asked for to decide, to compare or to book. */
    private static final Set<String> DECIDING = Set.of(
            "sign",
            "acct",
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

    private final Set<String> paymentCodes;
    private final @Nullable Reloadable<List<SharedKey>> md5Keys;
    private final @Nullable Reloadable<VerificationKey> publicKey;
    private final JoinedPairs signature = new JoinedPairs(this::checkSign, DECIDING, null);

    /** Takes the account's keys: mch-id, app-id, payment-codes, and md5-key, public-key or both. */
    Allinpay(Config account) {
        super(Merchant.read(account, "app-id", false, false));
        List<String> codes = account.list("payment-codes", "codes of letters and digits", "[A-Za-z0-9]{1,32}");
        this.paymentCodes = codes.isEmpty() ? PAYMENT_CODES : Set.copyOf(codes);
        boolean hasPublicKey = account.has("public-key");
        this.md5Keys = account.has("md5-key") || !hasPublicKey
                ? account.live("md5-key", SharedKey.EXPECTED, KeyList.of(key -> SharedKey.read(key, "")))
                : null;
        this.publicKey =
                hasPublicKey ? account.liveFile("public-key", VerificationKey.reader(null, KEY_BITS_MIN)) : null;
    }

    @Override
    public List<SenderKey> keys() {
        return publicKey == null ? List.of() : List.of(new SenderKey("", publicKey));
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
    Fields parse(Callback callback) throws Malformed {
        return Pairs.parse(callback.body(), UTF_8);
    }

    @Override
    VerifiedFields verify(Callback callback, Fields fields) throws BadSignature, Malformed {
        return signature.verify(fields);
    }

    private void checkSign(Fields fields) throws BadSignature {
        String sign = fields.get("sign");
        if (sign == null) {
            throw new BadSignature("expected a sign, found none");
        }
        Signtype signtype = signtype(fields.get("signtype"));
        boolean signed =
                switch (signtype) {
                    case MD5 -> md5Keys != null && isMd5(sign, fields, md5Keys.get());
                    case RSA ->
                        publicKey != null
                                && publicKey.get().verifiesBase64("SHA1withRSA", sign, SignedText.of(fields, SIGN));
                };
        if (!signed) {
            throw new BadSignature(
                    "expected the " + signtype + " sign of these parameters by the account's key, found another");
        }
    }

    /** Chooses among the keys that are configured, and no others (protocol.md, section 6). */
    private Signtype signtype(@Nullable String found) throws BadSignature {
        boolean one = md5Keys == null || publicKey == null;
        if (md5Keys != null && ("MD5".equals(found) || (found == null && one))) {
            return Signtype.MD5;
        }
        if (publicKey != null && ("RSA".equals(found) || (found == null && one))) {
            return Signtype.RSA;
        }
        throw new BadSignature("expected a signtype for which the account has a key, found " + Text.quoted(found));
    }

    /**
     * "Put key into the map before sorting": it lands among the others, and not at the end as with WeChat. A text that
     * goes on behind the key could be made longer by who doesn't know it, with bytes that are no text: {@link Pairs} takes
     * only UTF-8 without NUL.
     */
    private static boolean isMd5(String sign, Fields fields, List<SharedKey> keys) throws BadSignature {
        for (SharedKey key : keys) {
            Fields all = fields.with(key.asField("key"));
            if (all == null) {
                // It would take the key's place in the signed text, or the key its.
                throw new BadSignature("expected no parameter named key beside an MD5 sign, found one");
            }
            if (SignedText.isHexOf(SignedText.md5(SignedText.of(all, SIGN)), sign)) {
                return true;
            }
        }
        return false;
    }

    @Override
    Parties parties(VerifiedFields fields) {
        return Parties.of(fields.get("cusid"), fields.get("appid"), null);
    }

    @Override
    @Nullable
    OtherKind otherKind(VerifiedFields fields) throws Malformed {
        String trxcode = fields.required("trxcode");
        return paymentCodes.contains(trxcode)
                ? null
                : OtherKind.withoutMoney(
                        "expected a trxcode of a payment (payment-codes), found " + Text.quoted(trxcode));
    }

    @Override
    @Nullable
    String notPaid(VerifiedFields fields) throws Malformed {
        String trxstatus = fields.required("trxstatus");
        return trxstatus.equals(PAID) ? null : "expected trxstatus 0000, found " + Text.quoted(trxstatus);
    }

    @Override
    Finding booking(Callback callback, VerifiedFields fields) throws Malformed {
        Trade trade = new Trade(
                fields.identifier("cusid"),
                null,
                fields.identifier("cusorderid"),
                fields.identifier("trxid"),
                fields.wholeNumber(amountName(fields.get("initamt"))));
        String paytime = fields.get("paytime");
        Instant paidAt = paytime == null ? callback.receivedAt() : Times.compact("paytime", paytime);
        return new Payment(trade, Claims.CURRENCY_LEFT_OUT, paidAt, fields.get("acct"));
    }

    /** The order's amount, and not what was paid after a coupon; only where there is none, they are the same. */
    private static String amountName(@Nullable String initamt) {
        return initamt == null ? "trxamt" : "initamt";
    }

    @Override
    Claims claims(Fields fields) {
        return Claims.ofPayment()
                .mchId(fields.get("cusid"))
                .outTradeNo(fields.get("cusorderid"))
                .transactionId(fields.get("trxid"))
                .totalFee(WholeNumber.parseOrNull(fields.get(amountName(fields.get("initamt")))))
                .build();
    }
}
