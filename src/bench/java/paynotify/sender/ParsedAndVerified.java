package paynotify.sender;

import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import paynotify.config.Config;
import paynotify.config.Reloadable;
import paynotify.message.Fields;
import paynotify.message.Json;
import paynotify.message.XmlParser;
import paynotify.signature.ApiKey;
import paynotify.signature.VerificationKey;
import paynotify.signature.WechatV2Signature;
import paynotify.signature.WechatV3Signature;

/** The part of a sender's work that a signature needs, without what comes of it: the claims, the checks, a payment. */
public final class ParsedAndVerified {
    private final WechatV2Signature signer;
    private final WechatV3Signature signature;
    private final WechatV3 v3;

    /** @param publicKey its id and its path among the vectors */
    public ParsedAndVerified(String mchId, String apiKey, String apiV3Key, Map.Entry<String, String> publicKey) {
        Config config = Accounts.config(
                "mch-id = " + mchId, "api-v3-key = " + apiV3Key, "public-key = $vectors/" + publicKey.getValue());
        Reloadable<SecretKeySpec> v3Key = config.live("api-v3-key", ApiKey.EXPECTED, ApiKey::readV3);
        Reloadable<VerificationKey> key = config.liveFile("public-key", VerificationKey.reader(null, 2048));
        this.signer = new WechatV2Signature(Accounts.apiKey(apiKey), WechatV2Signature.SignType.ANY);
        this.signature = new WechatV3Signature(Map.of(publicKey.getKey(), key));
        this.v3 = new WechatV3(Merchant.read(config, "app-id"), signature, v3Key);
    }

    /** @throws Refused if the body is not XML, or not signed */
    public Object v2(byte[] body) throws Exception {
        Fields fields = XmlParser.parse(body, "xml");
        signer.verify(fields);
        return fields;
    }

    /** @throws Refused if the callback is not signed, or not JSON */
    public Object v3(Callback callback) throws Exception {
        signature.verify(callback);
        return v3.resource(Json.parse(callback.body()));
    }
}
