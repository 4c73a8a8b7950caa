package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Vectors;
import paynotify.kit.WechatV3Callback;

class WechatV3Test {
    private static final String API_V3_KEY = Vectors.text("keys/v3_api_key.txt");
    private static final String SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    private static final String PUBLIC_KEY_ID = "PUB_KEY_ID_0119000001092025060100192001000001";
    private static final String PLATFORM_KEY = Vectors.text("keys/wechat_platform_private.pem");
    private static final String PUBLIC_MODE_KEY = Vectors.text("keys/wechat_pubkey_mode_private.pem");
    private static final long NOW = 1748750406;

    private static final String BOTH_KEYS = "public-key." + SERIAL + " = $vectors/keys/wechat_platform_cert.pem\n"
            + "public-key." + PUBLIC_KEY_ID + " = $vectors/keys/wechat_pubkey_mode_public.pem";

    private final Sender wechat = Accounts.wechat(
            "mch-id = 1900000109", "app-id = wx8888888888888888", "api-v3-key = " + API_V3_KEY, BOTH_KEYS);
    private final Sender provider = Accounts.wechat("mch-id = 1900000100", "api-v3-key = " + API_V3_KEY, BOTH_KEYS);

    static Callback callback(byte[] body, Map<String, String> headers, long nowSeconds) {
        return new Callback("a", body, false, headers::get, null, Instant.ofEpochSecond(nowSeconds), 0, 0);
    }

