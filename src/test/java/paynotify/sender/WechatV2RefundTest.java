package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Vectors;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV2RefundCallback;

class WechatV2RefundTest {
    private static final String KEY = Vectors.text("keys/v2_api_key.txt");
    private static final String MCH_ID = "1900000109";

    private final Sender wechat = wechat(KEY);

    private static Sender wechat(String key) {
        return Accounts.wechat("mch-id = " + MCH_ID, "app-id = wx8888888888888888", "api-key = " + key);
    }

    private static Callback callback(byte[] body) {
        return WechatV3Test.callback(body, Map.of(), 0);
    }

    private static WechatV2RefundCallback genuine() {
        return WechatV2RefundCallback.refund(MCH_ID, "ORD1", 101, "RFD1", 51);
    }

    private Finding read(WechatV2RefundCallback refund) {
        return wechat.find(callback(refund.body(KEY)));
    }

    private static NothingToBook nothing(Outcome expected, Finding finding) {
        NothingToBook nothing = assertInstanceOf(NothingToBook.class, finding);
        assertEquals(expected, nothing.outcome(), nothing.detail());
        return nothing;
    }

    @ParameterizedTest
    @ValueSource(strings = {"v2-refund", "v2-refund-leadingzero"})
    void read_samples_areRefunds(String vector) {
        Refund refund = assertInstanceOf(
                Refund.class,
                wechat(Vectors.text(vector + "/api_key.txt")).find(callback(Vectors.bytes(vector + "/body.xml"))));
        assertEquals(
                new Trade(MCH_ID, null, "ORD20250601120000001", "4200002600202506011234567890", 101), refund.trade());
        assertEquals("RFD20250601130000001", refund.outRefundNo());
        assertEquals("50300102602025060100000000001", refund.refundId());
        assertEquals(51, refund.refundFee());
        assertEquals(Refund.Status.SUCCESS, refund.status());
        assertEquals(Instant.parse("2025-06-01T05:00:05Z"), refund.refundedAt());
        assertNull(refund.currency());
        assertEquals("REFUND", refund.claims().event());
        assertEquals(51, refund.claims().totalFee());
    }

    @ParameterizedTest
    @CsvSource({"SUCCESS, SUCCESS", "CHANGE, ABNORMAL", "REFUNDCLOSE, CLOSED"})
    void read_status_isTheContractsWord(String word, Refund.Status status) {
        Refund refund = assertInstanceOf(
                Refund.class, read(genuine().with("refund_status", word).with("success_time", "")));
        assertEquals(status, refund.status());
        assertNull(refund.refundedAt());
    }

