package paynotify.sender;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.config.Config;
import paynotify.config.Reloadable;
import paynotify.message.Utf8;
import paynotify.signature.ApiKey;
import paynotify.signature.BadSignature;
import paynotify.signature.KeyList;
import paynotify.signature.MerchantKey;
import paynotify.signature.ResourceCipher;
import paynotify.signature.SenderKey;
import paynotify.signature.VerificationKey;
import paynotify.signature.WechatV2Signature;
import paynotify.signature.WechatV3Signature;

/**
 * WeChat Pay on one URL, in whatever form it comes: API v2 is XML, API v3 is JSON, told apart by the first character
 * (contract, section 1). A form for which the account has no key is refused in that form's own words. Thread-safe.
 */
final class Wechat implements Sender {
    private static final String CHANNEL = "wechat";
    static final String CHANNEL_V2 = "wechat-v2";
    static final String CHANNEL_V3 = "wechat-v3";
    /** A platform certificate's or public key's modulus: RSA-2048, says the name of the signature. */
    private static final int KEY_BITS_MIN = 2048;

    private static final String SERIAL = "the merchant certificate's serial number: 1 to 64 hex digits";
    private static final String SERIAL_PATTERN = "[0-9A-Fa-f]{1,64}";

    private final Merchant merchant;
    private final @Nullable WechatV2 v2;
    private final @Nullable WechatV3 v3;
    private final WechatV3Signature v3Signature;
    private final @Nullable Inquiry inquiry;
    private final @Nullable Bill bill;

    /** The two forms of message. */
    private enum Form {
        V2,
        V3,
        UNKNOWN
    }

    /** Takes the account's keys: mch-id, app-id, sub-mch-id, those of API v2, of API v3, or of both, and of inquiry. */
    Wechat(Config account) {
        String asks = account.oneOf("inquiry", "off", "v2", "v3");
        boolean asksV2 = asks.equals("v2");
        boolean asksV3 = asks.equals("v3");
        if (asksV2 && !account.has("app-id")) {
            account.fault("app-id", "the app to name, as inquiry = v2 needs one", "no such key");
        }
        this.merchant = Merchant.read(account, "app-id", true, true);
        WechatV2Signature.SignType accepted =
                switch (account.oneOf("sign-type", "any", "MD5", "HMAC-SHA256")) {
                    case "MD5" -> WechatV2Signature.SignType.MD5;
                    case "HMAC-SHA256" -> WechatV2Signature.SignType.HMAC_SHA256;
                    default -> WechatV2Signature.SignType.ANY;
                };
        boolean hasV3 = account.has("api-v3-key");
        Reloadable<List<ApiKey>> apiKeys = account.has("api-key") || asksV2 || !(hasV3 || asksV3)
                ? account.live("api-key", ApiKey.EXPECTED, KeyList.of(ApiKey::read))
                : null;
        Map<String, Reloadable<VerificationKey>> publicKeys = publicKeys(account.part("public-key."));
        if ((hasV3 || asksV3) && publicKeys.isEmpty()) {
            account.fault(
                    "public-key.ID",
                    "a public key or platform certificate beside " + (hasV3 ? "api-v3-key" : "inquiry = v3"),
                    "none");
        }
        this.v3Signature = new WechatV3Signature(publicKeys, account.name("public-key"));
        this.v2 = apiKeys == null ? null : new WechatV2(merchant, apiKeys, accepted);
        // Without the api-v3-key, which answers do without, no notification of API v3 can be read.
        this.v3 = hasV3 || (!publicKeys.isEmpty() && !asksV3)
                ? new WechatV3(
                        merchant,
                        v3Signature,
                        new ResourceCipher(account.live("api-v3-key", ApiKey.EXPECTED, KeyList.of(ApiKey::readV3))))
                : null;
        WechatV3Request requests = requestsV3(account, asksV3, v3Signature);
        boolean bills = account.oneOf("bill", "off", "on").equals("on");
        if (bills && !asksV2 && !asksV3) {
            account.fault("bill", "inquiry = v2 or v3 beside bill = on, with whose keys the bill is asked for", "none");
        }
        if (asksV2 && apiKeys != null) {
            this.inquiry = new WechatV2Inquiry(merchant, apiKeys, accepted);
            this.bill = bills ? new WechatV2Bill(merchant, apiKeys, accepted) : null;
        } else if (requests != null) {
            this.inquiry = new WechatV3Inquiry(merchant, v3Signature, requests);
            this.bill = bills ? new WechatV3Bill(merchant, v3Signature, requests) : null;
        } else {
            this.inquiry = null;
            this.bill = null;
        }
    }

