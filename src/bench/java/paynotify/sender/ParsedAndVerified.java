package paynotify.sender;

import java.util.Map;
import paynotify.config.Config;
import paynotify.message.Fields;
import paynotify.message.XmlParser;
import paynotify.signature.ApiKey;
import paynotify.signature.KeyList;
import paynotify.signature.ResourceCipher;
import paynotify.signature.VerificationKey;
import paynotify.signature.WechatV2Signature;
import paynotify.signature.WechatV3Signature;

/** The part of a sender's work that a signature needs, without what comes of it: the claims, the checks, a payment. */
public final class ParsedAndVerified {
    private final WechatV2Signature v2Signature;
    private final WechatV3 v3;

    /** @param publicKey its id and its path among the vectors */
    public ParsedAndVerified(String mchId, String apiKey, String apiV3Key, Map.Entry<String, String> publicKey) {
        Config config = Accounts.config(
                "mch-id = " + mchId, "api-v3-key = " + apiV3Key, "public-key = $vectors/" + publicKey.getValue());
        this.v2Signature = new WechatV2Signature(Accounts.apiKey(apiKey), WechatV2Signature.SignType.ANY);
        this.v3 = new WechatV3(
                Merchant.read(config, "app-id", true, true),
                new WechatV3Signature(
                        Map.of(publicKey.getKey(), config.liveFile("public-key", VerificationKey.reader(null, 2048))),
                        "public-key"),
                new ResourceCipher(config.live("api-v3-key", ApiKey.EXPECTED, KeyList.of(ApiKey::readV3))));
    }

    /** The fields of a body in XML that is signed. */
    public Object v2(byte[] body) throws Exception {
        Fields fields = XmlParser.parse(body, "xml");
        v2Signature.verify(fields);
        return fields;
    }

    /** The content of a callback in JSON that is signed, decrypted. */
    public Object v3(Callback callback) throws Exception {
        v3.proveBytes(callback);
        return v3.verify(callback, callback);
    }
}
