package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV2Callback.Form;
import paynotify.kit.WechatV2Callback.Sign;

/** Contract, section 3, fine print: the fields of an API v2 payment and its signature. */
@OnBothTomcats
class V2FieldsIT {
    private static final String CHINESE = "{\"shop\":\"深圳&分店\",\"n\":\"a<b\",'q':\"𠮷😀\"}";

    private final Shop shop;

    V2FieldsIT(TomcatVersion version) {
        shop = Shop.shared(version);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void payment_writtenInAnyForm_isApplied(Form form) {
        applied(callback -> callback.with("attach", "plain").all(form));
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"CDATA", "ENTITIES", "SPLIT_CDATA"})
    void attach_withChineseAndMarkup_isReadAsItWasSigned(Form form) {
        applied(callback -> callback.with("attach", CHINESE, form));
    }

    static Stream<String> oddValues() {
        return Stream.of(
                " leading", "trailing ", "  ", "line\nfeed", "tab\there", "]]", "a=b&c=d&key=", "%E6%B7%B1", "+");
    }

    @ParameterizedTest
    @MethodSource("oddValues")
    void attach_withOddCharacters_isNeitherTrimmedNorDecoded(String value) {
        applied(callback -> callback.with("attach", value));
        applied(callback -> callback.with("attach", value, Form.ENTITIES));
    }

    @Test
    void attach_withEndOfCdata_isReadFromSplitSectionsAndFromEntities() {
        applied(callback -> callback.with("attach", "a]]>b", Form.SPLIT_CDATA));
        applied(callback -> callback.with("attach", "a]]>b", Form.ENTITIES));
    }

    @Test
    void lineEnds_inValues_areReadAsXmlSays() {
        // XML 1.0, section 2.11: CR LF is read as LF; a CR written as a reference stays one.
        applied(callback -> callback.with("attach", "a\nb").tamper("attach", "a\r\nb"));
        applied(callback -> callback.with("attach", "a\r\nb", Form.ENTITIES));
    }

