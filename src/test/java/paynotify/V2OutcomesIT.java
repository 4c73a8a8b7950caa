package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/** Contract, section 3: each row of the table that an API v2 payment can reach, down to the byte and the column. */
@OnBothTomcats
class V2OutcomesIT {
    private static final Instant PAID_AT = Instant.parse("2025-06-01T04:00:05Z");

    private final Shop shop;

    V2OutcomesIT(TomcatVersion version) {
        shop = Shop.shared(version);
    }

    @Test
    void payment_ofPendingOrder_isAppliedOnceAndThenDuplicate() {
        String no = shop.order(Shop.MCH_ID, 101);
        Map<String, Object> paid = new LinkedHashMap<>(shop.orderRow(Shop.MCH_ID, no));
        paid.put("status", "PAID");
        paid.put("transaction_id", WechatV2Callback.transactionId(no));
        paid.put("paid_at", Timestamp.from(PAID_AT));
        paid.put("payer", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101);
        String body = callback.xml(Shop.KEY);

        Exchange.post(shop, "wechat", body).answers("APPLIED").logs(callback, body);
        assertEquals(paid, shop.orderRow(Shop.MCH_ID, no));

        Exchange.post(shop, "wechat", body).answers("DUPLICATE").logs(callback, body);
        assertEquals(paid, shop.orderRow(Shop.MCH_ID, no));
    }

