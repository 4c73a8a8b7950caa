package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Locale;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.kit.Vectors;
import paynotify.kit.WechatV2Callback;
import paynotify.message.Fields;
import paynotify.message.XmlParser;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Next;
import paynotify.sender.Inquiry.Question;
import paynotify.sender.Inquiry.Request;

class WechatV2InquiryTest {
    private static final String KEY = Vectors.text("keys/v2_api_key.txt");
    private static final String OLD_KEY = "0123456789abcdef0123456789abcdef";
    private static final String MCH_ID = "1900000109";
    private static final String TRANSACTION = "4200002600202506011234567890";

    private static final Question ORDER = order("ORD20250601120000001");
    private static final Question REFUND =
            new Question(MCH_ID, "ORD20250601120000001", "REF20250601140509001", null, null);

    private final Inquiry inquiry = inquiry("app-id = wx8888888888888888, wx2", "api-key = " + KEY);
    private final Inquiry withTwoKeys = inquiry("app-id = wx8888888888888888", "api-key = " + KEY + "," + OLD_KEY);

    private static Question order(String outTradeNo) {
        return new Question(MCH_ID, outTradeNo, "", null, null);
    }

    private static Inquiry inquiry(String... lines) {
        return Accounts.wechat("mch-id = " + MCH_ID + "\ninquiry = v2\n" + String.join("\n", lines))
                .inquiry();
    }

    private static Callback received(String body) {
        Instant at = Instant.parse("2025-06-01T04:00:00Z");
        return Callback.of(Source.INQUIRY, "a", body.getBytes(UTF_8), name -> null, at);
    }

    private Answer read(Question question, String body) {
        return inquiry.read(question, 200, received(body), false);
    }

    private Answer read(Question question, WechatV2Callback answer) {
        return read(question, answer.xml(KEY));
    }

    private static void assertAnswer(Next next, String word, Answer answer) {
        assertEquals(next + " " + word, answer.next() + " " + answer.word(), answer.detail());
        assertEquals(next == Next.SETTLE, answer.reading() != null);
        assertFalse(answer.detail().contains(KEY));
        assertFalse(answer.detail().isEmpty());
    }

    private static WechatV2Callback paid() {
        return WechatV2Callback.payment(MCH_ID, ORDER.outTradeNo(), 101).with("trade_state", "SUCCESS");
    }

    private static WechatV2Callback refund(String status) {
        return paid().without("trade_state")
                .without("time_end")
                .with("refund_count", "2")
                .with("out_refund_no_0", "OTHER")
                .with("refund_id_0", "50")
                .with("refund_fee_0", "1")
                .with("refund_status_0", "CHANGE")
                .with("out_refund_no_1", REFUND.outRefundNo())
                .with("refund_id_1", "51")
                .with("refund_fee_1", "100")
                .with("refund_status_1", status)
                .with("refund_success_time_1", "2025-06-01 14:05:14");
    }

    @Test
    void request_order_isSignedAsTheDocumentSays() throws Exception {
        Request request = inquiry.request(ORDER, false);
        assertEquals("POST /pay/orderquery", request.toString());
        assertEquals("POST", request.method());
        assertEquals("text/xml; charset=UTF-8", request.headers().get("Content-Type"));
        Fields fields = XmlParser.parse(request.body().getBytes(UTF_8), "xml");
        assertEquals(5, fields.size());
        assertTrue(fields.required("nonce_str").matches("[0-9a-f]{32}"));
        String text = "appid=wx8888888888888888&mch_id=1900000109&nonce_str=" + fields.get("nonce_str")
                + "&out_trade_no=ORD20250601120000001";
        assertEquals(md5(text, KEY), fields.get("sign"));
        assertFalse(request.body().equals(inquiry.request(ORDER, false).body()), "a nonce is used once");
        // Where there is no older key, the same one signs.
        Fields again = XmlParser.parse(inquiry.request(ORDER, true).body().getBytes(UTF_8), "xml");
        String textAgain = text.replace(fields.required("nonce_str"), again.required("nonce_str"));
        assertEquals(md5(textAgain, KEY), again.get("sign"));
    }

