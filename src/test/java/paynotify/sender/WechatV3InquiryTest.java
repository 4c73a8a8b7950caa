package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.config.Config;
import paynotify.kit.Vectors;
import paynotify.kit.WechatV3Callback;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Next;
import paynotify.sender.Inquiry.Question;
import paynotify.sender.Inquiry.Request;
import paynotify.signature.MerchantKey;
import paynotify.signature.VerificationKey;
import paynotify.signature.WechatV3Signature;

class WechatV3InquiryTest {
    private static final String SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    private static final String PUBLIC_KEY_ID = "PUB_KEY_ID_0119000001092025060100192001000001";
    private static final String PLATFORM_KEY = Vectors.text("keys/wechat_platform_private.pem");
    private static final long NOW = 1748750406;
    private static final String MCH_ID = "1900000109";
    private static final String TRANSACTION = "4200002600202506011234567890";

    private static final Question ORDER = order("ORD20250601120000001");
    private static final Question REFUND =
            new Question(MCH_ID, "ORD20250601120000001", "REF20250601140509001", null, null);

    private static final String[] LINES = {
        "mch-id = 1900000109",
        "app-id = wx8888888888888888",
        "inquiry = v3",
        "merchant-key = $vectors/keys/merchant_private.pem",
        "merchant-serial = 3775B6A45ACD588826D15E583A95F5DD5D0C1A01",
        "public-key." + SERIAL + " = $vectors/keys/wechat_platform_cert.pem"
    };

    private final Sender wechat = Accounts.wechat(LINES);
    private final Inquiry inquiry = wechat.inquiry();

    private static Question order(String outTradeNo) {
        return new Question(MCH_ID, outTradeNo, "", null, null);
    }

    private static Callback received(String body, Map<String, String> headers) {
        return Callback.of(Source.INQUIRY, "a", body.getBytes(UTF_8), headers::get, Instant.ofEpochSecond(NOW));
    }

    private Answer read(Question question, int status, String body) {
        return inquiry.read(question, status, received(body, Map.of()), false);
    }

    private Answer read(Question question, String body) {
        return read(question, WechatV3Callback.signed(body, NOW, SERIAL, PLATFORM_KEY));
    }

    private Answer read(Question question, WechatV3Callback signed) {
        Callback received = received(new String(signed.body(), UTF_8), signed.headers());
        return inquiry.read(question, 200, received, false);
    }

    private static void assertAnswer(Next next, String word, Answer answer) {
        assertEquals(next + " " + word, answer.next() + " " + answer.word(), answer.detail());
        assertEquals(next == Next.SETTLE, answer.reading() != null);
        assertFalse(answer.detail().isEmpty());
    }

    private static String paid() {
        return Vectors.text("loop/v3-query-paid.json");
    }

    private static String refund() {
        return Vectors.text("loop/v3-refund-query.json");
    }

    private static Map<String, String> authorization(Request request) {
        String header = request.headers().get("Authorization");
        assertTrue(header.startsWith("WECHATPAY2-SHA256-RSA2048 "), header);
        Map<String, String> parameters = new TreeMap<>();
        Matcher each = Pattern.compile("(\\w+)=\"([^\"]*)\"").matcher(header);
        while (each.find()) {
            parameters.put(each.group(1), each.group(2));
        }
        return parameters;
    }

