package paynotify.kit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A trade notice of Allinpay (通联收银宝), as Allinpay would send it or with any fault.
 *
 * <p>Written from the published documents alone; it shares nothing with the code that it tests.
 */
public final class AllinpayCallback implements PairsNotice {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final Pairs pairs = new Pairs();
    private Pairs sent;
    private boolean rsa;
    private String key = Aggregators.ALLINPAY_MD5_KEY;
    private String signature = "right";
    private boolean lowerCaseSign;

    private AllinpayCallback() {}

    /** One without any field. */
    static AllinpayCallback empty() {
        return new AllinpayCallback();
    }

    /** Signed by MD5. */
    public static AllinpayCallback payment(String cusorderid, long fen) {
        return empty().with("appid", Aggregators.ALLINPAY_APP_ID)
                .with("cusid", Aggregators.ALLINPAY_MCH_ID)
                .with("cusorderid", cusorderid)
                .with("outtrxid", cusorderid)
                .with("trxcode", "VSP501")
                .with("trxid", trxid(cusorderid))
                .with("initamt", Long.toString(fen))
                .with("trxamt", Long.toString(fen))
                .with("trxdate", "20250601")
                .with("paytime", "20250601120005")
                .with("chnltrxid", WechatV2Callback.transactionId(cusorderid))
                .with("trxstatus", "0000")
                .with("acct", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
                .with("accttype", "99")
                .with("fee", "1")
                .with("termno", "")
                .with("termauthno", "OTHERS")
                .with("trxreserved", "桌号 8&A=1+1%")
                .with("signtype", "MD5");
    }

    /** The number that Allinpay gives the payment of this order here: 18 digits. */
    public static String trxid(String cusorderid) {
        return "250601" + String.format(Locale.ROOT, "%012d", cusorderid.hashCode() & 0xffffffffL);
    }

    /** Signed by Allinpay's platform key, and saying so. */
    public AllinpayCallback rsa() {
        return rsaWithoutSaying().with("signtype", "RSA");
    }

    /** Signed by Allinpay's platform key, whatever signtype says. */
    public AllinpayCallback rsaWithoutSaying() {
        rsa = true;
        key = Aggregators.ALLINPAY_PRIVATE_KEY;
        return this;
    }

    @Override
    public AllinpayCallback with(String name, String value) {
        pairs.set(name, value);
        return this;
    }

    @Override
    public AllinpayCallback written(String name, String value, String sentAs) {
        pairs.addWritten(name, value, sentAs);
        return this;
    }

    @Override
    public AllinpayCallback without(String name) {
        pairs.remove(name);
        return this;
    }

    @Override
    public AllinpayCallback twice(String name, String value) {
        pairs.add(name, value);
        return this;
    }

    @Override
    public AllinpayCallback twiceInDisguise(String name, String value) {
        pairs.addInDisguise(name, value);
        return this;
    }

    @Override
    public AllinpayCallback tamper(String name, String value) {
        sent = (sent == null ? new Pairs(pairs) : sent).change(name, value);
        return this;
    }

    @Override
    public AllinpayCallback signature(String text) {
        signature = text;
        return this;
    }

    @Override
    public AllinpayCallback signedBy(String otherKey) {
        key = otherKey;
        return this;
    }

    public AllinpayCallback lowerCaseSign() {
        lowerCaseSign = true;
        return this;
    }

    @Override
    public Set<String> names() {
        return pairs.names();
    }

    @Override
    public String value(String name) {
        return pairs.value(name);
    }

    /** All pairs with a value, sorted; for MD5 the key is one of them. */
    public String textToSign() {
        Pairs all = new Pairs(pairs);
        if (!rsa) {
            // Where the notice has a pair of that name, it is Allinpay's to be overwritten.
            all.set("key", key);
        }
        return all.sorted(name -> !name.equals("sign"));
    }

    public String body() {
        Pairs all = new Pairs(sent == null ? pairs : sent);
        if (signature != null) {
            all.add("sign", signature.equals("right") ? sign() : signature);
        }
        return all.sent();
    }

    @Override
    public Request request(URI pay) {
        return Request.post(pay, body(), "Content-Type", FORM);
    }

    private String sign() {
        if (rsa) {
            return Rsa.base64("SHA1withRSA", textToSign(), key);
        }
        String hex = DigestUtils.md5Hex(textToSign().getBytes(StandardCharsets.UTF_8));
        return lowerCaseSign ? hex : hex.toUpperCase(Locale.ROOT);
    }
}