    private static String md5(String text, String key) {
        return DigestUtils.md5Hex((text + "&key=" + key).getBytes(UTF_8)).toUpperCase(Locale.ROOT);
    }

    @Test
    void request_refundOfServiceProviderByOlderKey_namesSubMerchant() throws Exception {
        Question question = new Question(MCH_ID, "ORD1", "R<1>&", "1900000110", null);
        Request request = withTwoKeys.request(question, true);
        assertEquals("/pay/refundquery", request.path());
        assertTrue(request.body().contains("<out_refund_no>R&lt;1&gt;&amp;</out_refund_no>"), request.body());
        Fields fields = XmlParser.parse(request.body().getBytes(UTF_8), "xml");
        String text = "appid=wx8888888888888888&mch_id=1900000109&nonce_str=" + fields.get("nonce_str")
                + "&out_refund_no=R<1>&&sub_mch_id=1900000110";
        assertEquals(md5(text, OLD_KEY), fields.get("sign"));
        assertEquals(6, fields.size());
    }

    @Test
    void request_signTypeHmac_saysSo() throws Exception {
        Inquiry hmac = inquiry("app-id = wx1", "api-key = " + KEY, "sign-type = HMAC-SHA256");
        Fields fields = XmlParser.parse(hmac.request(ORDER, false).body().getBytes(UTF_8), "xml");
        String text = "appid=wx1&mch_id=1900000109&nonce_str=" + fields.get("nonce_str")
                + "&out_trade_no=ORD20250601120000001&sign_type=HMAC-SHA256&key=" + KEY;
        assertEquals(
                new HmacUtils(HmacAlgorithms.HMAC_SHA_256, KEY.getBytes(UTF_8))
                        .hmacHex(text.getBytes(UTF_8))
                        .toUpperCase(Locale.ROOT),
                fields.get("sign"));
        Answer answer =
                hmac.read(ORDER, 200, received(paid().with("appid", "wx1").xml(KEY)), false);
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", answer);
        String signed = paid().with("appid", "wx1")
                .signedWith(WechatV2Callback.Sign.HMAC_SHA256)
                .xml(KEY);
        assertAnswer(Next.SETTLE, "SUCCESS", hmac.read(ORDER, 200, received(signed), false));
    }

    @ParameterizedTest
    @CsvSource({
        "loop/v2-orderquery-paid.xml, ORD20250601120000001, SETTLE, SUCCESS",
        "loop/v2-orderquery-refund.xml, ORD20250601120000001, SETTLE, REFUND",
        "loop/v2-orderquery-notpay.xml, ORD20250601120000002, AT_NEXT_AGE, NOTPAY",
        "loop/v2-orderquery-closed.xml, ORD20250601120000003, NEVER, CLOSED",
        "loop/v2-orderquery-ordernotexist.xml, ORD9, AT_NEXT_AGE, ORDER_NOT_EXIST",
        "loop/v2-orderquery-systemerror-unsigned.xml, ORD9, BACK_OFF, SYSTEM_ERROR",
        "v2-orderquery/response.xml, ORD20250601120000001, SETTLE, SUCCESS",
        "v2-orderquery/response_notpay.xml, ORD20250601120000005, AT_NEXT_AGE, NOTPAY",
        "v2-orderquery/response.xml, ORD20250601120000002, RETRY, OTHER_ORDER",
        "loop/v2-orderquery-closed.xml, ORD20250601120000001, RETRY, OTHER_ORDER",
        "loop/v2-refundquery.xml, ORD20250601120000001, RETRY, MALFORMED",
        "v2-pay-md5/body.xml, ORD20250601120000001, RETRY, MALFORMED",
        "v2-refund/body.xml, ORD20250601120000001, RETRY, MALFORMED",
    })
    void read_samples_meanWhatTheySay(String sample, String outTradeNo, Next next, String word) {
        assertAnswer(next, word, read(order(outTradeNo), Vectors.text(sample)));
    }

