package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.charset.Charset;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/**
 * A notification of some sender that signs name=value pairs, after the contract's rules for {@code form}, or with any
 * fault.
 *
 * <p>Written from the contract alone; it shares nothing with the code that it tests.
 */
public final class FormCallback implements PairsNotice {

    /** The rules by which a form may be signed. */
    public enum Rule {
        MD5,
        HMAC_SHA256,
        RSA_SHA1,
        RSA_SHA256
    }

    private static final String FORM = "application/x-www-form-urlencoded";

    private final Rule rule;
    private final String field;
    private final Set<String> skipped = new HashSet<>();
    private final Pairs pairs = new Pairs();
    private Pairs sent;
    private String key;
    private String tail = "&key=";
    private Charset charset = UTF_8;
    private String signature = "right";
    private boolean upperCaseSign;
    private boolean get;

    private FormCallback(Rule rule, String key, String field) {
        this.rule = rule;
        this.key = key;
        this.field = field;
    }

    /** @param field the signature's name */
    public static FormCallback signed(Rule rule, String key, String field) {
        return new FormCallback(rule, key, field);
    }

    /** What stands between the pairs and the key, where it is not {@code &key=}. */
    public FormCallback tail(String text) {
        tail = text;
        return this;
    }

    /** The charset of the text that is signed, and of all pairs from here on; UTF-8 otherwise. */
    public FormCallback in(Charset other) {
        charset = other;
        return this;
    }

    /** A pair that is sent, but not signed. */
    public FormCallback skipped(String name, String value) {
        skipped.add(name);
        return with(name, value);
    }

    @Override
    public FormCallback with(String name, String value) {
        pairs.set(name, value, charset);
        return this;
    }

    @Override
    public FormCallback written(String name, String value, String sentAs) {
        pairs.addWritten(name, value, sentAs);
        return this;
    }

    @Override
    public FormCallback without(String name) {
        pairs.remove(name);
        return this;
    }

    @Override
    public FormCallback twice(String name, String value) {
        pairs.add(name, value);
        return this;
    }

    @Override
    public FormCallback twiceInDisguise(String name, String value) {
        pairs.addInDisguise(name, value);
        return this;
    }

    @Override
    public FormCallback tamper(String name, String value) {
        sent = (sent == null ? new Pairs(pairs) : sent).change(name, value);
        return this;
    }

    @Override
    public FormCallback signature(String text) {
        signature = text;
        return this;
    }

    @Override
    public FormCallback signedBy(String otherKey) {
        key = otherKey;
        return this;
    }

    public FormCallback upperCaseSign() {
        upperCaseSign = true;
        return this;
    }

    /** As a query string; else it is the body. */
    public FormCallback byGet() {
        get = true;
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

    /** The sorted pairs, and for rules with a shared secret what stands behind them. */
    public String textToSign() {
        String text = pairs.sorted(name -> !name.equals(field) && !skipped.contains(name));
        return rule == Rule.MD5 || rule == Rule.HMAC_SHA256 ? text + tail + key : text;
    }

    /** The body, or the query string. */
    public String form() {
        Pairs all = new Pairs(sent == null ? pairs : sent);
        if (signature != null) {
            all.add(field, signature.equals("right") ? sign() : signature);
        }
        return all.sent();
    }

    @Override
    public Request request(URI pay) {
        return get ? Request.get(pay, form()) : Request.post(pay, form(), "Content-Type", FORM);
    }

    private String sign() {
        byte[] text = textToSign().getBytes(charset);
        String hexOrBase64 =
                switch (rule) {
                    case MD5 -> DigestUtils.md5Hex(text);
                    case HMAC_SHA256 -> new HmacUtils(HmacAlgorithms.HMAC_SHA_256, key.getBytes(UTF_8)).hmacHex(text);
                    case RSA_SHA1 -> Rsa.base64("SHA1withRSA", text, key);
                    case RSA_SHA256 -> Rsa.base64("SHA256withRSA", text, key);
                };
        return upperCaseSign ? hexOrBase64.toUpperCase(Locale.ROOT) : hexOrBase64;
    }
}
