package paynotify.kit;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.codec.binary.Hex;

/**
 * A notice of the China Construction Bank (建设银行), as the bank would send it or with any fault.
 *
 * <p>Written from the published documents alone; it shares nothing with the code that it tests.
 */
public final class CcbCallback implements PairsNotice {
    private static final String SIGN = "SIGN";

    private final Pairs pairs = new Pairs();
    private final Pairs appended = new Pairs();
    private Pairs sent;
    private String key = Aggregators.CCB_PRIVATE_KEY;
    private String signature = "right";
    private int signPlace = Integer.MAX_VALUE;
    private boolean upperCaseSign;
    private boolean post;

    private CcbCallback() {}

    /** One without any field. */
    static CcbCallback empty() {
        return new CcbCallback();
    }

    /** The bank's own notice (反馈) of a payment with all the parameters that it usually has. */
    public static CcbCallback payment(String orderId, long fen) {
        return empty().with("POSID", "000000000")
                .with("BRANCHID", "110000000")
                .with("ORDERID", orderId)
                .with("PAYMENT", yuan(fen))
                .with("CURCODE", "01")
                .with("REMARK1", orderId)
                .with("REMARK2", "")
                .with("ACC_TYPE", "12")
                .with("SUCCESS", "Y")
                .with("TYPE", "1")
                .with("REFERER", "")
                .with("CLIENTIP", "172.0.0.1")
                .with("ACCDATE", "20250601");
    }

    /** Fen as yuan with two decimals. */
    public static String yuan(long fen) {
        return String.format(Locale.ROOT, "%d.%02d", fen / 100, fen % 100);
    }

    @Override
    public CcbCallback with(String name, String value) {
        pairs.set(name, value);
        return this;
    }

    @Override
    public CcbCallback written(String name, String value, String sentAs) {
        pairs.addWritten(name, value, sentAs);
        return this;
    }

    @Override
    public CcbCallback without(String name) {
        pairs.remove(name);
        return this;
    }

    @Override
    public CcbCallback twice(String name, String value) {
        pairs.add(name, value);
        return this;
    }

    @Override
    public CcbCallback twiceInDisguise(String name, String value) {
        pairs.addInDisguise(name, value);
        return this;
    }

    @Override
    public CcbCallback tamper(String name, String value) {
        sent = (sent == null ? new Pairs(pairs) : sent).change(name, value);
        return this;
    }

    @Override
    public CcbCallback signature(String text) {
        signature = text;
        return this;
    }

    @Override
    public CcbCallback signedBy(String privateKeyPem) {
        key = privateKeyPem;
        return this;
    }

    /** SIGN before the pair that has this place, the first of them being 0. */
    public CcbCallback signAt(int place) {
        signPlace = place;
        return this;
    }

    public CcbCallback upperCaseSign() {
        upperCaseSign = true;
        return this;
    }

    /** One more pair behind SIGN, not signed. */
    public CcbCallback append(String name, String value) {
        appended.add(name, value);
        return this;
    }

    /** By POST with an empty body; the bank's usual way is GET. */
    public CcbCallback byPost() {
        post = true;
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

    /** What the bank signs: all that stands before SIGN, as it stands. */
    public String textToSign() {
        return pairs.sent();
    }

    public String query() {
        Pairs all = new Pairs(sent == null ? pairs : sent);
        if (signature != null) {
            all.insert(Math.min(signPlace, all.size()), SIGN, signature.equals("right") ? sign() : signature);
        }
        return all.sent() + (appended.size() == 0 ? "" : "&" + appended.sent());
    }

    @Override
    public Request request(URI pay) {
        return Request.get(pay, query()).withMethod(post ? "POST" : "GET");
    }

    private String sign() {
        return Hex.encodeHexString(Rsa.sign("MD5withRSA", textToSign(), key), !upperCaseSign);
    }
}