    private static Callback vector(String name) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Vectors.text(name + "/headers.txt").lines().forEach(line -> {
            int colon = line.indexOf(": ");
            headers.put(line.substring(0, colon), line.substring(colon + 2));
        });
        long timestamp = Long.parseLong(headers.get("Wechatpay-Timestamp"));
        return callback(Vectors.bytes(name + "/body.json"), headers, timestamp + 10);
    }

    private Finding read(WechatV3Callback callback) {
        return wechat.find(callback(callback.body(), callback.headers(), NOW)).get(0);
    }

    private static WechatV3Callback signed(String body) {
        return WechatV3Callback.signed(body, NOW, SERIAL, PLATFORM_KEY);
    }

    private static WechatV3Callback genuine() {
        return event("TRANSACTION.SUCCESS", transaction());
    }

    private static String transaction() {
        return WechatV3Callback.transaction("1900000109", "ORD1", 101);
    }

    private static String refund(String status) {
        return WechatV3Callback.refund("1900000109", "ORD1", 101, "RFD1", 51, status);
    }

    private static WechatV3Callback event(String type, String resource) {
        return signed(WechatV3Callback.notification(type, resource, API_V3_KEY));
    }

    private Finding paid(String resource) {
        return read(event("TRANSACTION.SUCCESS", resource));
    }

    private static String nothing(Outcome expected, Finding finding) {
        NothingToBook nothing = assertInstanceOf(NothingToBook.class, finding);
        assertEquals(expected, nothing.outcome(), nothing.detail());
        assertFalse(nothing.detail().contains(API_V3_KEY));
        return nothing.detail();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3-pay", "v3-pay-noaad-pretty", "v3-pay-signtest-retry"})
    void read_genuineSamples_arePayments(String name) {
        Payment payment =
                assertInstanceOf(Payment.class, wechat.find(vector(name)).get(0));
        assertEquals(
                new Trade("1900000109", null, "ORD20250601120000001", "4200002600202506011234567890", 101),
                payment.trade());
        assertEquals("CNY", payment.currency());
        assertEquals("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", payment.payer());
        assertEquals(Instant.parse("2025-06-01T04:00:05Z"), payment.paidAt());
    }

    @Test
    void read_serviceProviderSample_isThePayersAndTheProvidersOrder() {
        Payment payment = assertInstanceOf(
                Payment.class, provider.find(vector("v3-pay-sp-pubkey")).get(0));
        assertEquals("1900000100", payment.trade().mchId());
        assertEquals("1900000110", payment.trade().subMchId());
        assertEquals("oSub8uMuAJO_M2pxb1Q9zNjWeS6o", payment.payer());
        nothing(Outcome.WRONG_MERCHANT, wechat.find(vector("v3-pay-sp-pubkey")).get(0));
    }

    @Test
    void read_refundSamples_areRefunds() {
        Refund success =
                assertInstanceOf(Refund.class, wechat.find(vector("v3-refund")).get(0));
        assertEquals(Refund.Status.SUCCESS, success.status());
        assertEquals(51, success.refundFee());
        assertEquals("RFD20250601130000001", success.outRefundNo());
        assertEquals(Instant.parse("2025-06-01T05:00:05Z"), success.refundedAt());
        assertEquals(
                Claims.ofRefund()
                        .mchId("1900000109")
                        .outTradeNo("ORD20250601120000001")
                        .outRefundNo("RFD20250601130000001")
                        .transactionId("4200002600202506011234567890")
                        .refundId("50300102602025060100000000001")
                        .totalFee(51L)
                        .build(),
                success.claims());
        Refund abnormal = assertInstanceOf(
                Refund.class, wechat.find(vector("v3-refund-abnormal")).get(0));
        assertEquals(Refund.Status.ABNORMAL, abnormal.status());
        assertNull(abnormal.refundedAt());
    }

    @Test
    void read_otherSamples_areNoPayment() {
        nothing(Outcome.BAD_SIGNATURE, wechat.find(vector("v3-pay-tampered")).get(0));
        nothing(Outcome.SIGNATURE_PROBE, wechat.find(vector("v3-pay-signtest")).get(0));
        // Published by others, and signed by a certificate that is not the account's.
        nothing(
                Outcome.BAD_SIGNATURE,
                wechat.find(vector("public/v3-wechatpay-go")).get(0));
    }

    @Test
    void read_eitherKindOfKey_isVerifiedByItsOwn() {
        String body = new String(genuine().body(), UTF_8);
        assertInstanceOf(Payment.class, read(WechatV3Callback.signed(body, NOW, PUBLIC_KEY_ID, PUBLIC_MODE_KEY)));
        assertInstanceOf(
                Payment.class,
                read(WechatV3Callback.signed(body, NOW, SERIAL.toLowerCase(java.util.Locale.ROOT), PLATFORM_KEY)));
        nothing(Outcome.BAD_SIGNATURE, read(WechatV3Callback.signed(body, NOW, PUBLIC_KEY_ID, PLATFORM_KEY)));
        nothing(Outcome.BAD_SIGNATURE, read(WechatV3Callback.signed(body, NOW, SERIAL, PUBLIC_MODE_KEY)));
        nothing(Outcome.BAD_SIGNATURE, read(WechatV3Callback.signed(body, NOW, "PUB_KEY_ID_0", PLATFORM_KEY)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial"})
    void read_headerMissingOrEmptyOrDamaged_isBadSignature(String name) {
        nothing(Outcome.BAD_SIGNATURE, read(genuine().header(name, null)));
        nothing(Outcome.BAD_SIGNATURE, read(genuine().header(name, "")));
        nothing(Outcome.BAD_SIGNATURE, read(genuine().header(name, " ")));
        nothing(Outcome.BAD_SIGNATURE, read(genuine().header(name, "null")));
        nothing(
                Outcome.BAD_SIGNATURE,
                read(genuine().header(name, genuine().headers().get(name) + "0")));
    }

    @Test
    void read_signatureType_isThatOfTheAccountsKeysOrAbsent() {
        assertInstanceOf(Payment.class, read(genuine().header("Wechatpay-Signature-Type", null)));
        nothing(Outcome.BAD_SIGNATURE, read(genuine().header("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3")));
        nothing(Outcome.BAD_SIGNATURE, read(genuine().header("Wechatpay-Signature-Type", "")));
    }

    @ParameterizedTest
    @CsvSource({"-300, false", "-299, true", "0, true", "299, true", "300, false", "86400, false"})
    void read_timeFromNow_isTakenWithinFiveMinutes(long seconds, boolean taken) {
        WechatV3Callback callback =
                WechatV3Callback.signed(new String(genuine().body(), UTF_8), NOW + seconds, SERIAL, PLATFORM_KEY);
        Finding finding = read(callback);
        if (taken) {
            assertInstanceOf(Payment.class, finding);
        } else {
            nothing(Outcome.BAD_SIGNATURE, finding);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "01748750406", "1748750406.0", "9223372036854775807", "99999999999999999999"})
    void read_timestampNoTime_isBadSignature(String timestamp) {
        nothing(Outcome.BAD_SIGNATURE, read(genuine().header("Wechatpay-Timestamp", timestamp)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"WECHATPAY/SIGNTEST/", "WECHATPAY/SIGNTEST/%%%", "WECHATPAY/SIGNTEST/AAAA"})
    void read_probe_isAProbeWhateverElseIsWrong(String signature) {
        nothing(Outcome.SIGNATURE_PROBE, read(genuine().header("Wechatpay-Signature", signature)));
        nothing(
                Outcome.SIGNATURE_PROBE,
                read(genuine().header("Wechatpay-Signature", signature).header("Wechatpay-Serial", null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%%%", "AAAA", "AAAAA", "A A A", "====", "签名"})
    void read_signatureNoBase64_isBadSignature(String signature) {
        nothing(Outcome.BAD_SIGNATURE, read(genuine().header("Wechatpay-Signature", signature)));
    }

    @Test
    void read_bodyChanged_isBadSignature() {
        String body = new String(genuine().body(), UTF_8);
        for (String other : new String[] {body + "\n", body.replace(":", ": "), body.replace("id", "iD"), "{}"}) {
            nothing(Outcome.BAD_SIGNATURE, read(genuine().tampered(other)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{}",
                "{}x",
                "{} {}",
                "{\"event_type\":1}",
                "{\"event_type\":\"\"}",
                "{\"event_type\":null}",
                "{\"event_type\":\"x\",\"event_type\":\"y\"}",
                "{\"event_type\":\"x\",\"a\":{\"b\":1,\"b\":2}}",
                "{\"event_type\":\"x\",\"a\":[{\"b\":1,\"b\":2}]}",
                "{\"event_type\":\"x\",\"a\":01}",
                "{\"event_type\":\"x\",}",
                "{event_type:\"x\"}",
                "{\"event_type\":\"x\"/**/}",
                "{\"event_type\":\"x\",\"a\":\"\\u0000\"}",
                "{\"event_type\":\"x\",\"a\":\"\\ud800\"}",
                "{\"event_type\":\"TRANSACTION.SUCCESS\"}",
                "{\"event_type\":\"TRANSACTION.SUCCESS\",\"resource\":[]}",
                "{\"event_type\":\"TRANSACTION.SUCCESS\",\"resource\":{\"algorithm\":\"AEAD_SM4_GCM\"}}",
            })
    void read_signedButNoNotification_isMalformed(String body) {
        nothing(Outcome.MALFORMED, read(signed(body)));
    }

    @Test
    void read_jsonOverALimit_isMalformed() {
        nothing(Outcome.MALFORMED, read(signed("{\"a\":".repeat(20) + "1" + "}".repeat(20))));
        nothing(Outcome.MALFORMED, read(signed("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}")));
        nothing(Outcome.MALFORMED, read(signed("{\"" + "a".repeat(200) + "\":1}")));
        nothing(Outcome.MALFORMED, read(signed("{\"a\":" + "1".repeat(100) + "}")));
    }

    @ParameterizedTest
    @CsvSource({"algorithm, MALFORMED", "ciphertext, MALFORMED", "nonce, MALFORMED"})
    void read_resourceLacksSomething_isMalformed(String name, Outcome outcome) {
        String body = new String(genuine().body(), UTF_8);
        nothing(outcome, read(signed(body.replace("\"" + name + "\"", "\"x\""))));
        nothing(outcome, read(signed(body.replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":\"\""))));
        nothing(outcome, read(signed(body.replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":1"))));
    }

    @Test
    void read_ciphertextNoBase64_isMalformed() {
        String body = new String(genuine().body(), UTF_8);
        nothing(Outcome.MALFORMED, read(signed(body.replaceFirst("\"ciphertext\":\"", "\"ciphertext\":\"%"))));
        nothing(Outcome.MALFORMED, read(signed(body.replace("\"transaction\"", "1"))));
    }

    @Test
    void read_associatedDataEmptyOrAbsent_isNone() {
        String body = WechatV3Callback.notification("TRANSACTION.SUCCESS", transaction(), API_V3_KEY)
                .replaceFirst(
                        "\"ciphertext\":\"[^\"]*\"",
                        "\"ciphertext\":\"" + WechatV3Callback.encrypted(transaction(), API_V3_KEY, "fzbeSKRVUnqn", "")
                                + "\"");
        for (String data : new String[] {"\"associated_data\":\"\",", "\"associated_data\":null,", ""}) {
            assertInstanceOf(Payment.class, read(signed(body.replace("\"associated_data\":\"transaction\",", data))));
        }
    }

    @Test
    void read_resourceOfAnotherKey_isOurOwnFault() {
        String other =
                WechatV3Callback.notification("TRANSACTION.SUCCESS", transaction(), "0123456789abcdef0123456789abcdef");
        String message = assertThrows(IllegalStateException.class, () -> read(signed(other)))
                .getMessage();
        assertTrue(message.contains("api-v3-key"), message);
        String cut = other.replaceFirst("\"ciphertext\":\"[^\"]*\"", "\"ciphertext\":\"AAAA\"");
        assertThrows(IllegalStateException.class, () -> read(signed(cut)));
    }

    @Test
    void read_resourceThatDecryptsToNonsense_isMalformed() {
        nothing(Outcome.MALFORMED, paid("nonsense"));
        nothing(Outcome.MALFORMED, paid("[]"));
        nothing(Outcome.MALFORMED, paid("{\"total\":1,\"total\":2}"));
    }

    @Test
    void read_byteOrderMark_isReadOver() {
        assertInstanceOf(
                Payment.class, read(signed("\uFEFF" + new String(genuine().body(), UTF_8))));
    }

    @Test
    void read_numberTooLong_isMalformed() {
        nothing(Outcome.MALFORMED, paid(transaction().replace("ORD1", "1".repeat(129))));
    }

    @Test
    void read_timeOfARefundThatDidNotSucceed_isNotLookedAt() {
        String abnormal = refund("ABNORMAL").replace("\"user_received", "\"success_time\":\"x\",\"user_received");
        assertNull(assertInstanceOf(Refund.class, read(event("REFUND.ABNORMAL", abnormal)))
                .refundedAt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRANSACTION.FAIL", "PAYSCORE.USER_PAID", "COMPLAINT.CREATE", "transaction.success"})
    void read_otherEvent_isIgnoredAndNotDecrypted(String type) {
        String detail = nothing(Outcome.IGNORED, read(signed("{\"event_type\":\"" + type + "\",\"resource\":1}")));
        assertTrue(detail.contains(type), detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mchid", "out_trade_no", "transaction_id", "trade_state", "success_time", "total"})
    void read_transactionLacksAField_isMalformed(String name) {
        nothing(Outcome.MALFORMED, paid(transaction().replace("\"" + name + "\"", "\"x\"")));
        nothing(
                Outcome.MALFORMED,
                paid(transaction().replaceFirst("\"" + name + "\":[^,}]*", "\"" + name + "\":\"\"")));
        nothing(Outcome.MALFORMED, paid(transaction().replaceFirst("\"" + name + "\":[^,}]*", "\"" + name + "\":[1]")));
        nothing(Outcome.MALFORMED, paid(transaction().replaceFirst("\"" + name + "\":[^,}]*", "\"" + name + "\":{}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"101\"", "101.0", "1.01e2", "-101", "-0", "9223372036854775808", "true", "null"})
    void read_totalNoWholeNumber_isMalformed(String total) {
        nothing(Outcome.MALFORMED, paid(transaction().replace("\"total\":101", "\"total\":" + total)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2025-06-01T12:00:05", "2025-06-01 12:00:05+08:00", "2025-02-30T12:00:05+08:00",
                        "2025-06-01T24:00:05+08:00",
                "2025-06-01T12:00+08:00", "20250601120005", "2025-06-01T12:00:05+0800", "2025-06-01T12:00:05+99:00"
            })
    void read_successTimeNoTime_isMalformed(String time) {
        nothing(Outcome.MALFORMED, paid(transaction().replace("2025-06-01T12:00:05+08:00", time)));
    }

    @Test
    void read_successTimeInItsForms_isTaken() {
        Payment fraction = assertInstanceOf(
                Payment.class, paid(transaction().replace("2025-06-01T12:00:05+08:00", "2025-06-01T04:00:05.123Z")));
        assertEquals(Instant.parse("2025-06-01T04:00:05.123Z"), fraction.paidAt());
    }

    @Test
    void read_currency_isTakenAsItIs() {
        assertEquals(
                "USD",
                assertInstanceOf(
                                Payment.class,
                                paid(transaction().replace("\"currency\":\"CNY\"", "\"currency\":\"USD\"")))
                        .currency());
        assertEquals(
                "CNY",
                assertInstanceOf(Payment.class, paid(transaction().replace("\"currency\":\"CNY\",", "")))
                        .currency());
        nothing(Outcome.MALFORMED, paid(transaction().replace("\"currency\":\"CNY\"", "\"currency\":1")));
    }

    @Test
    void read_otherMerchantOrApp_isWrongMerchant() {
        nothing(Outcome.WRONG_MERCHANT, paid(transaction().replace("1900000109", "1900000110")));
        nothing(Outcome.WRONG_MERCHANT, paid(transaction().replace("wx8888888888888888", "wx9")));
        nothing(Outcome.WRONG_MERCHANT, paid(transaction().replace("\"appid\"", "\"x\"")));
        nothing(Outcome.WRONG_MERCHANT, paid(transaction().replace("{\"mchid\"", "{\"sp_mchid\":\"1\",\"mchid\"")));
        // Of a refund, the store finds out whether the order was a sub order of a combined payment
        // (WechatV3CombinedTest).
    }

    @Test
    void read_otherState_isNotPaid() {
        Finding finding = paid(transaction().replace("\"trade_state\":\"SUCCESS\"", "\"trade_state\":\"PAYERROR\""));
        nothing(Outcome.NOT_PAID, finding);
        assertEquals("ORD1", finding.claims().outTradeNo());
        nothing(Outcome.NOT_PAID, paid("{\"trade_state\":\"CLOSED\"}"));
        nothing(Outcome.WRONG_MERCHANT, paid("{\"trade_state\":\"CLOSED\",\"mchid\":\"1\"}"));
    }

    @Test
    void read_payer_mayBeMissing() {
        assertNull(assertInstanceOf(Payment.class, paid(transaction().replace("\"openid\"", "\"x\"")))
                .payer());
    }

    @ParameterizedTest
    @CsvSource({"SUCCESS, SUCCESS", "ABNORMAL, ABNORMAL", "CLOSED, CLOSED", "CLOSE, CLOSED"})
    void read_refund_hasItsStatus(String word, Refund.Status status) {
        Refund refund = assertInstanceOf(Refund.class, read(event("REFUND.SUCCESS", refund(word))));
        assertEquals(status, refund.status());
    }

    @Test
    void read_refundOfAnotherStatus_isIgnored() {
        nothing(Outcome.IGNORED, read(event("REFUND.CLOSED", refund("PROCESSING"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mchid",
                "out_trade_no",
                "transaction_id",
                "out_refund_no",
                "refund_id",
                "refund_status",
                "total",
                "refund"
            })
    void read_refundLacksAField_isMalformed(String name) {
        nothing(
                Outcome.MALFORMED,
                read(event("REFUND.SUCCESS", refund("SUCCESS").replace("\"" + name + "\"", "\"x\""))));
    }

    @Test
    void read_refundTimeNoTime_isMalformed() {
        nothing(
                Outcome.MALFORMED,
                read(event("REFUND.SUCCESS", refund("SUCCESS").replace("T13:00:05", "T25:00:05"))));
    }

    @Test
    void signedHeaders_forTheLog_areThoseThatThereAre() {
        WechatV3Callback callback = genuine().header("Wechatpay-Nonce", null).header("X-Other", "1");
        String headers = wechat.signedHeaders(callback(callback.body(), callback.headers(), NOW));
        assertTrue(headers.startsWith("Wechatpay-Timestamp: 1748750406\nWechatpay-Signature: "), headers);
        assertTrue(headers.endsWith("\nRequest-ID: 08F78BB5AF0610D302189F99DD5C20BA56F89845-0"), headers);
        assertFalse(headers.contains("X-Other"), headers);
        assertNull(wechat.signedHeaders(callback("<xml/>".getBytes(UTF_8), Map.of(), NOW)));
    }

    @Test
    void read_xmlWithoutAnApiKey_isBadSignature() {
        Callback xml = callback("<xml/>".getBytes(UTF_8), Map.of(), NOW);
        nothing(Outcome.BAD_SIGNATURE, wechat.find(xml).get(0));
        assertEquals("wechat-v2", wechat.channel(xml));
        assertEquals(
                "text/xml;charset=UTF-8",
                wechat.reply(xml, Outcome.BAD_SIGNATURE).contentType());
    }

    private NothingToBook ignored(String eventType, String originalType, String resource) {
        Finding finding = read(signed(WechatV3Callback.notification(eventType, originalType, resource, API_V3_KEY)));
        NothingToBook nothing = assertInstanceOf(NothingToBook.class, finding, eventType + " of " + originalType);
        assertEquals(Outcome.IGNORED, nothing.outcome(), nothing.detail());
        assertTrue(nothing.verified());
        return nothing;
    }

    /** protocol-2.md, 13.2: WeChat tells of a split of money as TRANSACTION.SUCCESS, too. */
    @Test
    void read_eventOriginalTypeAndContentDisagree_isIgnored() {
        String split = Vectors.text("loop/v3-profitsharing-plaintext.json");
        for (String originalType : new String[] {"profitsharing", "transaction"}) {
            NothingToBook nothing = ignored("TRANSACTION.SUCCESS", originalType, split);
            assertTrue(nothing.detail().contains("original_type '" + originalType + "'"), nothing.detail());
            assertNull(nothing.claims().event());
        }
        ignored("TRANSACTION.SUCCESS", "refund", transaction());
        ignored("TRANSACTION.SUCCESS", "transaction", refund("SUCCESS"));
        ignored("REFUND.SUCCESS", "refund", transaction());
        ignored("REFUND.SUCCESS", "transaction", refund("SUCCESS"));
        ignored("REFUND.SUCCESS", "profitsharing", split);
    }

    /** original_type is optional (protocol.md, section 3.2). */
    @Test
    void read_withoutOriginalType_isWhatItsContentIs() {
        String notification = WechatV3Callback.notification("TRANSACTION.SUCCESS", transaction(), API_V3_KEY);
        assertInstanceOf(Payment.class, read(signed(notification.replace("\"original_type\":\"transaction\",", ""))));
    }

    /** Signed, but neither XML nor JSON, or JSON that can't be read: the sender's own all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"[1]", "x", "{", "{\"event_type\":1}"})
    void read_signedButUnreadable_isVerifiedAndMalformed(String body) {
        NothingToBook signed = assertInstanceOf(NothingToBook.class, read(signed(body)));
        assertEquals(Outcome.MALFORMED, signed.outcome());
        assertTrue(signed.verified());
        assertTrue(signed.alarming());
        NothingToBook tampered =
                assertInstanceOf(NothingToBook.class, read(signed(body + " ").tampered(body)));
        assertFalse(tampered.verified());
        assertFalse(tampered.alarming());
    }

    /** The whole table of protocol-2.md, 13.2, and one that nobody knows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PROFITSHARING.SUCCESS | profitsharing | profit sharing",
                "PROFITSHARING.RETURN | profitsharing | profit sharing",
                "PROFITSHARING | profitsharing | profit sharing",
                "TRANSACTION.FAIL | transaction | deduction that failed",
                "TRANSACTION.PAY_BACK | transaction | advance",
                "TRANSACTION.INDUSTRY_FAILED | x | failed",
                "PAYSCORE.USER_CONFIRM | payscore | pay score",
                "PAYSCORE.USER_OPEN_SERVICE | payscore | pay score",
                "PAYSCORE.USER_CLOSE_SERVICE | payscore | pay score",
                "PAYSCORE.MCH_PREPAY | payscore | pay score",
                "MCHTRANSFER.BILL.FINISHED | mch_payment | transfer out",
                "MCHTRANSFER.BATCH.CLOSED | mch_payment | transfer out",
                "MCHWITHDRAW.CHANGE | mch_withdraw | withdrawal",
                "RECHARGE.SUCCESS | recharge | money put on",
                "SETTLEMENT.SUCCESS | x | settlement",
                "ABNORMAL_FUND_PROCESSING.TRANSFER.SUCCESS | x | abnormal funds",
                "ENTRUST.SIGN | entrust | contract",
                "ENTRUST.TERMINATE_RETENTION | entrust | contract",
                "INSURANCE_ENTRUST.SIGN | insurance_entrust | contract",
                "ECOMMERCE_ENTRUST.SIGN | x | contract",
                "PAPAY.TERMINATE | entrust | contract",
                "COMPLAINT.CREATE | complaint | complaint",
                "VIOLATION.PUNISH | violation | violation",
                "RISKTRADE.IDENTIFICATION | x | risky order",
                "BLOCKRECORD.CHANGE | block_record | block of the merchant",
                "BLOCKSUBMISSION.CHANGE | block_submisison_record | block of the merchant",
                "MANAGERECORD.CHANGE | manage_record | restriction",
                "MERCHANT_NOTIFY.NOTIFY | merchant_notify | note",
                "COUPON.USE | coupon | coupon",
                "PRODUCT_COUPON_SP.X | product_coupon | coupon",
                "DISCOUNT_CARD.X | x | discount card",
                "MEMBERCARD.X | membercard | member's card",
                "BRAND_MEMBER_CARD_SP.X | membercard | member's card",
                "MALL_TRANSACTION.SUCCESS | x | another merchant",
                "MALL_REFUND.SUCCESS | mall_refund | another merchant",
                "MALL_AUTH.ACTIVATE_CARD | x | another merchant",
                "FAPIAO.X | x | invoice",
                "WEBIZPAY.X | x | between businesses",
                "INSURANCE_POLICY_MANAGEMENT.GRANTED | x | insurance policy",
                "BUDGET.X | x | budget",
                "CREDIT_REPAYMENT.X | x | repayment",
                "VEHICLE.X | x | vehicle",
                "FACEPAY.USER_STATE_CHANGE | x | face pay",
                "DELIVERY_PLAN.CHANGE | x | delivery plan",
                "APPLYMENT_STATE.APPROVED | x | application",
                "HIRE_POWER_BANK.X | x | power bank",
                "EDU_SCHOOL_PAY.X | x | school pay",
                "PARKING_FEE.QUERY_TRANS_INFO | parking_fee | parking fee",
                "CROSS_BORDER_PAY.X | cross_border_pay | across the border",
                "SECURITY_ECHO.SUCCESS | security | test of our verification",
                "NEW.EVENT | new | doesn't know"
            })
    void read_eventWithoutUse_isIgnoredAndSaysWhatItIs(String event, String originalType, String what) {
        NothingToBook nothing = ignored(event, originalType, "{}");
        assertTrue(nothing.detail().contains(event) && nothing.detail().contains(what), nothing.detail());
        assertFalse(nothing.alarming());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAYSCORE.USER_PAID", "MEDICAL_INSURANCE.SUCCESS", "TRANSACTION.INDUSTRY_SUCCESS"})
    void read_moneyInAnotherForm_isIgnoredAndSomebodyShouldLook(String event) {
        assertTrue(ignored(event, "x", "{}").alarming());
    }
}
