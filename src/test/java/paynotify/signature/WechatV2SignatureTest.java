package paynotify.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Locale;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Vectors;
import paynotify.message.Fields;
import paynotify.message.XmlParser;
import paynotify.sender.Accounts;

class WechatV2SignatureTest {
    /** The example of the documents' chapter on signatures: its fields, its key, its two results. */
    private static final String DOCS_FIELDS = "<appid>wxd930ea5d5a258f4f</appid><body>test</body>"
            + "<device_info>1000</device_info><mch_id>10000100</mch_id><nonce_str>ibuaiVcKdpRxkhJA</nonce_str>";

    private static final String DOCS_KEY = "192006250b4c09247ec02edce69f6a2d";

    private static void verify(String key, String xml) throws Exception {
        new WechatV2Signature(Accounts.apiKey(key), WechatV2Signature.SignType.ANY)
                .verify(XmlParser.parse(xml.getBytes(UTF_8), "xml"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9A0A8659F005D6984697E2CA0A9CF3B7",
                "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"
            })
    void verify_documentsExample_passesOnlyWithItsSign(String sign) {
        assertDoesNotThrow(() -> verify(DOCS_KEY, "<xml>" + DOCS_FIELDS + "<sign>" + sign + "</sign></xml>"));
        String other = sign.replace('A', 'B');
        assertThrows(
                BadSignature.class, () -> verify(DOCS_KEY, "<xml>" + DOCS_FIELDS + "<sign>" + other + "</sign></xml>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v2-pay-md5",
                "v2-pay-md5-sp-coupon",
                "v2-pay-hmac-nosigntype",
                "v2-pay-hmac-signtype",
                "v2-pay-fail-result"
            })
    void verify_samples_agreeWithCommonsCodec(String vector) throws Exception {
        String key = Vectors.text("keys/v2_api_key.txt");
        String text = Vectors.text(vector + "/string_to_sign.txt");
        Fields fields = XmlParser.parse(Vectors.bytes(vector + "/body.xml"), "xml");
        String sign = fields.get("sign");
        String expected = sign.length() == 32
                ? DigestUtils.md5Hex(text)
                : new HmacUtils(HmacAlgorithms.HMAC_SHA_256, key).hmacHex(text);
        assertEquals(expected.toUpperCase(Locale.ROOT), sign);
        new WechatV2Signature(Accounts.apiKey(key), WechatV2Signature.SignType.ANY).verify(fields);
    }

    @Test
    void verify_noFieldsButTheSign_signsTheKeyAlone() {
        String sign = DigestUtils.md5Hex("&key=" + DOCS_KEY);
        assertDoesNotThrow(() -> verify(DOCS_KEY, "<xml><sign>" + sign + "</sign></xml>"));
    }
}