    @Test
    void request_order_isSignedAsTheDocumentSays() throws Exception {
        Config config = Accounts.config(LINES);
        Merchant merchant = Merchant.read(config, "app-id", true, true);
        WechatV3Signature signature = new WechatV3Signature(Map.of(), "public-key");
        Inquiry fixed = new WechatV3Inquiry(
                merchant,
                signature,
                new WechatV3Request(
                        merchant,
                        signature,
                        config.liveFile("merchant-key", MerchantKey.reader()),
                        "3775B6A45ACD588826D15E583A95F5DD5D0C1A01",
                        Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC)));
        Request request = fixed.request(ORDER, false);
        assertEquals("GET /v3/pay/transactions/out-trade-no/ORD20250601120000001?mchid=1900000109", request.toString());
        assertEquals("", request.body());
        assertEquals(
                Set.of("Accept", "User-Agent", "Authorization"),
                request.headers().keySet());
        assertEquals("application/json", request.headers().get("Accept"));
        Map<String, String> signed = authorization(request);
        assertEquals(Set.of("mchid", "nonce_str", "signature", "timestamp", "serial_no"), signed.keySet());
        assertEquals(MCH_ID, signed.get("mchid"));
        assertEquals(Long.toString(NOW), signed.get("timestamp"));
        assertEquals("3775B6A45ACD588826D15E583A95F5DD5D0C1A01", signed.get("serial_no"));
        assertTrue(signed.get("nonce_str").matches("[0-9A-F]{32}"));
        // The sample's text with our nonce in it.
        String text = Vectors.text("v3-query/request_message.txt")
                .replace("593BEC0C930BF1AFEB40B4A08C8FB242", signed.get("nonce_str"));
        assertVerifies(text, signed.get("signature"));
        assertFalse(signed.get("nonce_str")
                .equals(authorization(fixed.request(ORDER, true)).get("nonce_str")));
    }

    private static void assertVerifies(String text, String signature) throws Exception {
        VerificationKey certificate = VerificationKey.reader(null, 2048).read(Vectors.text("keys/merchant_cert.pem"));
        assertTrue(certificate.verifiesBase64("SHA256withRSA", signature, text.getBytes(UTF_8)), text);
    }

    @ParameterizedTest
    @CsvSource({
        "O1, '', , , /v3/pay/transactions/out-trade-no/O1?mchid=1900000109",
        "O1, '', 19, , /v3/pay/partner/transactions/out-trade-no/O1?sp_mchid=1900000109&sub_mchid=19",
        "O1, R1, , , /v3/refund/domestic/refunds/R1",
        "O1, R1, 19, , /v3/refund/domestic/refunds/R1?sub_mchid=19",
        "O1, '', , C1, /v3/combine-transactions/out-trade-no/C1",
        "O1, '', 19, C1, /v3/combine-transactions/out-trade-no/C1",
        "O1, R1, , C1, /v3/refund/domestic/refunds/R1",
        "a/b?c=d&e#f %, '', , , /v3/pay/transactions/out-trade-no/a%2Fb%3Fc%3Dd%26e%23f%20%25?mchid=1900000109",
        "Az09-._~单|*@, '', , , /v3/pay/transactions/out-trade-no/Az09-._~%E5%8D%95%7C%2A%40?mchid=1900000109",
    })
    void request_eachKind_hasItsPath(String order, String refund, String sub, String combine, String path)
            throws Exception {
        Request request = inquiry.request(new Question(MCH_ID, order, refund, sub, combine), false);
        assertEquals("GET", request.method());
        assertEquals(path, request.path());
        Map<String, String> signed = authorization(request);
        assertVerifies(
                "GET\n" + path + "\n" + signed.get("timestamp") + "\n" + signed.get("nonce_str") + "\n\n",
                signed.get("signature"));
    }

    /** Then WeChat signs by it, not by a certificate (protocol-2.md, section 10.5). */
    @Test
    void request_publicKeyIsThere_asksForIt() {
        Inquiry both = Accounts.wechat(String.join("\n", LINES) + "\npublic-key." + PUBLIC_KEY_ID
                        + " = $vectors/keys/wechat_pubkey_mode_public.pem")
                .inquiry();
        assertEquals(PUBLIC_KEY_ID, both.request(ORDER, false).headers().get("Wechatpay-Serial"));
    }

    @ParameterizedTest
    @CsvSource({
        "paid, ORD20250601120000001, SETTLE, SUCCESS",
        "refund, ORD20250601120000001, SETTLE, REFUND",
        "notpay, ORD20250601120000002, AT_NEXT_AGE, NOTPAY",
        "closed, ORD20250601120000003, NEVER, CLOSED",
        "paid, ORD20250601120000002, RETRY, OTHER_ORDER",
        "closed, ORD20250601120000002, RETRY, OTHER_ORDER",
    })
    void read_samples_meanWhatTheySay(String sample, String outTradeNo, Next next, String word) {
        assertAnswer(next, word, read(order(outTradeNo), Vectors.text("loop/v3-query-" + sample + ".json")));
    }

    @Test
    void read_signedSample_isThePayment() {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Vectors.text("v3-query/response_headers.txt")
                .lines()
                .filter(line -> line.contains(": "))
                .forEach(line -> {
                    int colon = line.indexOf(": ");
                    headers.put(line.substring(0, colon), line.substring(colon + 2));
                });
        Answer answer = inquiry.read(ORDER, 200, received(Vectors.text("v3-query/response_body.json"), headers), false);
        assertAnswer(Next.SETTLE, "SUCCESS", answer);
        Payment payment =
                assertInstanceOf(Payment.class, answer.reading().findings().get(0));
        assertEquals(new Trade(MCH_ID, null, ORDER.outTradeNo(), TRANSACTION, 101), payment.trade());
        assertEquals(Instant.parse("2025-06-01T04:00:05Z"), payment.paidAt());
        assertFalse(payment.givenBack());
        assertEquals("wechat-v3", answer.reading().channel());
        assertTrue(answer.reading().headers().contains("Wechatpay-Signature: YQm794PmyVJ1"));
        assertEquals(Source.INQUIRY, answer.reading().callback().source());
    }

    @Test
    void read_refundedSince_isThePaymentGivenBack() {
        Answer answer = read(ORDER, Vectors.text("loop/v3-query-refund.json"));
        Payment payment =
                assertInstanceOf(Payment.class, answer.reading().findings().get(0));
        assertTrue(payment.givenBack());
        assertEquals(8800, payment.trade().totalFee());
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
        assertAnswer(next, state, read(ORDER, paid().replace("\"SUCCESS\"", "\"" + state + "\"")));
    }

    @Test
    void read_refundSample_isTheRefund() {
        Answer answer = read(REFUND, refund());
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

    /** The answer doesn't say whose refund it is: the question does, for a sub merchant's and a sub order's too. */
    @Test
    void read_refundOfSubMerchant_isTheOneAskedAbout() {
        Question ofSub = new Question(MCH_ID, REFUND.outTradeNo(), REFUND.outRefundNo(), "1900000110", null);
        Refund refund = (Refund) read(ofSub, refund()).reading().findings().get(0);
        assertEquals("1900000110", refund.trade().subMchId());
        Question ofOther = new Question("1900000222", REFUND.outTradeNo(), REFUND.outRefundNo(), null, "C1");
        assertEquals(
                "1900000222",
                ((Refund) read(ofOther, refund()).reading().findings().get(0))
                        .trade()
                        .mchId());
        String named = refund().replace("{\"amount\"", "{\"sub_mchid\":\"1900000110\",\"amount\"");
        assertAnswer(Next.SETTLE, "SUCCESS", read(ofSub, named));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(REFUND, named));
    }

    @ParameterizedTest
    @CsvSource({
        "SUCCESS, SETTLE, SUCCESS",
        "ABNORMAL, SETTLE, ABNORMAL",
        "CLOSED, SETTLE, CLOSED",
        "CLOSE, SETTLE, CLOSED",
        "PROCESSING, AT_NEXT_AGE, PROCESSING",
        "NOTSURE, AT_NEXT_AGE, NOTSURE",
        "'', RETRY, MALFORMED",
    })
    void read_refundStatus_isTheWord(String status, Next next, String word) {
        Answer answer = read(REFUND, refund().replace("\"SUCCESS\"", "\"" + status + "\""));
        assertAnswer(next, word, answer);
        if (next == Next.SETTLE) {
            assertEquals(
                    word, ((Refund) answer.reading().findings().get(0)).status().name());
        }
    }

    @Test
    void read_refundThatIsNotTheOneAskedAbout_isOtherOrder() {
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(REFUND, refund().replace("REF2025", "REF2026")));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(REFUND, refund().replace("ORD2025", "ORD2026")));
        assertAnswer(
                Next.RETRY,
                "OTHER_ORDER",
                read(REFUND, refund().replace("{\"amount\"", "{\"mchid\":\"1\",\"amount\"")));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(REFUND, paid()));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, refund()));
        assertAnswer(Next.RETRY, "MALFORMED", read(REFUND, refund().replace("refund_id", "x")));
    }

    @Test
    void read_whatIsNotProved_changesNothing() {
        WechatV3Callback genuine = WechatV3Callback.signed(paid(), NOW, SERIAL, PLATFORM_KEY);
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, genuine.tampered(paid().replace("8800", "1"))));
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, 200, paid()));
        for (long off : new long[] {-600, -300, 300, 600}) {
            WechatV3Callback late = WechatV3Callback.signed(paid(), NOW + off, SERIAL, PLATFORM_KEY);
            assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, late));
        }
        WechatV3Callback forged =
                WechatV3Callback.signed(paid(), NOW, SERIAL, Vectors.text("keys/merchant_private.pem"));
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, forged));
        WechatV3Callback probe = WechatV3Callback.signed(paid(), NOW, SERIAL, PLATFORM_KEY)
                .header("Wechatpay-Signature", "WECHATPAY/SIGNTEST/x");
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", read(ORDER, probe));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, "[]"));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, ""));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, paid().replace("success_time", "x")));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, paid().replace("\"SUCCESS\"", "\"<b>\"")));
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, paid().replace("trade_state", "x")));
        // A notification, genuine as it is, is no answer.
        assertAnswer(Next.RETRY, "MALFORMED", read(ORDER, Vectors.text("v3-pay/body.json")));
    }

    @Test
    void read_anothersOrder_isOtherOrder() {
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(ORDER, paid().replace(MCH_ID, "1")));
        assertAnswer(
                Next.RETRY,
                "OTHER_ORDER",
                read(ORDER, paid().replace("{\"amount\"", "{\"sub_mchid\":\"1\",\"amount\"")));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(ORDER, paid().replace("\"mchid\"", "\"x\"")));
        Question ofSub = new Question(MCH_ID, ORDER.outTradeNo(), "", "1900000110", null);
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(ofSub, paid()));
        String ofProvider = paid().replace("\"mchid\":", "\"sub_mchid\":\"1900000110\",\"sp_mchid\":")
                .replace("\"appid\"", "\"sp_appid\"");
        Answer answer = read(ofSub, ofProvider);
        assertAnswer(Next.SETTLE, "SUCCESS", answer);
        assertEquals(
                "1900000110",
                ((Payment) answer.reading().findings().get(0)).trade().subMchId());
    }

    @Test
    void read_paidByAnotherApp_isSettledAsWrongMerchant() {
        Answer answer = read(ORDER, paid().replace("wx8888888888888888", "wx3"));
        assertAnswer(Next.SETTLE, "SUCCESS", answer);
        Accounts.assertAlarming(
                Outcome.WRONG_MERCHANT, answer.reading().findings().get(0));
    }

    @ParameterizedTest
    @CsvSource({
        "401, v3-error-401-sign, REFUSED, HTTP 401",
        "404, v3-error-404-order-not-exist, AT_NEXT_AGE, ORDER_NOT_EXIST",
        "429, v3-error-429, BACK_OFF, FREQUENCY_LIMITED",
        "500, v3-error-500, BACK_OFF, SYSTEM_ERROR",
    })
    void read_errorSamples_areBelievedUnsigned(int status, String sample, Next next, String word) {
        assertAnswer(next, word, read(ORDER, status, Vectors.text("loop/" + sample + ".json")));
    }

    @ParameterizedTest
    @CsvSource({
        "202, USERPAYING, AT_NEXT_AGE, USERPAYING",
        "202, '', AT_NEXT_AGE, HTTP 202",
        "204, '', RETRY, HTTP 204",
        "302, '', RETRY, HTTP 302",
        "400, PARAM_ERROR, RETRY, HTTP 400",
        "400, APPID_MCHID_NOT_MATCH, REFUSED, HTTP 400",
        "400, MCH_NOT_EXISTS, REFUSED, HTTP 400",
        "400, ORDERNOTEXIST, AT_NEXT_AGE, ORDER_NOT_EXIST",
        "401, '', REFUSED, HTTP 401",
        "403, NO_AUTH, REFUSED, HTTP 403",
        "403, RULE_LIMIT, REFUSED, HTTP 403",
        "404, '', RETRY, HTTP 404",
        "404, ORDERNOTEXIST, AT_NEXT_AGE, ORDER_NOT_EXIST",
        "404, RESOURCE_NOT_EXISTS, AT_NEXT_AGE, ORDER_NOT_EXIST",
        "405, '', RETRY, HTTP 405",
        "429, RATELIMIT_EXCEEDED, BACK_OFF, FREQUENCY_LIMITED",
        "429, FREQUENCY_LIMIT_EXCEED, BACK_OFF, FREQUENCY_LIMITED",
        "429, '', BACK_OFF, HTTP 429",
        "500, ORDER_NOT_EXIST, BACK_OFF, HTTP 500",
        "502, BANK_ERROR, BACK_OFF, HTTP 502",
        "503, SYSTEMERROR, BACK_OFF, SYSTEM_ERROR",
    })
    void read_statusAndCode_areOneWord(int status, String code, Next next, String word) {
        assertAnswer(next, word, read(ORDER, status, "{\"code\":\"" + code + "\",\"message\":\"m\"}"));
        if (word.startsWith("HTTP")) {
            assertAnswer(next, word, read(ORDER, status, code.isEmpty() ? "" : "{\"code\":\"" + code + "\"}"));
        }
    }

    @Test
    void read_refundNotThere_isRefundNotExist() {
        String body = "{\"code\":\"RESOURCE_NOT_EXISTS\",\"message\":\"退款单不存在\"}";
        assertAnswer(Next.AT_NEXT_AGE, "REFUND_NOT_EXIST", read(REFUND, 404, body));
    }

    @Test
    void read_refused_tellsWhatWechatSaid() {
        Callback received =
                received(Vectors.text("loop/v3-error-401-sign.json"), Map.of("Request-ID", "08F78BB5-268443699"));
        assertEquals(
                "expected HTTP 200, found 401, code 'SIGN_ERROR', message '错误的签名，验签失败', field 'signature',"
                        + " issue 'sign not match', signed text 'GET?/v3/pay/transac?1748750400?abcd1234??',"
                        + " Request-ID '08F78BB5-268443699'",
                inquiry.read(ORDER, 401, received, false).detail());
    }

    private static Question subOrder(String mchId, String outTradeNo, String combineOutTradeNo) {
        return new Question(mchId, outTradeNo, "", null, combineOutTradeNo);
    }

    /** One answer settles all sub orders, whichever was asked about. */
    @Test
    void read_combined_settlesAllItsOrders() {
        String sample = Vectors.text("loop/v3-combine-plaintext.json");
        Answer answer = read(subOrder("1900000112", "SUB20250601120000002", "CMB20250601120000001"), sample);
        assertAnswer(Next.SETTLE, "SUCCESS", answer);
        assertEquals(
                List.of("SUB20250601120000001", "SUB20250601120000002", "SUB20250601120000003"),
                answer.reading().findings().stream()
                        .map(finding -> finding.claims().outTradeNo())
                        .toList());
        assertInstanceOf(Payment.class, answer.reading().findings().get(1));
        String givenBack = sample.replaceFirst("SUCCESS", "REFUND");
        answer = read(subOrder("1900000109", "SUB20250601120000001", "CMB20250601120000001"), givenBack);
        assertAnswer(Next.SETTLE, "REFUND", answer);
        assertTrue(((Payment) answer.reading().findings().get(0)).givenBack());
    }

    @Test
    void read_combinedNotPaidOrOfAnother_settlesNothing() {
        String sample = Vectors.text("loop/v3-combine-plaintext.json");
        assertAnswer(
                Next.AT_NEXT_AGE,
                "NOTPAY",
                read(subOrder("1900000113", "SUB20250601120000003", "CMB20250601120000001"), sample));
        assertAnswer(
                Next.RETRY,
                "OTHER_ORDER",
                read(subOrder("1900000113", "SUB20250601120000001", "CMB20250601120000001"), sample));
        assertAnswer(Next.RETRY, "OTHER_ORDER", read(subOrder("1900000112", "SUB20250601120000002", "CMB2"), sample));
        String notThere = Vectors.text("loop/v3-error-404-order-not-exist.json");
        assertAnswer(
                Next.AT_NEXT_AGE,
                "ORDER_NOT_EXIST",
                read(subOrder("1900000112", "SUB20250601120000002", "CMB20250601120000001"), 404, notThere));
    }

    /** Without the api-v3-key no notification can be decrypted: it is refused as before. */
    @Test
    void find_notificationWithoutApiV3Key_isBadSignature() {
        WechatV3Callback genuine = WechatV3Callback.signed(Vectors.text("v3-pay/body.json"), NOW, SERIAL, PLATFORM_KEY);
        Accounts.assertNothing(
                Outcome.BAD_SIGNATURE,
                wechat.find(received(new String(genuine.body(), UTF_8), genuine.headers()))
                        .get(0));
        assertNull(Accounts.wechat("mch-id = 1", "api-key = 0123456789abcdef0123456789abcdef")
                .inquiry());
        assertEquals(MCH_ID, wechat.mchId());
    }
}