    @Test
    void read_paid_isThePayment() {
        Answer answer = read(ORDER, Vectors.text("loop/v2-orderquery-paid.xml"));
        Payment payment =
                assertInstanceOf(Payment.class, answer.reading().findings().get(0));
        assertEquals(new Trade(MCH_ID, null, ORDER.outTradeNo(), TRANSACTION, 8800), payment.trade());
        assertEquals(Instant.parse("2025-06-01T04:00:05Z"), payment.paidAt());
        assertEquals("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", payment.payer());
        assertFalse(payment.givenBack());
        assertEquals("wechat-v2", answer.reading().channel());
        assertEquals(Source.INQUIRY, answer.reading().callback().source());
        assertNull(answer.reading().headers());
    }

    @Test
    void read_refundedSince_isThePaymentGivenBack() {
        Answer answer = read(ORDER, Vectors.text("loop/v2-orderquery-refund.xml"));
        Payment payment =
                assertInstanceOf(Payment.class, answer.reading().findings().get(0));
        assertTrue(payment.givenBack());
        assertEquals(8800, payment.trade().totalFee());
        assertEquals(TRANSACTION, payment.trade().transactionId());
    }

    @Test
    void read_refundSample_isTheRefund() {
        Answer answer = read(REFUND, Vectors.text("loop/v2-refundquery.xml"));
        assertAnswer(Next.SETTLE, "SUCCESS", answer);
        Refund refund =
                assertInstanceOf(Refund.class, answer.reading().findings().get(0));
        assertEquals(new Trade(MCH_ID, null, ORDER.outTradeNo(), TRANSACTION, 8800), refund.trade());
        assertEquals("REF20250601140509001", refund.outRefundNo());
        assertEquals("50000000002025060114051000001", refund.refundId());
        assertEquals(2000, refund.refundFee());
        assertEquals("CNY", refund.currency());
        assertEquals(Instant.parse("2025-06-01T06:05:14Z"), refund.refundedAt());
    }

    @ParameterizedTest
    @CsvSource({
        "SUCCESS, SETTLE, SUCCESS",
        "CHANGE, SETTLE, ABNORMAL",
        "REFUNDCLOSE, SETTLE, CLOSED",
        "PROCESSING, AT_NEXT_AGE, PROCESSING",
        "NOTSURE, AT_NEXT_AGE, NOTSURE",
        "'', RETRY, MALFORMED",
        "a word, RETRY, MALFORMED",
    })
    void read_secondRefundOfTwo_hasItsOwnState(String status, Next next, String word) {
        Answer answer = read(REFUND, refund(status));
        assertAnswer(next, word, answer);
        if (next == Next.SETTLE) {
            Refund refund = (Refund) answer.reading().findings().get(0);
            assertEquals("51", refund.refundId());
            assertEquals(100, refund.refundFee());
            assertEquals(word, refund.status().name());
            assertEquals(word.equals("SUCCESS"), refund.refundedAt() != null);
        }
    }

