package paynotify.sender;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Secret;

/**
 * WeChat Pay on one URL, in whatever form it comes: API v2 is XML, API v3 is JSON, told apart by the first character
 * (contract, section 1). A form for which the account has no key is refused in that form's own words. Thread-safe.
 */
final class Wechat implements Sender {
    private static final String CHANNEL = "wechat";
    /** "The API key is 32 characters" (protocol.md, section 1.2). */
    private static final int API_KEY_LENGTH = 32;

    private final Sender v2;
    private final Sender v3 = new WechatV3WithoutKey();

    /** Reads the account's keys: mch-id, app-id, api-key, sign-type. */
    Wechat(Config account) {
        Merchant merchant = new Merchant(
                account.text("mch-id", "1 to 32 letters, digits, - or _", "[A-Za-z0-9_-]{1,32}"),
                Set.copyOf(account.list("app-id", "1 to 32 letters, digits, - or _", "[A-Za-z0-9_-]{1,32}")));
        Secret apiKey = account.secret("api-key", API_KEY_LENGTH);
        String signType = account.oneOf("sign-type", "any", "MD5", "HMAC-SHA256");
        this.v2 = new WechatV2(
                merchant,
                new Signer(
                        apiKey,
                        switch (signType) {
                            case "MD5" -> Signer.SignType.MD5;
                            case "HMAC-SHA256" -> Signer.SignType.HMAC_SHA256;
                            default -> Signer.SignType.ANY;
                        }));
    }

    @Override
    public String channel(Callback callback) {
        Sender form = form(callback);
        return form == null ? CHANNEL : form.channel(callback);
    }

    @Override
    public Finding read(Callback callback) {
        Sender form = form(callback);
        return form == null
                ? new Nothing(Outcome.MALFORMED, "expected XML or JSON, found neither", Claims.NONE)
                : form.read(callback);
    }

    /** Where the body doesn't tell the form, the headers of API v3 at least tell who asks. */
    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        Sender form = form(callback);
        Sender asked = callback.header("Wechatpay-Signature") == null ? v2 : v3;
        return (form == null ? asked : form).reply(callback, outcome);
    }

    /** Null where the form can't be told. */
    private @Nullable Sender form(Callback callback) {
        return switch (firstCharacter(callback.body())) {
            case '<' -> v2;
            case '{' -> v3;
            default -> null;
        };
    }

    /** The first byte after a byte order mark and blanks, or -1. */
    private static int firstCharacter(byte[] body) {
        int at = body.length >= 3 && XmlChars.decode(body, 0) == 0xFEFF ? 3 : 0;
        while (at < body.length && XmlChars.isBlank(body[at])) {
            at++;
        }
        return at < body.length ? body[at] : -1;
    }
}
