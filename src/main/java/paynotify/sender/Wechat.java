package paynotify.sender;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Live;

/**
 * WeChat Pay on one URL, in whatever form it comes: API v2 is XML, API v3 is JSON, told apart by the first character
 * (contract, section 1). A form for which the account has no key is refused in that form's own words. Thread-safe.
 */
final class Wechat implements Sender {
    private static final String CHANNEL = "wechat";
    /** A platform certificate's or public key's modulus: RSA-2048, says the name of the signature. */
    private static final int KEY_BITS_MIN = 2048;

    private final Sender v2;
    private final Sender v3;

    /** Takes the account's keys: mch-id, app-id, and those of API v2, of API v3, or of both. */
    Wechat(Config account) {
        Merchant merchant = Merchant.read(account, "app-id");
        Signer.SignType accepted =
                switch (account.oneOf("sign-type", "any", "MD5", "HMAC-SHA256")) {
                    case "MD5" -> Signer.SignType.MD5;
                    case "HMAC-SHA256" -> Signer.SignType.HMAC_SHA256;
                    default -> Signer.SignType.ANY;
                };
        boolean hasV3 = account.has("api-v3-key");
        this.v2 = account.has("api-key") || !hasV3
                ? v2(account, merchant, accepted)
                : new WithoutKey(WechatV2.CHANNEL, "api-key", WechatV2::reply, callback -> null);
        Map<String, Live<VerificationKey>> publicKeys = publicKeys(account.part("public-key."));
        if (hasV3 && publicKeys.isEmpty()) {
            account.fault("public-key.ID", "a public key or platform certificate beside api-v3-key", "none");
        }
        this.v3 = hasV3 || !publicKeys.isEmpty()
                ? new WechatV3(
                        merchant,
                        new WechatV3Signature(publicKeys),
                        account.live("api-v3-key", ApiKey.EXPECTED, ApiKey::readV3))
                : new WithoutKey(WechatV3.CHANNEL, "api-v3-key", Reply::ofJson, WechatV3Signature::headers);
    }

    private static Sender v2(Config account, Merchant merchant, Signer.SignType accepted) {
        Live<ApiKey> apiKey = account.live("api-key", ApiKey.EXPECTED, ApiKey::read);
        return new WechatV2(merchant, new Signer(apiKey, accepted), new WechatV2Refund(merchant, apiKey));
    }

    private static Map<String, Live<VerificationKey>> publicKeys(Config config) {
        Map<String, Live<VerificationKey>> keys = new LinkedHashMap<>();
        for (String id : config.keys()) {
            if (keys.keySet().stream().map(VerificationKey::normalId).anyMatch(VerificationKey.normalId(id)::equals)) {
                config.fault(id, "each id once", "it again in another form");
            }
            keys.put(id, config.liveFile(id, VerificationKey.reader(id, KEY_BITS_MIN)));
        }
        return keys;
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

    @Override
    public @Nullable String signedHeaders(Callback callback) {
        Sender form = form(callback);
        return (form == null ? v3 : form).signedHeaders(callback);
    }

    /** Where the body doesn't tell the form, the headers of API v3 at least tell who asks. */
    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        Sender form = form(callback);
        Sender asked = WechatV3Signature.areThere(callback) ? v3 : v2;
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
        int at = body.length >= 3 && Utf8.decode(body, 0) == 0xFEFF ? 3 : 0;
        while (at < body.length && Input.isBlank(body[at])) {
            at++;
        }
        return at < body.length ? body[at] : -1;
    }
}