    @Test
    void read_otherStatus_isIgnored() {
        assertEquals(
                "RFD1",
                nothing(Outcome.IGNORED, read(genuine().with("refund_status", "PROCESSING")))
                        .claims()
                        .outRefundNo());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transaction_id",
                "out_trade_no",
                "refund_id",
                "out_refund_no",
                "total_fee",
                "refund_fee",
                "refund_status"
            })
    void read_fieldMissing_isMalformed(String name) {
        nothing(Outcome.MALFORMED, read(genuine().with(name, "")));
    }

    @ParameterizedTest
    @CsvSource({
        "total_fee, 1.0",
        "refund_fee, -1",
        "refund_fee, 051",
        "success_time, 2025-02-30 00:00:00",
        "success_time, 2025-06-01T13:00:05",
        "success_time, 0000-06-01 13:00:05"
    })
    void read_fieldNotOfItsType_isMalformed(String name, String value) {
        nothing(Outcome.MALFORMED, read(genuine().with(name, value)));
    }

    @Test
    void read_notEncryptedByTheAccountsKey_isBadSignature() {
        String other = "0123456789abcdef0123456789abcdef";
        NothingToBook refused =
                nothing(Outcome.BAD_SIGNATURE, wechat.find(callback(genuine().body(other))));
        assertEquals("REFUND", refused.claims().event());
        for (String reqInfo : new String[] {"x", "AAAA", "%", "AAAAAAAAAAAAAAAAAAAAAA=="}) {
            String body = "<xml><return_code>SUCCESS</return_code><mch_id>" + MCH_ID + "</mch_id><req_info>" + reqInfo
                    + "</req_info></xml>";
            nothing(Outcome.BAD_SIGNATURE, wechat.find(callback(body.getBytes(UTF_8))));
        }
    }

    @Test
    void read_decryptsToAnythingElse_isBadSignature() {
        for (String inner : new String[] {"", "x", "<xml></xml>", "<!DOCTYPE root><root/>"}) {
            String reqInfo = WechatV2RefundCallback.encrypted(inner, KEY);
            String body = "<xml><return_code>SUCCESS</return_code><mch_id>" + MCH_ID + "</mch_id><req_info>" + reqInfo
                    + "</req_info></xml>";
            nothing(Outcome.BAD_SIGNATURE, wechat.find(callback(body.getBytes(UTF_8))));
        }
    }

    @Test
    void read_decryptsToBrokenXml_isMalformedWithThePlace() {
        String reqInfo = WechatV2RefundCallback.encrypted("<root><a>", KEY);
        String body =
                "<xml><return_code>SUCCESS</return_code><mch_id>1</mch_id><req_info>" + reqInfo + "</req_info></xml>";
        assertTrue(nothing(Outcome.MALFORMED, wechat.find(callback(body.getBytes(UTF_8))))
                .detail()
                .startsWith("XML: "));
    }

    @Test
    void read_returnCode_mustBeSuccess() {
        nothing(Outcome.BAD_SIGNATURE, read(genuine().outer("return_code", "FAIL")));
        nothing(Outcome.MALFORMED, read(genuine().outer("return_code", "")));
    }

    @Test
    void read_reqInfoInSeveralLines_isRead() {
        String body = new String(genuine().body(KEY), UTF_8);
        int at = body.indexOf("<req_info><![CDATA[") + 40;
        assertInstanceOf(
                Refund.class,
                wechat.find(callback((body.substring(0, at) + "\n" + body.substring(at)).getBytes(UTF_8))));
    }

    @Test
    void read_timeOfARefundThatDidNotSucceed_isNotLookedAt() {
        Refund refund = assertInstanceOf(
                Refund.class, read(genuine().with("refund_status", "CHANGE").with("success_time", "x")));
        assertNull(refund.refundedAt());
    }

    @Test
    void read_numberTooLong_isMalformed() {
        nothing(Outcome.MALFORMED, read(genuine().with("out_refund_no", "1".repeat(129))));
    }

    @Test
    void read_otherMerchantOrApp_isWrongMerchant() {
        nothing(Outcome.WRONG_MERCHANT, read(genuine().outer("mch_id", "1900000110")));
        nothing(Outcome.WRONG_MERCHANT, read(genuine().outer("appid", "wx9")));
        nothing(Outcome.MALFORMED, read(genuine().outer("mch_id", "")));
    }

    @Test
    void read_paymentWithReqInfo_isNeverBelievedWithoutItsSign() {
        WechatV2Callback payment = WechatV2Callback.payment(MCH_ID, "ORD1", 101);
        String genuineInfo = WechatV2RefundCallback.encrypted("<root><a>1</a></root>", KEY);
        for (String reqInfo : new String[] {"", "x", genuineInfo}) {
            Finding unsigned = wechat.find(callback(
                    payment.with("req_info", reqInfo).tamper("sign", null).body(KEY)));
            assertInstanceOf(NothingToBook.class, unsigned);
            Finding forged = wechat.find(callback(payment.with("req_info", reqInfo)
                    .tamper("sign", "0".repeat(32))
                    .body(KEY)));
            nothing(Outcome.BAD_SIGNATURE, forged);
        }
        nothing(
                Outcome.BAD_SIGNATURE,
                wechat.find(callback(
                        payment.with("req_info", "").tamper("sign", null).body(KEY))));
    }

    /** The XML inside may begin like any other: with a declaration, a comment, blanks or a byte order mark. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                "<?xml version='1.0'?>\n",
                "\uFEFF<?xml version='1.0'?>",
                "<!-- x -->",
                "\n  "
            })
    void read_innerXmlWithAProlog_isARefund(String prolog) {
        assertInstanceOf(Refund.class, read(genuine().prolog(prolog)));
    }
}
