package paynotify.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Vectors;
import paynotify.kit.WechatV3Callback;

class WechatV3CombinedTest {
    private static final String KEY = Vectors.text("keys/v3_api_key.txt");
    private static final long NOW = 1748750406;
    private static final String SERIAL = "PUB_KEY_ID_0119000001092025060100192001000001";

    private final Sender wechat = wechat();

    private static Sender wechat(String... more) {
        return Accounts.wechat(List.of(
                        "mch-id = 1900000109",
                        "app-id = wx8888888888888888",
                        "api-v3-key = " + KEY,
                        "public-key." + SERIAL + " = $vectors/keys/wechat_pubkey_mode_public.pem",
                        String.join("\n", more))
                .toArray(String[]::new));
    }

    private static List<Finding> find(Sender sender, String event, String content) {
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification(event, content, KEY),
                NOW,
                SERIAL,
                Vectors.text("keys/wechat_pubkey_mode_private.pem"));
        return sender.find(WechatV3Test.callback(callback.body(), callback.headers(), NOW));
    }

    private List<Finding> combined(String content) {
        return find(wechat, "TRANSACTION.SUCCESS", content);
    }

    private static String whole(String... subOrders) {
        return WechatV3Callback.combined("1900000109", "CMB1", subOrders);
    }

    private static String sub(String mchId, String outTradeNo) {
        return WechatV3Callback.subOrder(mchId, outTradeNo, 101);
    }

    private NothingToBook refused(Outcome outcome, String content) {
        List<Finding> findings = combined(content);
        assertEquals(1, findings.size());
        NothingToBook nothing = assertInstanceOf(NothingToBook.class, findings.get(0));
        assertEquals(outcome, nothing.outcome(), nothing.detail());
        assertTrue(nothing.verified());
        return nothing;
    }

    /** As many as there can be, each with two coupons for two articles: some 3,000 members. */
    @Test
    void find_fiftyOrdersWithCoupons_isFiftyPayments() {
        String coupon = """
                {"coupon_id":"109519","name":"单品惠-6","scope":"SINGLE","type":"CASH","amount":1,"stock_id":"931386",\
                "wechatpay_contribute":1,"merchant_contribute":0,"other_contribute":0,"currency":"CNY","goods_detail":[\
                {"goods_id":"a1","quantity":7,"unit_price":1,"discount_amount":4,"goods_remark":"一"},\
                {"goods_id":"a2","quantity":7,"unit_price":1,"discount_amount":4,"goods_remark":"二"}]}""";
        String[] orders = IntStream.range(0, 50)
                .mapToObj(i -> sub("1900000109", "SUB" + i)
                        .replaceFirst(
                                "\\{", "{\"promotion_detail\":[" + coupon + "," + coupon + "],\"sub_mchid\":\"1\","))
                .toArray(String[]::new);
        List<Finding> findings = combined(whole(orders));
        assertEquals(50, findings.size(), () -> findings.get(0).toString());
        findings.forEach(each -> assertInstanceOf(Payment.class, each));
    }

    @Test
    void find_sample_isAPaymentForEachOrderThatWasPaid() {
        List<Finding> findings = combined(Vectors.text("loop/v3-combine-plaintext.json"));
        assertEquals(3, findings.size());
        Payment first = assertInstanceOf(Payment.class, findings.get(0));
        assertEquals(
                new Trade(
                        "1900000109",
                        null,
                        "SUB20250601120000001",
                        "4200002600202506011200050031",
                        1001,
                        "CMB20250601120000001"),
                first.trade());
        assertEquals(Instant.parse("2025-06-01T04:00:05.120Z"), first.paidAt());
        assertEquals("CNY", first.currency());
        assertEquals("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", first.payer());
        Payment second = assertInstanceOf(Payment.class, findings.get(1));
        assertEquals("1900000112", second.trade().mchId());
        assertEquals(2500, second.trade().totalFee());
        NothingToBook third = assertInstanceOf(NothingToBook.class, findings.get(2));
        assertEquals(Outcome.NOT_PAID, third.outcome());
        assertEquals("SUB20250601120000003", third.claims().outTradeNo());
        assertEquals("1900000113", third.claims().mchId());
        assertEquals(300, third.claims().totalFee());
        for (Finding each : findings) {
            assertEquals("CMB20250601120000001", each.claims().combineOutTradeNo());
            assertEquals("PAYMENT", each.claims().event());
        }
    }

    @Test
    void find_serviceProvidersSample_namesTheSubMerchants() {
        String sample = Vectors.text("loop/v3-combine-plaintext-sp.json");
        Payment second = assertInstanceOf(Payment.class, combined(sample).get(1));
        assertEquals("1900000111", second.trade().subMchId());
        assertEquals("oGFfks4X4C4gOQnTl3sJqRzG4abc", second.payer());
        Sender ofOne = wechat("sub-mch-id = 1900000110");
        NothingToBook other = assertInstanceOf(
                NothingToBook.class, find(ofOne, "TRANSACTION.SUCCESS", sample).get(0));
        assertEquals(Outcome.WRONG_MERCHANT, other.outcome());
        Sender ofBoth = wechat("sub-mch-id = 1900000110,1900000111");
        assertEquals(2, find(ofBoth, "TRANSACTION.SUCCESS", sample).size());
    }

    /** One unreadable sub order makes the whole MALFORMED, and it has one row. */
    @ParameterizedTest
    @ValueSource(strings = {"mchid", "out_trade_no", "trade_state", "transaction_id", "success_time", "total_amount"})
    void find_subOrderLacksAField_isMalformedAsAWhole(String name) {
        String broken = sub("1", "B").replace("\"" + name + "\"", "\"x\"");
        NothingToBook nothing = refused(Outcome.MALFORMED, whole(sub("1", "A"), broken));
        assertEquals("CMB1", nothing.claims().combineOutTradeNo());
        assertEquals("1900000109", nothing.claims().mchId());
        assertNull(nothing.claims().outTradeNo());
        assertTrue(nothing.alarming());
    }

    @Test
    void find_noOrTooManyOrDoubledSubOrders_isMalformed() {
        refused(Outcome.MALFORMED, whole());
        refused(Outcome.MALFORMED, whole("1"));
        refused(Outcome.MALFORMED, whole(sub("1", "A")).replace("[", "{\"x\":[").replace("]", "]}"));
        refused(Outcome.MALFORMED, whole(sub("1", "A"), sub("2", "A"), sub("1", "A")));
        String[] fifty = IntStream.range(0, 50).mapToObj(i -> sub("1", "A" + i)).toArray(String[]::new);
        assertEquals(50, combined(whole(fifty)).size());
        String[] more = IntStream.range(0, 51).mapToObj(i -> sub("1", "A" + i)).toArray(String[]::new);
        assertTrue(refused(Outcome.MALFORMED, whole(more)).detail().contains("1 to 50 sub_orders"));
    }

    @Test
    void find_placedByAnother_isWrongMerchant() {
        refused(Outcome.WRONG_MERCHANT, WechatV3Callback.combined("1900000110", "CMB1", sub("1900000109", "A")));
        refused(Outcome.WRONG_MERCHANT, whole(sub("1", "A")).replace("wx8888888888888888", "wx1"));
        // An app that is not given is not compared.
        assertEquals(
                1,
                combined(whole(sub("1", "A")).replace("\"combine_appid\":\"wx8888888888888888\",", ""))
                        .size());
    }

    /** Whether the order was one of a combined payment of ours, only the log knows. */
    @ParameterizedTest
    @CsvSource({"1900000109, false", "1900000112, true"})
    void find_refund_saysWhetherItsOrderIsAnotherMerchants(String mchId, boolean another) {
        String content = WechatV3Callback.refund(mchId, "SUB1", 101, "RFD1", 51, "SUCCESS");
        Refund refund = assertInstanceOf(
                Refund.class, find(wechat, "REFUND.SUCCESS", content).get(0));
        assertEquals(another, refund.ofAnotherMerchant());
        assertEquals(mchId, refund.trade().mchId());
        assertFalse(refund.claims().outTradeNo().isEmpty());
    }
}
