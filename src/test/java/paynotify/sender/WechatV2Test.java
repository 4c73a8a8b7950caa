package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Vectors;
import paynotify.kit.WechatV2Callback;

class WechatV2Test {
    private static final String KEY = Vectors.text("keys/v2_api_key.txt");
    private static final String MCH_ID = "1900000109";

    private final Sender wechat = sender("any", "wx8888888888888888");

    private static Sender sender(String signType, String... appIds) {
        String appId = appIds.length == 0 ? "" : "app-id = " + String.join(",", appIds);
        return Accounts.wechat("mch-id = " + MCH_ID, "api-key = " + KEY, "sign-type = " + signType, appId);
    }

    static Callback callback(byte[] body) {
        return new Callback("wechat", body, false, name -> null, "127.0.0.1", Instant.EPOCH, 0, 0);
    }

    private static WechatV2Callback genuine() {
        return WechatV2Callback.payment(MCH_ID, "ORD1", 101);
    }

    private Finding read(WechatV2Callback callback) {
        return wechat.find(callback(callback.body(KEY)));
    }

    private Payment paid(WechatV2Callback callback) {
        return assertInstanceOf(Payment.class, read(callback));
    }

    private String nothing(Outcome expected, Finding finding) {
        NothingToBook nothing = assertInstanceOf(NothingToBook.class, finding);
        assertEquals(expected, nothing.outcome(), nothing.detail());
        assertFalse(nothing.detail().contains(KEY));
        return nothing.detail();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v2-pay-md5", "v2-pay-md5-sp-coupon", "v2-pay-hmac-nosigntype", "v2-pay-hmac-signtype"})
    void read_genuineSamples_areVerified(String vector) {
        Payment payment = assertInstanceOf(Payment.class, wechat.find(callback(Vectors.bytes(vector + "/body.xml"))));
        assertEquals(101, payment.trade().totalFee());
        assertEquals("CNY", payment.currency());
        assertEquals(MCH_ID, payment.trade().mchId());
        assertTrue(payment.trade().outTradeNo().startsWith("ORD2025060112000000"));
        assertTrue(payment.trade().transactionId().startsWith("420000260020250601123456789"));
        assertEquals(Instant.parse("2025-06-01T04:00:05Z"), payment.paidAt());
        boolean provider = vector.endsWith("sp-coupon");
        assertEquals(provider ? "oSub8uMuAJO_M2pxb1Q9zNjWeS6o" : "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", payment.payer());
        assertEquals(
                Claims.ofPayment()
                        .mchId(MCH_ID)
                        .subMchId(provider ? "1900000110" : null)
                        .outTradeNo(payment.trade().outTradeNo())
                        .transactionId(payment.trade().transactionId())
                        .totalFee(101L)
                        .currency("CNY")
                        .build(),
                payment.claims());
    }

    @ParameterizedTest
    @CsvSource({
        "v2-pay-md5-tampered, BAD_SIGNATURE",
        "v2-pay-return-fail, BAD_SIGNATURE",
        "v2-pay-xxe, MALFORMED",
        "v2-pay-fail-result, NOT_PAID"
    })
    void read_otherSamples_areNoPayment(String vector, Outcome outcome) {
        nothing(outcome, wechat.find(callback(Vectors.bytes(vector + "/body.xml"))));
    }

    @Test
    void read_valuesInAnyForm_areTheSame() {
        for (WechatV2Callback.Form form : WechatV2Callback.Form.values()) {
            String attach =
                    switch (form) {
                        case PLAIN -> " 深圳 \"' ";
                        case CDATA -> "深圳&分店 <a>\"'  ";
                        case ENTITIES, SPLIT_CDATA -> "深圳&分店 <a>]]>\"'  ";
                    };
            Payment payment = paid(genuine()
                    .with("attach", attach)
                    .with("x_new", " ")
                    .with("empty", "")
                    .all(form));
            assertEquals("ORD1", payment.trade().outTradeNo());
        }
    }

    @Test
    void read_signInLowerCase_isVerified() {
        paid(genuine().lowerCaseSign());
        paid(genuine().lowerCaseSign().signedWith(WechatV2Callback.Sign.HMAC_SHA256));
    }

    @Test
    void read_signTypeLimited_refusesTheOther() {
        Callback md5 = callback(genuine().body(KEY));
        Callback hmac =
                callback(genuine().signedWith(WechatV2Callback.Sign.HMAC_SHA256).body(KEY));
        assertInstanceOf(Payment.class, sender("MD5").find(md5));
        assertInstanceOf(Payment.class, sender("HMAC-SHA256").find(hmac));
        nothing(Outcome.BAD_SIGNATURE, sender("MD5").find(hmac));
        nothing(Outcome.BAD_SIGNATURE, sender("HMAC-SHA256").find(md5));
    }

    @Test
    void read_signDamaged_isBadSignature() {
        String sign = DigestUtils.md5Hex("x");
        for (String wrong : new String[] {sign, sign.substring(1), sign + "0", "中".repeat(32), "-".repeat(64), " "}) {
            nothing(Outcome.BAD_SIGNATURE, read(genuine().tamper("sign", wrong)));
        }
        nothing(Outcome.BAD_SIGNATURE, read(genuine().tamper("sign", "")));
        nothing(Outcome.BAD_SIGNATURE, read(genuine().tamper("sign", null)));
        nothing(Outcome.BAD_SIGNATURE, wechat.find(callback("<xml/>".getBytes(UTF_8))));
        nothing(Outcome.BAD_SIGNATURE, wechat.find(callback(genuine().body(KEY.replace('8', '9')))));
    }

    @Test
    void read_anyFieldChanged_isBadSignature() {
        for (String name : new String[] {"total_fee", "out_trade_no", "bank_type", "nonce_str", "result_code"}) {
            nothing(Outcome.BAD_SIGNATURE, read(genuine().tamper(name, "1")));
            nothing(Outcome.BAD_SIGNATURE, read(genuine().tamper(name, null)));
        }
        nothing(Outcome.BAD_SIGNATURE, read(genuine().tamper("x_added", "1")));
        nothing(Outcome.BAD_SIGNATURE, read(genuine().tamper("req_info", "AAAA")));
    }

    @Test
    void read_emptyFieldAdded_changesNothing() {
        paid(genuine().tamper("req_info", ""));
        paid(genuine().tamper("coupon_fee", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"return_code", "result_code", "mch_id", "out_trade_no", "transaction_id", "total_fee", "time_end"
            })
    void read_fieldMissingOrEmpty_isMalformed(String name) {
        String expected = "expected " + name + ", found none";
        assertEquals(expected, nothing(Outcome.MALFORMED, read(genuine().without(name))));
        assertEquals(expected, nothing(Outcome.MALFORMED, read(genuine().with(name, ""))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "+1",
                " 1",
                "1 ",
                "1.0",
                "01",
                "00",
                "1e3",
                "0x1",
                "１",
                "九",
                "9223372036854775808",
                "18446744073709551617",
                "10000000000000000000",
                "1,000",
                "null"
            })
    void read_totalFeeNoWholeNumber_isMalformed(String totalFee) {
        Finding finding = read(genuine().with("total_fee", totalFee));
        nothing(Outcome.MALFORMED, finding);
        assertNull(finding.claims().totalFee());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9223372036854775807L})
    void read_totalFeeWholeNumber_isTaken(long totalFee) {
        assertEquals(
                totalFee,
                paid(genuine().with("total_fee", Long.toString(totalFee)))
                        .trade()
                        .totalFee());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20250230120000",
                "00000101000000",
                "20250601240000",
                "20250601126000",
                "20250601120060",
                "20251301120000",
                "2025060112000",
                "202506011200000",
                "2025-06-01T12:00",
                "２0250601120005",
                "+0250601120005",
                "20230229000000"
            })
    void read_timeEndNoTime_isMalformed(String timeEnd) {
        nothing(Outcome.MALFORMED, read(genuine().with("time_end", timeEnd)));
    }

    @Test
    void read_timeEnd_isBeijingTime() {
        assertEquals(
                Instant.parse("2024-02-28T16:00:00Z"),
                paid(genuine().with("time_end", "20240229000000")).paidAt());
    }

    @Test
    void read_feeType_isTheCurrency() {
        assertEquals("CNY", paid(genuine().without("fee_type")).currency());
        assertEquals("CNY", paid(genuine().with("fee_type", "")).currency());
        assertEquals("USD", paid(genuine().with("fee_type", "USD")).currency());
    }

    @Test
    void read_payer_mayBeMissing() {
        assertNull(paid(genuine().without("openid")).payer());
        assertEquals("sub", paid(genuine().with("sub_openid", "sub")).payer());
    }

    @Test
    void read_otherMerchantOrApp_isWrongMerchant() {
        nothing(Outcome.WRONG_MERCHANT, read(genuine().with("mch_id", "1900000110")));
        nothing(Outcome.WRONG_MERCHANT, read(genuine().with("appid", "wx9")));
        nothing(Outcome.WRONG_MERCHANT, read(genuine().without("appid")));
        Callback otherApp = callback(genuine().with("appid", "wx9").body(KEY));
        assertInstanceOf(Payment.class, sender("any").find(otherApp));
        assertInstanceOf(Payment.class, sender("any", "wx1", "wx9").find(otherApp));
    }

    @Test
    void read_malformedAndOtherMerchant_isMalformed() {
        nothing(Outcome.MALFORMED, read(genuine().with("mch_id", "1900000110").with("total_fee", "x")));
    }

    @ParameterizedTest
    @CsvSource({"FAIL, FAIL", "FAIL, SUCCESS", "SUCCESS, FAIL", "SUCCESS, success", "SUCCESS, REFUND", "ok, SUCCESS"})
    void read_saysNotPaid_isNotPaid(String returnCode, String resultCode) {
        nothing(Outcome.NOT_PAID, read(genuine().with("return_code", returnCode).with("result_code", resultCode)));
    }

    @Test
    void read_saysNotPaid_needsOnlyItsSign() {
        WechatV2Callback fail = genuine()
                .with("result_code", "FAIL")
                .without("return_code")
                .without("mch_id")
                .without("appid")
                .without("out_trade_no")
                .without("transaction_id")
                .without("time_end")
                .with("total_fee", "x");
        nothing(Outcome.NOT_PAID, read(fail));
        nothing(Outcome.WRONG_MERCHANT, read(fail.with("mch_id", "1")));
        nothing(Outcome.WRONG_MERCHANT, read(fail.without("mch_id").with("appid", "wx9")));
        Callback noApps =
                callback(genuine().with("result_code", "FAIL").without("appid").body(KEY));
        nothing(Outcome.NOT_PAID, sender("any").find(noApps));
    }

    @Test
    void read_unverified_stillSaysWhatItClaims() {
        Finding finding = read(genuine().tamper("total_fee", "1").without("fee_type"));
        nothing(Outcome.BAD_SIGNATURE, finding);
        assertEquals(
                Claims.ofPayment()
                        .mchId(MCH_ID)
                        .outTradeNo("ORD1")
                        .transactionId(WechatV2Callback.transactionId("ORD1"))
                        .totalFee(1L)
                        .build(),
                finding.claims());
    }

    @Test
    void reply_isTheDocumentsToTheByte() {
        Reply success = wechat.reply(callback(new byte[0]), Outcome.APPLIED);
        assertArrayEquals(Vectors.bytes("v2-reply/success.xml"), success.body());
        assertEquals(200, success.httpStatus());
        assertEquals("text/xml;charset=UTF-8", success.contentType());
        assertEquals(
                Vectors.text("v2-reply/fail.xml").replace("signature error", "BAD_SIGNATURE"),
                wechat.reply(callback(new byte[0]), Outcome.BAD_SIGNATURE).text());
    }

    private static WechatV2Callback deduction(String tradeState) {
        return genuine().with("trade_type", "PAP").with("contract_id", "2015").with("trade_state", tradeState);
    }

    /** protocol-2.md, 13.1: a deduction that failed says SUCCESS in both codes. */
    @ParameterizedTest
    @ValueSource(strings = {"PAY_FAIL", "NOTPAY", "CLOSED", "ACCEPT", "REVOKED", "REFUND", "success", "SUCCESS "})
    void read_tradeStateOtherThanSuccess_isNotPaid(String tradeState) {
        paid(deduction("SUCCESS"));
        String detail = nothing(Outcome.NOT_PAID, read(deduction(tradeState)));
        assertEquals("expected trade_state SUCCESS, found '" + tradeState + "'", detail);
        nothing(
                Outcome.NOT_PAID,
                read(deduction(tradeState)
                        .without("total_fee")
                        .without("transaction_id")
                        .without("time_end")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"loop/v2-papay-notice-payfail.xml, NOT_PAID", "loop/v2-papay-contract-delete.xml, IGNORED"})
    void read_samplesOfPapay_areNoPayment(String sampleAndOutcome) {
        String[] parts = sampleAndOutcome.split(", ");
        nothing(Outcome.valueOf(parts[1]), wechat.find(callback(Vectors.bytes(parts[0]))));
    }

    @Test
    void read_contractOfPapay_isIgnoredAndTellsWhat() {
        WechatV2Callback contract = genuine()
                .without("total_fee")
                .without("transaction_id")
                .without("out_trade_no")
                .without("time_end")
                .with("change_type", "ADD")
                .with("contract_id", "2015");
        NothingToBook nothing = assertInstanceOf(NothingToBook.class, read(contract));
        assertEquals(Outcome.IGNORED, nothing.outcome());
        assertTrue(nothing.detail().contains("a contract of papay, change_type 'ADD'"), nothing.detail());
        assertNull(nothing.claims().event());
        assertFalse(nothing.alarming());
        // Beside an amount it opens no way around the payment's own fields.
        paid(genuine().with("change_type", "ADD"));
        nothing(Outcome.WRONG_MERCHANT, read(contract.with("mch_id", "1900000110")));
    }

    /** protocol-2.md, 12.2: closed in 2021, so somebody should look. */
    @Test
    void read_oldCombinedPayment_isIgnoredWithAWarning() {
        WechatV2Callback combined = genuine()
                .without("total_fee")
                .without("transaction_id")
                .without("out_trade_no")
                .without("time_end")
                .with("sub_order_list", "{\"order_num\":1}");
        NothingToBook nothing = assertInstanceOf(NothingToBook.class, read(combined));
        assertEquals(Outcome.IGNORED, nothing.outcome());
        assertTrue(nothing.alarming());
        nothing(Outcome.MALFORMED, read(combined.with("out_trade_no", "ORD1")));
    }

    /** Verified is a fact of its own, whatever the outcome's word is. */
    @Test
    void read_signedButNotReadable_isVerifiedAndSomebodyShouldLook() {
        NothingToBook signed =
                assertInstanceOf(NothingToBook.class, read(genuine().without("time_end")));
        assertEquals(Outcome.MALFORMED, signed.outcome());
        assertTrue(signed.verified());
        assertTrue(signed.alarming());
        NothingToBook forged = assertInstanceOf(
                NothingToBook.class, read(genuine().without("time_end").tamper("total_fee", "1")));
        assertEquals(Outcome.BAD_SIGNATURE, forged.outcome());
        assertFalse(forged.verified());
        assertFalse(forged.alarming());
    }

    /** The key is the merchant's own: only WeChat can have caused it. */
    @Test
    void read_anotherMerchants_isAlarming() {
        Accounts.assertAlarming(Outcome.WRONG_MERCHANT, read(genuine().with("mch_id", "1900000110")));
    }
}
