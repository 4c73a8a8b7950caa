package paynotify.sender;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Live;

/**
 * Any sender of name=value pairs in a form or a query string, signed over all pairs with a value, sorted by name
 * (contract, section 6): what the pairs are called, and how they are signed, the configuration says. Thread-safe.
 */
final class Form implements Sender {
    private static final String CHANNEL = "form";
    private static final String NAME = "a field's name: 1 to 128 printable characters of ASCII, no comma, & or =";
    private static final String NAME_PATTERN = "[!-~&&[^&=,]]{1,128}";
    private static final String TEXT = "1 to 1024 characters";
    private static final String TEXT_PATTERN = "[^\\p{Cntrl}]{1,1024}";
    private static final int KEY_BITS_MIN = 1024;

    /** How a sign is told from a forged one. */
    private interface Rule {
        boolean isSign(String claim, Fields fields, List<String> leftOut);
    }

    private final Merchant merchant;
    private final Rule rule;
    private final String sign;
    private final List<String> leftOut;
    private final List<String> mapped = new ArrayList<>();
    private final @Nullable String mchId;
    private final String outTradeNo;
    private final String transactionId;
    private final String totalFee;
    private final boolean inYuan;
    private final String status;
    private final String paid;
    private final String success;
    private final String failure;

    /** Takes the account's keys: mch-id, and those of the parts sign, field, amount and answer, and paid. */
    Form(Config account) {
        this.merchant = Merchant.readWithoutApps(account);
        this.rule = rule(account.part("sign."));
        this.sign = account.text("sign.field", NAME, NAME_PATTERN);
        Set<String> taken = new HashSet<>(account.list("sign.skip", NAME, "|" + NAME_PATTERN));
        taken.add(sign);
        this.leftOut = List.copyOf(taken);
        Config field = account.part("field.");
        this.mchId = field.has("mch_id") ? mapped(field, "mch_id", taken) : null;
        this.outTradeNo = mapped(field, "out_trade_no", taken);
        this.transactionId = mapped(field, "transaction_id", taken);
        this.totalFee = mapped(field, "total_fee", taken);
        this.status = mapped(field, "status", taken);
        this.inYuan = account.text("amount.unit", "yuan or fen", "yuan|fen").equals("yuan");
        this.paid = account.text("paid", TEXT, TEXT_PATTERN);
        this.success = account.text("answer.success", TEXT, TEXT_PATTERN);
        this.failure = account.text("answer.failure", TEXT, TEXT_PATTERN);
    }

    private static Rule rule(Config sign) {
        String name = sign.text(
                "rule", "md5 or hmac-sha256 or rsa-sha1 or rsa-sha256", "md5|hmac-sha256|rsa-sha1|rsa-sha256");
        String tail = sign.has("tail") ? sign.text("tail", "0 to 128 characters", "[^\\p{Cntrl}]{0,128}") : "&key=";
        return switch (name) {
            case "md5" -> {
                Live<SharedKey> key = sharedKey(sign, tail);
                yield (claim, fields, leftOut) -> {
                    byte[] text = SignedText.of(fields, leftOut, key.get().signTail());
                    return SignedText.isHexOf(SignedText.md5(text), claim);
                };
            }
            case "hmac-sha256" -> {
                Live<SharedKey> key = sharedKey(sign, tail);
                yield (claim, fields, leftOut) -> {
                    SharedKey inUse = key.get();
                    byte[] text = SignedText.of(fields, leftOut, inUse.signTail());
                    return SignedText.isHexOf(SignedText.hmacSha256(inUse.hmacKey(), text), claim);
                };
            }
            case "rsa-sha1" -> rsa(sign, "SHA1withRSA");
            case "rsa-sha256" -> rsa(sign, "SHA256withRSA");
            default -> {
                // Its fault is told already, and what the key must be depends on it.
                sign.part("key").skip();
                yield (claim, fields, leftOut) -> false;
            }
        };
    }

    private static Live<SharedKey> sharedKey(Config sign, String tail) {
        return sign.live("key", SharedKey.EXPECTED, key -> SharedKey.read(key, tail));
    }

    private static Rule rsa(Config sign, String algorithm) {
        Live<VerificationKey> key = sign.liveFile("key", VerificationKey.reader(null, KEY_BITS_MIN));
        return (claim, fields, leftOut) -> key.get().verifiesBase64(algorithm, claim, SignedText.of(fields, leftOut));
    }

    /** The name of a field that is mapped; it must be signed, or anybody could say it, and can't mean two things. */
    private String mapped(Config field, String key, Set<String> taken) {
        String name = field.text(key, NAME, NAME_PATTERN);
        if (!name.isEmpty() && !taken.add(name)) {
            field.fault(key, "a field that is signed, and mapped once", "'" + name + "'");
        }
        mapped.add(name);
        return name;
    }

    @Override
    public Source source() {
        return Source.BODY_OR_QUERY;
    }

    @Override
    public String channel(Callback callback) {
        return CHANNEL;
    }

    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return Reply.ofText(outcome, success, failure);
    }

    @Override
    public Finding read(Callback callback) {
        Claims claims = Claims.NONE;
        try {
            Fields fields = Pairs.parse(callback.body());
            claims = claims(fields);
            verify(fields);
            String found = fields.required(status);
            if (found.equals(paid)) {
                return payment(fields, callback);
            }
            merchant.checkWhereGiven(mchId(fields), null);
            return new Nothing(
                    Outcome.NOT_PAID,
                    "expected " + status + " " + Text.quoted(paid) + ", found " + Text.quoted(found),
                    claims);
        } catch (Refused refused) {
            return refused.at(claims);
        }
    }

    private void verify(Fields fields) throws Refused {
        String claim = fields.get(sign);
        if (claim == null) {
            throw Refused.badSignature("expected a " + sign + ", found none");
        }
        if (!rule.isSign(claim, fields, leftOut)) {
            throw Refused.badSignature("expected the " + sign + " of these fields by the account's key, found another");
        }
        fields.requireOneReading(mapped);
    }

    private Payment payment(Fields fields, Callback callback) throws Refused {
        Trade trade = new Trade(
                mchId == null ? merchant.mchId() : fields.required(mchId),
                null,
                fields.identifier(outTradeNo),
                fields.identifier(transactionId),
                inYuan ? fields.yuanInFen(totalFee) : fields.wholeNumber(totalFee));
        merchant.check(trade.mchId(), null);
        return new Payment(trade, Claims.CURRENCY_LEFT_OUT, callback.receivedAt(), null);
    }

    /** Where no field is mapped to it, the key is the merchant's own, and so is what it signs. */
    private @Nullable String mchId(Fields fields) {
        return mchId == null ? merchant.mchId() : fields.get(mchId);
    }

    private Claims claims(Fields fields) {
        String amount = fields.get(totalFee);
        return Claims.ofPayment(
                mchId(fields),
                null,
                fields.get(outTradeNo),
                fields.get(transactionId),
                inYuan ? Yuan.parseFenOrNull(amount) : WholeNumber.parseOrNull(amount),
                null);
    }
}