    @Test
    void payment_repeatedWithOtherTimeAndPayer_isDuplicateAndChangesNothing() {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101);
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("APPLIED");
        callback.with("time_end", "20250602130005").with("openid", "another");
        unchanged(no, callback, "DUPLICATE");
    }

    @Test
    void payment_thatFailed_isNotPaid() {
        String no = shop.order(Shop.MCH_ID, 101);
        unchanged(no, WechatV2Callback.payment(Shop.MCH_ID, no, 101).with("result_code", "FAIL"), "NOT_PAID");
    }

    @Test
    void payment_ofUnknownOrder_isUnknownOrder() {
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, Shop.newOrderNo(), 101);
        String body = callback.xml(Shop.KEY);
        Exchange.post(shop, "wechat", body).answers("UNKNOWN_ORDER").logs(callback, body);
        assertEquals(0, shop.database().count("payment_order where out_trade_no = ?", callback.value("out_trade_no")));
    }

    @Test
    void payment_ofAnotherMerchantsOrderNumber_isUnknownOrder() {
        String no = shop.order(Shop.OTHER_MCH_ID, 101);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101);
        Map<String, Object> before = shop.orderRow(Shop.OTHER_MCH_ID, no);
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("UNKNOWN_ORDER");
        assertEquals(before, shop.orderRow(Shop.OTHER_MCH_ID, no));
    }

    @ParameterizedTest
    @CsvSource({"total_fee,100,101,100", "total_fee,102,101,102", "total_fee,0,101,0", "fee_type,USD,CNY,USD"})
    void payment_ofAnotherAmountOrCurrency_isAmountMismatch(String name, String value, String expected, String found) {
        String no = shop.order(Shop.MCH_ID, 101);
        unchanged(no, WechatV2Callback.payment(Shop.MCH_ID, no, 101).with(name, value), "AMOUNT_MISMATCH")
                .detail(expected, found);
    }

    @Test
    void payment_inTheOrdersOwnForeignCurrency_isApplied() {
        String no = shop.order(Shop.MCH_ID, 101);
        shop.database().execute("update payment_order set currency = 'USD' where out_trade_no = ?", no);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101);
        unchanged(no, callback, "AMOUNT_MISMATCH");
        callback.without("fee_type");
        unchanged(no, callback, "AMOUNT_MISMATCH").column("currency", "CNY");
        Exchange.post(shop, "wechat", callback.with("fee_type", "USD").xml(Shop.KEY))
                .answers("APPLIED")
                .column("currency", "USD");
    }

    @Test
    void payment_ofClosedOrder_isOrderClosed() {
        String no = shop.order(Shop.MCH_ID, 101);
        shop.database().execute("update payment_order set status = 'CLOSED' where out_trade_no = ?", no);
        unchanged(no, WechatV2Callback.payment(Shop.MCH_ID, no, 101), "ORDER_CLOSED");
    }

    @Test
    void payment_ofAnOrderPaidByAnother_isConflict() {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101);
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("APPLIED");
        unchanged(no, callback.with("transaction_id", "4200002600202506019999999999"), "CONFLICT");
    }

    @Test
    void payment_ofAnOrderPaidWithoutTransactionId_isConflict() {
        String no = shop.order(Shop.MCH_ID, 101);
        shop.database().execute("update payment_order set status = 'PAID' where out_trade_no = ?", no);
        unchanged(no, WechatV2Callback.payment(Shop.MCH_ID, no, 101), "CONFLICT");
    }

    @Test
    void payment_ofPaidOrderWithAnotherAmount_isAmountMismatch() {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101);
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("APPLIED");
        // The order of the checks: amount before status.
        unchanged(no, callback.with("total_fee", "102"), "AMOUNT_MISMATCH");
    }

    @Test
    void payment_ofAnotherMerchant_isWrongMerchant() {
        String no = shop.order(Shop.OTHER_MCH_ID, 101);
        Map<String, Object> before = shop.orderRow(Shop.OTHER_MCH_ID, no);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.OTHER_MCH_ID, no, 101);
        String body = callback.xml(Shop.KEY);
        Exchange.post(shop, "wechat", body)
                .answers("WRONG_MERCHANT")
                .logs(callback, body)
                .detail(Shop.MCH_ID, Shop.OTHER_MCH_ID);
        assertEquals(before, shop.orderRow(Shop.OTHER_MCH_ID, no));
    }

    @Test
    void failedPayment_ofAnotherMerchant_isWrongMerchant() {
        // The order of the checks: merchant before result.
        WechatV2Callback callback = WechatV2Callback.payment(Shop.OTHER_MCH_ID, Shop.newOrderNo(), 101)
                .with("result_code", "FAIL");
        Exchange.post(shop, "wechat", callback.xml(Shop.KEY)).answers("WRONG_MERCHANT");
    }

    @Test
    void payment_changedAfterSigning_isBadSignature() {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback =
                WechatV2Callback.payment(Shop.MCH_ID, no, 101).tamper("total_fee", "1");
        Map<String, Object> before = shop.orderRow(Shop.MCH_ID, no);
        String body = callback.xml(Shop.KEY);
        // What the callback says is logged, believed or not.
        Exchange.post(shop, "wechat", body).answers("BAD_SIGNATURE").logs(callback.with("total_fee", "1"), body);
        assertEquals(before, shop.orderRow(Shop.MCH_ID, no));
    }

    @Test
    void payment_signedWithAnotherAccountsKey_isBadSignature() {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101);
        Exchange.post(shop, "wechat", callback.xml(Shop.OTHER_KEY)).answers("BAD_SIGNATURE");
        assertEquals("PENDING", shop.orderRow(Shop.MCH_ID, no).get("status"));
    }

    @Test
    void payment_withoutAField_isMalformed() {
        String no = shop.order(Shop.MCH_ID, 101);
        unchanged(no, WechatV2Callback.payment(Shop.MCH_ID, no, 101).without("time_end"), "MALFORMED")
                .detail("time_end");
    }

    @Test
    void payment_notWellFormed_isMalformed() {
        String body = "<xml><mch_id>" + Shop.MCH_ID + "</xml>";
        Exchange.post(shop, "wechat", body).answers("MALFORMED").logsUnreadable("wechat-v2", body);
    }

    @Test
    void payment_overTheLimit_isTooLarge() {
        String body = "<xml><a>" + "x".repeat(70_000) + "</a></xml>";
        Exchange.post(shop, "wechat", body).answers("TOO_LARGE").logsUnreadable("wechat-v2", body.substring(0, 65_536));
    }

    /** Signed with the account's key, this outcome, and the order as it was. */
    private Exchange unchanged(String outTradeNo, WechatV2Callback callback, String outcome) {
        Map<String, Object> before = shop.orderRow(Shop.MCH_ID, outTradeNo);
        String body = callback.xml(Shop.KEY);
        Exchange exchange = Exchange.post(shop, "wechat", body).answers(outcome).logs(callback, body);
        assertEquals(before, shop.orderRow(Shop.MCH_ID, outTradeNo));
        return exchange;
    }
}
