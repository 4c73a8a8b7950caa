package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Reloadable;
import paynotify.message.Fields;
import paynotify.message.Malformed;
import paynotify.message.Pairs;
import paynotify.message.Text;
import paynotify.message.WholeNumber;
import paynotify.message.Yuan;
import paynotify.signature.BadSignature;
import paynotify.signature.JoinedPairs;
import paynotify.signature.KeyList;
import paynotify.signature.SenderKey;
import paynotify.signature.SharedKey;
import paynotify.signature.SignedText;
import paynotify.signature.VerificationKey;
import paynotify.signature.VerifiedFields;

/**
 * Any sender of name=value pairs in a form or a query string, signed over all pairs with a value, sorted by name
 * (contract, section 6): what the pairs are called, and how they are signed, the configuration says. Thread-safe.
 */
final class Form extends Verification<Fields, VerifiedFields> implements Sender {
    private static final String CHANNEL = "form";
    private static final String NAME = "a field's name: 1 to 128 printable characters of ASCII, no comma, & or =";
    private static final String NAME_PATTERN = "[!-~&&[^&=,]]{1,128}";
    private static final String TEXT = "1 to 1024 characters";
    private static final String TEXT_PATTERN = "[^\\p{Cntrl}]{1,1024}";
    private static final int KEY_BITS_MIN = 1024;

    /** How a sign is told from a forged one. */
    private interface Rule {
        boolean isSign(String claim, Fields fields, List<String> leftOut);

        /** The public keys by which it tells. */
        default List<SenderKey> keys() {
            return List.of();
        }
    }

    private final Rule rule;
    private final String sign;
    private final List<String> leftOut;
    private final JoinedPairs signature;
    private final Charset charset;
    private final @Nullable String mchId;
    private final String outTradeNo;
    private final String transactionId;
    private final String totalFee;
    private final boolean inYuan;
    private final String status;
    private final List<String> paid;
    private final String success;
    private final String failure;

    /** Takes the account's keys: mch-id, and those of the parts sign, field, amount and answer, charset and paid. */
    Form(Config account) {
        super(Merchant.read(account, null, false, false));
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
        Set<String> deciding = new HashSet<>(taken);
        deciding.removeAll(leftOut);
        deciding.add(sign);
        this.signature = new JoinedPairs(this::checkSign, deciding, null);
        this.charset = account.oneOf("charset", "UTF-8", "GBK").equals("GBK") ? Charset.forName("GBK") : UTF_8;
        this.paid = account.requiredList("paid", TEXT, TEXT_PATTERN);
        this.success = account.text("answer.success", TEXT, TEXT_PATTERN);
        this.failure = account.text("answer.failure", TEXT, TEXT_PATTERN);
    }

    private static Rule rule(Config sign) {
        String name = sign.text(
                "rule", "md5 or hmac-sha256 or rsa-sha1 or rsa-sha256", "md5|hmac-sha256|rsa-sha1|rsa-sha256");
        String tail = sign.has("tail") ? sign.text("tail", "0 to 128 characters", "[^\\p{Cntrl}]{0,128}") : "&key=";
        return switch (name) {
            case "md5" -> shared(sign, tail, (key, text) -> SignedText.md5(text));
            case "hmac-sha256" -> shared(sign, tail, (key, text) -> SignedText.hmacSha256(key.hmacKey(), text));
            case "rsa-sha1" -> rsa(sign, "SHA1withRSA");
            case "rsa-sha256" -> rsa(sign, "SHA256withRSA");
            default -> {
                // Its fault is told already, and what the key must be depends on it.
                sign.part("key").skip();
                yield (claim, fields, leftOut) -> false;
            }
        };
    }

    private static Rule shared(Config sign, String tail, BiFunction<SharedKey, byte[], byte[]> digest) {
        Reloadable<List<SharedKey>> keys =
                sign.live("key", SharedKey.EXPECTED, KeyList.of(key -> SharedKey.read(key, tail)));
        return (claim, fields, leftOut) -> keys.get().stream()
                .anyMatch(key ->
                        SignedText.isHexOf(digest.apply(key, SignedText.of(fields, leftOut, key.signTail())), claim));
    }

    private static Rule rsa(Config sign, String algorithm) {
        Reloadable<VerificationKey> key = sign.liveFile("key", VerificationKey.reader(null, KEY_BITS_MIN));
        return new Rule() {
            @Override
            public boolean isSign(String claim, Fields fields, List<String> leftOut) {
                return key.get().verifiesBase64(algorithm, claim, SignedText.of(fields, leftOut));
            }

            @Override
            public List<SenderKey> keys() {
                return List.of(new SenderKey("", key));
            }
        };
    }

    /** The name of a field that is mapped; it must be signed, or anybody could say it, and can't mean two things. */
    private String mapped(Config field, String key, Set<String> taken) {
        String name = field.text(key, NAME, NAME_PATTERN);
        if (!name.isEmpty() && !taken.add(name)) {
            field.fault(key, "a field that is signed, and mapped once", "'" + name + "'");
        }
        return name;
    }

    @Override
    public List<SenderKey> keys() {
        return rule.keys();
    }

    @Override
    public DataIn dataIn() {
        return DataIn.BODY_OR_QUERY;
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
    Fields parse(Callback callback) throws Malformed {
        return Pairs.parse(callback.body(), charset);
    }

    @Override
    VerifiedFields verify(Callback callback, Fields fields) throws BadSignature, Malformed {
        return signature.verify(fields);
    }

    private void checkSign(Fields fields) throws BadSignature {
        String claim = fields.get(sign);
        if (claim == null) {
            throw new BadSignature("expected a " + sign + ", found none");
        }
        if (!rule.isSign(claim, fields, leftOut)) {
            throw new BadSignature("expected the " + sign + " of these fields by the account's key, found another");
        }
    }

    /** Where no field is mapped to it, the key is the merchant's own, and so is what it signs. */
    @Override
    Parties parties(VerifiedFields fields) {
        return Parties.withoutApp(mchId == null ? merchant().mchId() : fields.get(mchId), null);
    }

    @Override
    @Nullable
    OtherKind otherKind(VerifiedFields fields) {
        return null;
    }

    @Override
    @Nullable
    String notPaid(VerifiedFields fields) throws Malformed {
        String found = fields.required(status);
        return paid.contains(found)
                ? null
                : "expected " + status + " " + String.join(" or ", paid) + ", found " + Text.quoted(found);
    }

    @Override
    Finding booking(Callback callback, VerifiedFields fields) throws Malformed {
        Trade trade = new Trade(
                mchId == null ? merchant().mchId() : fields.required(mchId),
                null,
                fields.identifier(outTradeNo),
                fields.identifier(transactionId),
                inYuan ? fields.yuanInFen(totalFee) : fields.wholeNumber(totalFee));
        return new Payment(trade, Claims.CURRENCY_LEFT_OUT, callback.receivedAt(), null);
    }

    @Override
    Claims claims(Fields fields) {
        String amount = fields.get(totalFee);
        return Claims.ofPayment()
                .mchId(mchId == null ? merchant().mchId() : fields.get(mchId))
                .outTradeNo(fields.get(outTradeNo))
                .transactionId(fields.get(transactionId))
                .totalFee(inYuan ? Yuan.parseFenOrNull(amount) : WholeNumber.parseOrNull(amount))
                .build();
    }
}