    @Test
    void value_mixedOfTextSectionsCommentsAndReferences_isOneText() {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback signed = WechatV2Callback.payment(Shop.MCH_ID, no, 101).with("attach", "ab<c>d&e");
        String body = signed.xml(Shop.KEY)
                .replace("<![CDATA[ab<c>d&e]]>", "a<![CDATA[b<]]><!-- ignored -->c&gt;<![CDATA[]]>d&#38;&#x65;");
        Exchange.post(shop, "wechat", body).answers("APPLIED").logs(signed, body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<attach></attach>", "<attach/>", "<attach />", "<attach><![CDATA[]]></attach>"})
    void emptyField_howeverWritten_isLeftOutOfTheSignature(String element) {
        applied(callback -> callback.raw(element));
    }

    @Test
    void emptyReqInfo_inSignedPayment_isLikeAnyEmptyField() {
        applied(callback -> callback.raw("<req_info></req_info>"));
    }

    @Test
    void emptyReqInfo_inUnsignedPayment_opensNoWayAroundTheSignature() {
        refused("BAD_SIGNATURE", callback -> callback.tamper("sign", null).raw("<req_info></req_info>"));
        refused("BAD_SIGNATURE", callback -> callback.tamper("sign", "").raw("<req_info/>"));
    }

    @Test
    void unknownFields_takePartInTheSignature() {
        applied(callback -> callback.with("x_future_field", "new value")
                .with("Zzz", "capitals sort first")
                .with("coupon_fee", "1")
                .with("coupon_fee_0", "underscore sorts after"));
        refused("BAD_SIGNATURE", callback -> callback.raw("<x_future_field>not signed</x_future_field>"));
    }

    @Test
    void fieldWithChineseName_isAField() {
        applied(callback -> callback.with("商品", "茶"));
    }

    @Test
    void couponsAndServiceProvider_payerIsTheSubMerchants() {
        String no = applied(callback -> callback.with("sub_appid", "wx2222222222222222")
                .with("sub_mch_id", "1900000110")
                .with("sub_openid", "oSub8uMuAJO_M2pxb1Q9zNjWeS6o")
                .with("sub_is_subscribe", "N")
                .with("coupon_fee", "30")
                .with("coupon_count", "2")
                .with("coupon_type_0", "CASH")
                .with("coupon_id_0", "10000")
                .with("coupon_fee_0", "10")
                .with("coupon_type_1", "NO_CASH")
                .with("coupon_id_1", "10001")
                .with("coupon_fee_1", "20")
                .with("cash_fee", "71")
                .with("settlement_total_fee", "81")
                .with("promotion_detail", "{\"promotion_detail\":[]}")
                .with("device_info", ""));
        assertEquals(
                "oSub8uMuAJO_M2pxb1Q9zNjWeS6o", shop.orderRow(Shop.MCH_ID, no).get("payer"));
    }

    @Test
    void payer_whereSubOpenidIsEmpty_isOpenid() {
        String no = applied(callback -> callback.with("sub_openid", ""));
        assertEquals(
                "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", shop.orderRow(Shop.MCH_ID, no).get("payer"));
    }

    @Test
    void payer_whereThereIsNone_isNull() {
        String no = applied(callback -> callback.without("openid"));
        assertEquals(null, shop.orderRow(Shop.MCH_ID, no).get("payer"));
    }

    @Test
    void outTradeNo_withAllCharactersThatWechatAllows_isFound() {
        String no = shop.order(Shop.MCH_ID, 101);
        String odd = no + "_-|*@a";
        shop.database().execute("update payment_order set out_trade_no = ? where out_trade_no = ?", odd, no);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, odd, 101);
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("APPLIED");
    }

    @ParameterizedTest
    @EnumSource(Sign.class)
    void signature_ofBothAlgorithms_isTakenInAnyCase(Sign sign) {
        applied(callback -> callback.signedWith(sign));
        applied(callback -> callback.signedWith(sign).lowerCaseSign());
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback =
                WechatV2Callback.payment(Shop.MCH_ID, no, 101).signedWith(sign);
        String upper = callback.sign(Shop.KEY);
        String mixed = upper.substring(0, 16) + upper.substring(16).toLowerCase(Locale.ROOT);
        Exchange.post(shop, "wechat", callback.tamper("sign", mixed).xml(Shop.KEY))
                .answers("APPLIED");
    }

    @Test
    void signature_isToldApartByItsLengthNotBySignType() {
        applied(callback -> callback.with("sign_type", "HMAC-SHA256").signedWith(Sign.HMAC_SHA256));
        applied(callback -> callback.with("sign_type", "MD5").signedWith(Sign.MD5));
        applied(callback -> callback.with("sign_type", "MD5").signedWith(Sign.HMAC_SHA256));
        applied(callback -> callback.with("sign_type", "HMAC-SHA256").signedWith(Sign.MD5));
    }

    static Stream<UnaryOperator<String>> wrongSigns() {
        return Stream.of(
                sign -> "",
                sign -> sign.substring(1),
                sign -> sign + "0",
                sign -> " " + sign,
                sign -> sign + " ",
                sign -> (sign.charAt(0) == '0' ? "1" : "0") + sign.substring(1),
                sign -> sign.substring(0, 31) + (sign.charAt(31) == '0' ? "1" : "0"),
                sign -> "0".repeat(32),
                sign -> "0".repeat(64),
                sign -> sign + sign,
                sign -> "Z".repeat(32),
                sign -> "签".repeat(32),
                // U+0131 and U+212A turn into I and K where case is folded carelessly.
                sign -> sign.substring(1) + "ı");
    }

    @ParameterizedTest
    @MethodSource("wrongSigns")
    void signature_thatIsWrong_isBadSignature(UnaryOperator<String> wrong) {
        refused("BAD_SIGNATURE", callback -> callback.tamper("sign", wrong.apply(callback.sign(Shop.KEY))));
    }

    @Test
    void signature_thatIsMissing_isBadSignature() {
        refused("BAD_SIGNATURE", callback -> callback.tamper("sign", null));
    }

    @Test
    void signature_madeWithAnEmptyKey_isBadSignature() {
        refused("BAD_SIGNATURE", callback -> callback.tamper("sign", callback.sign("")));
    }

    @Test
    void signature_overTheTextAsItStandsInTheXml_isBadSignature() {
        refused("BAD_SIGNATURE", callback -> {
            String wrong = callback.with("attach", "a&amp;b").sign(Shop.KEY);
            return callback.with("attach", "a&b", Form.ENTITIES).tamper("sign", wrong);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "md5only, MD5, APPLIED",
        "md5only, HMAC_SHA256, BAD_SIGNATURE",
        "hmaconly, HMAC_SHA256, APPLIED",
        "hmaconly, MD5, BAD_SIGNATURE"
    })
    void signType_limitsWhatAnAccountTakes(String account, Sign sign, String outcome) {
        String no = shop.order(Shop.LIMITED_MCH_ID, 101);
        WechatV2Callback callback =
                WechatV2Callback.payment(Shop.LIMITED_MCH_ID, no, 101).signedWith(sign);
        Exchange.post(shop, account, callback.xml(Shop.LIMITED_KEY)).answers(outcome);
        assertEquals(
                outcome.equals("APPLIED") ? "PAID" : "PENDING",
                shop.orderRow(Shop.LIMITED_MCH_ID, no).get("status"));
    }

    @ParameterizedTest
    @CsvSource({
        "wxd930ea5d5a258f4f, APPLIED",
        "wx2421b1c4370ec43b, APPLIED",
        "wx8888888888888888, WRONG_MERCHANT",
        "wxd930ea5d5a258f4F, WRONG_MERCHANT",
        "'wxd930ea5d5a258f4f, wx2421b1c4370ec43b', WRONG_MERCHANT",
        "'', WRONG_MERCHANT"
    })
    void appId_whereTheAccountNamesSome_mustBeOneOfThem(String appId, String outcome) {
        String no = shop.order(Shop.OTHER_MCH_ID, 101);
        WechatV2Callback callback =
                WechatV2Callback.payment(Shop.OTHER_MCH_ID, no, 101).with("appid", appId);
        Exchange.post(shop, "other", callback.xml(Shop.OTHER_KEY)).answers(outcome);
        assertEquals(
                outcome.equals("APPLIED") ? "PAID" : "PENDING",
                shop.orderRow(Shop.OTHER_MCH_ID, no).get("status"));
    }

    @Test
    void twoAccounts_withDifferentKeys_takeOnlyTheirOwn() {
        String no = shop.order(Shop.OTHER_MCH_ID, 101);
        WechatV2Callback callback =
                WechatV2Callback.payment(Shop.OTHER_MCH_ID, no, 101).with("appid", "wxd930ea5d5a258f4f");
        Exchange.post(shop, "other", callback.xml(Shop.KEY)).answers("BAD_SIGNATURE");
        Exchange.post(shop, "wechat", callback.xml(Shop.OTHER_KEY)).answers("BAD_SIGNATURE");
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("WRONG_MERCHANT");
        assertEquals("PENDING", shop.orderRow(Shop.OTHER_MCH_ID, no).get("status"));
        Exchange.post(shop, "other", callback.xml(Shop.OTHER_KEY)).answers("APPLIED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"return_code", "result_code", "mch_id", "out_trade_no", "transaction_id", "total_fee", "time_end"
            })
    void neededField_missingOrEmpty_isMalformed(String name) {
        refused("MALFORMED", callback -> callback.without(name)).detail(name);
        refused("MALFORMED", callback -> callback.with(name, "")).detail(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"total_fee", "sign", "attach", "x_unknown"})
    void doubledField_isMalformed(String name) {
        refused("MALFORMED", callback -> callback.with("attach", "a")
                .with("x_unknown", "u")
                .raw("<" + name + ">101</" + name + ">"));
        refused(
                "MALFORMED",
                callback -> callback.with("attach", "a").with("x_unknown", "u").raw("<" + name + "/>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0101",
                "00",
                "+101",
                "-101",
                "-0",
                " 101",
                "101 ",
                "101\n",
                "101.0",
                "101.",
                "1e2",
                "0x65",
                "1,01",
                "１０１",
                "٣",
                "abc",
                "9223372036854775808",
                "18446744073709551717",
                "99999999999999999999999999999999"
            })
    void totalFee_thatIsNoWholeNumber_isMalformed(String value) {
        refused("MALFORMED", callback -> callback.with("total_fee", value))
                .detail("total_fee")
                .column("total_fee", null)
                .column("event", "PAYMENT");
    }

    @Test
    void totalFee_atTheEdgeOfBigint_isANumber() {
        refused("AMOUNT_MISMATCH", callback -> callback.with("total_fee", "9223372036854775807"))
                .column("total_fee", Long.MAX_VALUE);
        String no = shop.order(Shop.MCH_ID, Long.MAX_VALUE);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, Long.MAX_VALUE);
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("APPLIED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20250230120000",
                "20250229120000",
                "20250601240000",
                "20250601126000",
                "20250601125960",
                "20251301120000",
                "20250001120000",
                "20250600120000",
                "2025060112000",
                "202506011200050",
                "2025-06-01T12:00:05",
                "20250601T20005",
                " 20250601120005",
                "20250601120005 ",
                "２０２５０６０１１２０００５",
                "+2025060112005",
                "-2025060112005",
                "abcdefghijklmn"
            })
    void timeEnd_thatDoesNotExist_isMalformed(String value) {
        refused("MALFORMED", callback -> callback.with("time_end", value)).detail("time_end");
    }

    @ParameterizedTest
    @CsvSource({
        "20240229235959, 2024-02-29T15:59:59Z",
        "20250101000000, 2024-12-31T16:00:00Z",
        // China had summer time then; WeChat's times are UTC+8 whatever the year.
        "19880701120000, 1988-07-01T04:00:00Z"
    })
    void timeEnd_isBeijingTime(String value, Instant expected) {
        String no = applied(callback -> callback.with("time_end", value));
        assertEquals(Timestamp.from(expected), shop.orderRow(Shop.MCH_ID, no).get("paid_at"));
    }

    @Test
    void feeType_absentOrEmpty_isCny() {
        applied(callback -> callback.without("fee_type"));
        applied(callback -> callback.with("fee_type", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"USD", "cny", "CNY ", "人民币"})
    void feeType_thatIsNotTheOrders_isAmountMismatch(String value) {
        refused("AMOUNT_MISMATCH", callback -> callback.with("fee_type", value)).column("currency", value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FAIL", "success", "SUCCESS ", "REFUND", "OK", "成功"})
    void resultCode_thatIsNotSuccess_isNotPaid(String value) {
        refused("NOT_PAID", callback -> callback.with("result_code", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FAIL", "success", "ANYTHING"})
    void returnCode_signedAndNotSuccess_isNotPaid(String value) {
        refused("NOT_PAID", callback -> callback.with("return_code", value));
    }

    @Test
    void returnCodeFail_unsigned_isBadSignature() {
        String body = "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[busy]]></return_msg></xml>";
        Exchange.post(shop, "wechat", body).answers("BAD_SIGNATURE").column("event", "PAYMENT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"out_trade_no", "transaction_id", "total_fee", "time_end", "openid", "fee_type"})
    void failedPayment_needsOnlyWhatVerifiesIt(String missing) {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101)
                .with("result_code", "FAIL")
                .with("err_code", "SYSTEMERROR")
                .with("err_code_des", "系统错误")
                .without(missing);
        String body = callback.xml(Shop.KEY);
        Exchange.post(shop, "wechat", body).answers("NOT_PAID").logs(callback, body);
        assertEquals("PENDING", shop.orderRow(Shop.MCH_ID, no).get("status"));
    }

    static Stream<Arguments> precedence() {
        return Stream.of(
                Arguments.of("BAD_SIGNATURE", change(c -> c.tamper("total_fee", "x"))),
                Arguments.of("MALFORMED", change(c -> c.with("mch_id", "1").with("total_fee", "x"))),
                Arguments.of("WRONG_MERCHANT", change(c -> c.with("mch_id", "1").with("result_code", "FAIL"))),
                Arguments.of(
                        "NOT_PAID", change(c -> c.with("out_trade_no", "none").with("result_code", "FAIL"))),
                Arguments.of("UNKNOWN_ORDER", change(c -> c.with("out_trade_no", "none")
                        .with("total_fee", "1"))));
    }

    @ParameterizedTest
    @MethodSource("precedence")
    void twoFaults_theOneThatTrustAsksForFirstIsAnswered(String outcome, UnaryOperator<WechatV2Callback> faults) {
        refused(outcome, faults);
    }

    /** A payment of a new order, changed so, is applied; the order's number. */
    private String applied(UnaryOperator<WechatV2Callback> change) {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback = change.apply(WechatV2Callback.payment(Shop.MCH_ID, no, 101));
        String body = callback.xml(Shop.KEY);
        Exchange.post(shop, "wechat", body).answers("APPLIED").logs(callback, body);
        assertEquals("PAID", shop.orderRow(Shop.MCH_ID, no).get("status"));
        return no;
    }

    /** A payment of a new order, changed so, gets this outcome, and the order stays as it was. */
    private Exchange refused(String outcome, UnaryOperator<WechatV2Callback> change) {
        String no = shop.order(Shop.MCH_ID, 101);
        Map<String, Object> before = shop.orderRow(Shop.MCH_ID, no);
        WechatV2Callback callback = change.apply(WechatV2Callback.payment(Shop.MCH_ID, no, 101));
        String body = callback.xml(Shop.KEY);
        Exchange exchange = Exchange.post(shop, "wechat", body).answers(outcome).column("body", body);
        assertEquals(before, shop.orderRow(Shop.MCH_ID, no));
        return exchange;
    }

    private static UnaryOperator<WechatV2Callback> change(UnaryOperator<WechatV2Callback> change) {
        return change;
    }
}