    /** Null unless the account asks in API v3; what there is of its keys is checked all the same. */
    private @Nullable WechatV3Request requestsV3(Config account, boolean asksV3, WechatV3Signature signature) {
        Reloadable<MerchantKey> key = asksV3 || account.has("merchant-key")
                ? account.liveSecretFile("merchant-key", MerchantKey.reader())
                : null;
        String serial =
                asksV3 || account.has("merchant-serial") ? account.text("merchant-serial", SERIAL, SERIAL_PATTERN) : "";
        return asksV3 && key != null ? new WechatV3Request(merchant, signature, key, serial, Clock.systemUTC()) : null;
    }

    private static Map<String, Reloadable<VerificationKey>> publicKeys(Config config) {
        Map<String, Reloadable<VerificationKey>> keys = new LinkedHashMap<>();
        for (String id : config.keys()) {
            if (keys.keySet().stream().map(VerificationKey::normalId).anyMatch(VerificationKey.normalId(id)::equals)) {
                config.fault(id, "each id once", "it again in another form");
            }
            keys.put(id, config.liveFile(id, VerificationKey.reader(id, KEY_BITS_MIN)));
        }
        return keys;
    }

    @Override
    public String mchId() {
        return merchant.mchId();
    }

    @Override
    public @Nullable Inquiry inquiry() {
        return inquiry;
    }

    @Override
    public List<SenderKey> keys() {
        return v3Signature.keys();
    }

    @Override
    public @Nullable Bill bill() {
        return bill;
    }

    @Override
    public String channel(Callback callback) {
        return switch (form(callback)) {
            case V2 -> CHANNEL_V2;
            case V3 -> CHANNEL_V3;
            case UNKNOWN -> CHANNEL;
        };
    }

    @Override
    public List<Finding> find(Callback callback) {
        return switch (form(callback)) {
            case V2 -> find(v2, callback, "api-key");
            case V3 -> find(v3, callback, "api-v3-key");
            case UNKNOWN -> {
                boolean signed = v3 != null && isSigned(v3, callback);
                yield List.of(new NothingToBook(
                        Outcome.MALFORMED, "expected XML or JSON, found neither", Claims.NONE, signed, signed));
            }
        };
    }

    private static boolean isSigned(WechatV3 v3, Callback callback) {
        try {
            return v3.proveBytes(callback);
        } catch (BadSignature e) {
            return false;
        }
    }

    /** @param key the name of the key without which the form can't be verified */
    private static List<Finding> find(@Nullable Verification<?, ?> form, Callback callback, String key) {
        return form == null
                ? List.of(NothingToBook.unverified(
                        Outcome.BAD_SIGNATURE, "expected an account with " + key + " for this form, found none"))
                : form.find(callback);
    }

    @Override
    public @Nullable String signedHeaders(Callback callback) {
        return form(callback) == Form.V2 ? null : WechatV3Signature.headers(callback.headers());
    }

    /** Where the body doesn't tell the form, the headers of API v3 at least tell who asks. */
    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        Form form = form(callback);
        boolean inJson = form == Form.V3 || (form == Form.UNKNOWN && WechatV3Signature.areThere(callback.headers()));
        return inJson ? Reply.ofJson(outcome) : Reply.ofXml(outcome);
    }

    private static Form form(Callback callback) {
        return switch (Utf8.firstCharacter(callback.body())) {
            case '<' -> Form.V2;
            case '{' -> Form.V3;
            default -> Form.UNKNOWN;
        };
    }
}