    @Test
    void read_refundThatIsNotTheOneAskedAbout_isOtherOrder() {
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(REFUND, refund("SUCCESS").with("out_refund_no_1", "X")));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(REFUND, refund("SUCCESS").with("out_trade_no", "X")));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(REFUND, refund("SUCCESS").with("mch_id", "1")));
        assertAnswer(
                Next.RETRY, "OTHER_ORDER", read(REFUND, refund("PROCESSING").with("sub_mch_id", "1")));
        assertAnswer(Next.RETRY, "MALFORMED", read(REFUND, refund("SUCCESS").without("refund_id_1")));
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(REFUND, refund("SUCCESS").tamper("refund_fee_1", "1")));
        assertAnswer(Next.RETRY, "MALFORMED", read(REFUND, refund("SUCCESS").with("attach", "1&refund_fee_1=2")));
    }

    @ParameterizedTest
    @CsvSource({
        "NOTPAY, AT_NEXT_AGE",
        "USERPAYING, AT_NEXT_AGE",
        "ACCEPT, AT_NEXT_AGE",
        "SOMETHING_NEW, AT_NEXT_AGE",
        "CLOSED, NEVER",
        "REVOKED, NEVER",
        "PAYERROR, NEVER",
        "SUCCESS, SETTLE",
        "REFUND, SETTLE",
    })
    void read_tradeState_isTheWord(String state, Next next) {
        assertAnswer(next, state, read(ORDER, paid().with("trade_state", state)));
    }

    @Test
    void read_whatIsNotProved_changesNothing() {
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, paid().tamper("total_fee", "1")));
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, paid().tamper("sign", null)));
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, paid().xml(OLD_KEY)));
        assertAnswer(
                Next.RETRY,
                "BAD_SIGNATURE",
                read(ORDER, paid().tamper("sign", null).tamper("req_info", "x")));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, "<html><br></html>"));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, ""));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, paid().without("trade_state")));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, paid().without("time_end")));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, paid().with("trade_state", "<b>")));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, paid().with("openid", "x&trade_state=SUCCESS")));
    }

    /** A genuine notification of a refund, with what an answer has around it: nobody has signed that. */
    @Test
    void read_refundsNotificationDressedUp_isNotBelieved() {
        String dressed = Vectors.text("v2-refund/body.xml")
                .replace(
                        "</xml>",
                        "<result_code>SUCCESS</result_code><trade_state>SUCCESS</trade_state><out_trade_no>"
                                + ORDER.outTradeNo() + "</out_trade_no></xml>");
        assertTrue(dressed.contains("<req_info>"), dressed);
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, dressed));
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(REFUND, dressed));
    }

    @Test
    void read_anothersOrder_isOtherOrder() {
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(ORDER, paid().with("mch_id", "1")));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(ORDER, paid().with("sub_mch_id", "1")));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(ORDER, paid().with("out_trade_no", "x")));
        Question ofProvider = new Question(MCH_ID, ORDER.outTradeNo(), "", "1900000110", null);
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(ofProvider, paid()));
        assertAnswer(Next.AT_NEXT_AGE, "NOTPAY", read(ofProvider, paid().with("trade_state", "NOTPAY")));
        Answer answer = read(ofProvider, paid().with("sub_mch_id", "1900000110"));
        assertAnswer(Next.SETTLE, "SUCCESS", answer);
        assertEquals(
                "1900000110",
                ((Payment) answer.reading().findings().get(0)).trade().subMchId());
    }

    /** The order asked about, paid by way of an app that is not the account's: somebody must look, as for a callback. */
    @Test
    void read_paidByAnotherApp_isSettledAsWrongMerchant() {
        Answer answer = read(ORDER, paid().with("appid", "wx3"));
        assertAnswer(Next.SETTLE, "SUCCESS", answer);
        Accounts.assertAlarming(
                Outcome.WRONG_MERCHANT, answer.reading().findings().get(0));
        assertAnswer(
                Next.AT_NEXT_AGE,
                "NOTPAY",
                read(ORDER, paid().with("appid", "wx3").with("trade_state", "NOTPAY")));
    }

    @ParameterizedTest
    @CsvSource({
        "ORDERNOTEXIST, AT_NEXT_AGE, ORDER_NOT_EXIST",
        "ORDER_NOT_EXIST, AT_NEXT_AGE, ORDER_NOT_EXIST",
        "REFUNDNOTEXIST, AT_NEXT_AGE, REFUND_NOT_EXIST",
        "RESOURCE_NOT_EXISTS, AT_NEXT_AGE, ORDER_NOT_EXIST",
        "SYSTEMERROR, BACK_OFF, SYSTEM_ERROR",
        "FREQUENCY_LIMITED, BACK_OFF, FREQUENCY_LIMITED",
        "RATELIMIT_EXCEEDED, BACK_OFF, FREQUENCY_LIMITED",
        "FREQUENCY_LIMIT_EXCEED, BACK_OFF, FREQUENCY_LIMITED",
        "SIGNERROR, REFUSED, SIGN_ERROR",
        "NOAUTH, REFUSED, NO_AUTH",
        "NO_AUTH, REFUSED, NO_AUTH",
        "APPID_MCHID_NOT_MATCH, REFUSED, APPID_MCHID_NOT_MATCH",
        "APPID_NOT_EXIST, REFUSED, APPID_NOT_EXIST",
        "MCHID_NOT_EXIST, REFUSED, MCHID_NOT_EXIST",
        "PARAM_ERROR, RETRY, PARAM_ERROR",
        "what is this, RETRY, FAIL",
    })
    void read_errCodes_areBelievedUnsigned(String code, Next next, String word) {
        String body = "<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code><err_code>" + code
                + "</err_code></xml>";
        assertAnswer(next, word, read(ORDER, body));
    }

    @Test
    void read_refundNotThere_isRefundNotExist() {
        String body = "<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code>"
                + "<err_code>RESOURCE_NOT_EXISTS</err_code></xml>";
        assertAnswer(Next.AT_NEXT_AGE, "REFUND_NOT_EXIST", read(REFUND, body));
    }

    @ParameterizedTest
    @CsvSource({
        "签名错误, REFUSED, SIGN_ERROR",
        "签名失败, REFUSED, SIGN_ERROR",
        "SIGNERROR, REFUSED, SIGN_ERROR",
        "系统繁忙，请稍后再试, BACK_OFF, SYSTEM_ERROR",
        "SYSTEMERROR, BACK_OFF, SYSTEM_ERROR",
        "appid不存在, REFUSED, APPID_MCHID_NOT_MATCH",
        "商户号mch_id与appid不匹配, REFUSED, APPID_MCHID_NOT_MATCH",
        "sub_mch_id与sub_appid不匹配, RETRY, FAIL",
        "参数格式校验错误, RETRY, FAIL",
        "'', RETRY, FAIL",
    })
    void read_returnCodeFail_meansWhatItsTextSays(String returnMsg, Next next, String word) {
        String body = "<xml><return_code>FAIL</return_code><return_msg>" + returnMsg + "</return_msg></xml>";
        assertAnswer(next, word, read(ORDER, body));
    }

    @Test
    void read_neitherSuccessNorError_isMalformed() {
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, "<xml><a>1</a></xml>"));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, "<xml><return_code>SUCCESS</return_code></xml>"));
        String failed = "<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code></xml>";
        assertAnswer(Next.RETRY, "FAIL", read(ORDER, failed));
    }

    @Test
    void read_ourSignIsCalledWrong_olderKeyIsNext() {
        String body = "<xml><return_code>FAIL</return_code><return_msg>签名错误</return_msg></xml>";
        assertAnswer(Next.OLDER_KEY, "SIGN_ERROR", withTwoKeys.read(ORDER, 200, received(body), false));
        assertAnswer(Next.REFUSED, "SIGN_ERROR", withTwoKeys.read(ORDER, 200, received(body), true));
        assertAnswer(Next.SETTLE, "SUCCESS", withTwoKeys.read(ORDER, 200, received(paid().xml(OLD_KEY)), true));
    }

    @ParameterizedTest
    @CsvSource({
        "202, AT_NEXT_AGE",
        "204, RETRY",
        "302, RETRY",
        "400, RETRY",
        "401, REFUSED",
        "403, REFUSED",
        "404, RETRY",
        "429, BACK_OFF",
        "500, BACK_OFF",
        "502, BACK_OFF",
    })
    void read_otherStatus_isTheWord(int status, Next next) {
        Answer answer = inquiry.read(ORDER, status, received(paid().xml(KEY)), false);
        assertAnswer(next, "HTTP " + status, answer);
    }
}
