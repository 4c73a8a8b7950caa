package paynotify.sender;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Reloadable;
import paynotify.message.Fields;
import paynotify.message.Malformed;
import paynotify.message.Pairs;
import paynotify.message.Text;
import paynotify.message.Yuan;
import paynotify.signature.BadSignature;
import paynotify.signature.SenderKey;
import paynotify.signature.VerificationKey;

/**
 * China Construction Bank (建设银行 龙支付): notices of payments in the query string, signed by RSA with MD5 over the raw
 * query string as it was received, what is empty and what is unknown included (protocol.md, section 4a). Thread-safe.
 *
 * <p>The bank gives neither a number nor the time of the payment, and names no merchant, only the counter (POSID), to
 * which the key belongs.
 */
final class Ccb extends Verification<Fields, Fields> implements Sender {
    private static final String CHANNEL = "ccb";
    private static final String SIGN = "&SIGN=";
    private static final String CNY = "01";
    /** "RSA-1024 (modulus may be 1023 bits)". */
    private static final int KEY_BITS_MIN = 1023;

    private final Reloadable<VerificationKey> publicKey;

    /** Takes the account's keys: mch-id, pos-id, public-key. */
    Ccb(Config account) {
        // The counters take the place of apps.
        super(Merchant.read(account, "pos-id", false, true));
        this.publicKey = account.liveFile("public-key", VerificationKey.reader(null, KEY_BITS_MIN));
    }

    /** The bank describes GET; one of its products POSTs with everything in the URL. */
    @Override
    public DataIn dataIn() {
        return DataIn.QUERY;
    }

    @Override
    public List<SenderKey> keys() {
        return List.of(new SenderKey("", publicKey));
    }

    @Override
    public String channel(Callback callback) {
        return CHANNEL;
    }

    /** No document says what the bank expects (section 4a, "Answer, repeats, timeout"). */
    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return Reply.ofText(outcome, "success", "fail");
    }

    /** The charset of Chinese values is not known; the bank's samples use GBK. */
    @Override
    Fields parse(Callback callback) throws Malformed {
        return Pairs.parseInAnyCharset(callback.body());
    }

    /** "Signed text = raw query string as received with the SIGN pair removed". */
    @Override
    boolean proveBytes(Callback callback) throws BadSignature {
        String text = "&" + new String(callback.body(), ISO_8859_1);
        int from = text.indexOf(SIGN);
        if (from < 0) {
            throw new BadSignature("expected a SIGN, found none");
        }
        int end = text.indexOf('&', from + 1);
        int to = end < 0 ? text.length() : end;
        String sign = text.substring(from + SIGN.length(), to);
        String rest = (text.substring(0, from) + text.substring(to)).replaceFirst("^&", "");
        if (!publicKey.get().verifiesHex("MD5withRSA", sign, rest.getBytes(ISO_8859_1))) {
            throw new BadSignature("expected a SIGN of this query string by the account's public-key, found another");
        }
        return true;
    }

    @Override
    Fields verify(Callback callback, Fields proved) {
        return proved;
    }

    @Override
    Parties parties(Fields fields) {
        return Parties.of(merchant().mchId(), fields.get("POSID"), null);
    }

    @Override
    @Nullable
    OtherKind otherKind(Fields fields) {
        return null;
    }

    @Override
    @Nullable
    String notPaid(Fields fields) throws Malformed {
        String success = fields.required("SUCCESS");
        return success.equals("Y") ? null : "expected SUCCESS Y, found " + Text.quoted(success);
    }

    @Override
    Finding booking(Callback callback, Fields fields) throws Malformed {
        Trade trade =
                new Trade(merchant().mchId(), null, fields.identifier("ORDERID"), null, fields.yuanInFen("PAYMENT"));
        return new Payment(trade, currency(fields.required("CURCODE")), callback.receivedAt(), null);
    }

    /** Any other of the bank's codes becomes what no order's currency is called. */
    private static String currency(String curcode) {
        return curcode.equals(CNY) ? "CNY" : "CURCODE " + curcode;
    }

    @Override
    Claims claims(Fields fields) {
        String curcode = fields.get("CURCODE");
        return Claims.ofPayment()
                .mchId(merchant().mchId())
                .outTradeNo(fields.get("ORDERID"))
                .totalFee(Yuan.parseFenOrNull(fields.get("PAYMENT")))
                .currency(curcode == null ? null : currency(curcode))
                .build();
    }
}
