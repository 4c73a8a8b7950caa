package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.kit.Answer;
import paynotify.kit.Http;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV2RefundCallback;
import paynotify.kit.WechatV3Callback;

/** API v3, refunds, and both versions of the API at one address. */
@OnBothTomcats
class WechatV3IT {
    private static final String PLATFORM_KEY = Shop.key("wechat_platform_private.pem");
    private static final String PUBLIC_MODE_KEY = Shop.key("wechat_pubkey_mode_private.pem");

    private final Shop shop;

    WechatV3IT(TomcatVersion version) {
        shop = Shop.shared(version);
    }

    private static WechatV3Callback signed(String body) {
        return WechatV3Callback.signed(body, Instant.now().getEpochSecond(), Shop.PLATFORM_SERIAL, PLATFORM_KEY);
    }

    private static WechatV3Callback event(String type, String resource) {
        return signed(WechatV3Callback.notification(type, resource, Shop.V3_KEY));
    }

    private static WechatV3Callback payment(String outTradeNo, long total) {
        return event("TRANSACTION.SUCCESS", WechatV3Callback.transaction(Shop.MCH_ID, outTradeNo, total));
    }

    private static WechatV3Callback refund(String outTradeNo, String outRefundNo, long refund, String status) {
        return event(
                "REFUND." + status, WechatV3Callback.refund(Shop.MCH_ID, outTradeNo, 101, outRefundNo, refund, status));
    }

    private static String[] headers(WechatV3Callback callback) {
        return callback.headers().entrySet().stream()
                .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                .toArray(String[]::new);
    }

    private Exchange post(String account, WechatV3Callback callback) {
        return Exchange.post(shop, account, callback.body(), headers(callback));
    }

    private Map<String, Object> order(String outTradeNo) {
        return shop.orderRow(Shop.MCH_ID, outTradeNo);
    }

    private Map<String, Object> refundRow(String outRefundNo) {
        return shop.database().row("select * from payment_refund where out_refund_no = ?", outRefundNo);
    }

    @Test
    void payment_signedByEitherKey_isAppliedAndLoggedWithItsHeaders() {
        String outTradeNo = shop.order(Shop.MCH_ID, 101);
        WechatV3Callback callback = payment(outTradeNo, 101);
        post("both", callback)
                .answersJson("APPLIED")
                .column("channel", "wechat-v3")
                .column("event", "PAYMENT")
                .column("mch_id", Shop.MCH_ID)
                .column("out_trade_no", outTradeNo)
                .column("transaction_id", WechatV2Callback.transactionId(outTradeNo))
                .column("total_fee", 101L)
                .column("currency", "CNY")
                .column("body", new String(callback.body(), StandardCharsets.UTF_8))
                .column(
                        "headers",
                        String.join(
                                "\n",
                                "Wechatpay-Timestamp: " + callback.headers().get("Wechatpay-Timestamp"),
                                "Wechatpay-Nonce: " + callback.headers().get("Wechatpay-Nonce"),
                                "Wechatpay-Signature: " + callback.headers().get("Wechatpay-Signature"),
                                "Wechatpay-Serial: " + Shop.PLATFORM_SERIAL,
                                "Wechatpay-Signature-Type: WECHATPAY2-SHA256-RSA2048",
                                "Request-ID: 08F78BB5AF0610D302189F99DD5C20BA56F89845-0"));
        assertEquals("PAID", order(outTradeNo).get("status"));
        assertEquals("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", order(outTradeNo).get("payer"));
        assertEquals(
                Instant.parse("2025-06-01T04:00:05Z"),
                ((Timestamp) order(outTradeNo).get("paid_at")).toInstant());

        WechatV3Callback again = WechatV3Callback.signed(
                new String(callback.body(), StandardCharsets.UTF_8),
                Instant.now().getEpochSecond(),
                Shop.PUBLIC_KEY_ID,
                PUBLIC_MODE_KEY);
        post("both", again).answersJson("DUPLICATE");
    }

    @Test
    void payment_toldByBothVersions_isAppliedOnce() {
        String v2First = shop.order(Shop.MCH_ID, 101);
        Exchange.post(
                        shop,
                        "both",
                        WechatV2Callback.payment(Shop.MCH_ID, v2First, 101).body(Shop.KEY))
                .answers("APPLIED");
        post("both", payment(v2First, 101)).answersJson("DUPLICATE");
        String v3First = shop.order(Shop.MCH_ID, 101);
        post("both", payment(v3First, 101)).answersJson("APPLIED");
        Exchange.post(
                        shop,
                        "both",
                        WechatV2Callback.payment(Shop.MCH_ID, v3First, 101).body(Shop.KEY))
                .answers("DUPLICATE");
    }

    @Test
    void payment_thatCantBeApplied_getsAStatusAndNever200() {
        String outTradeNo = shop.order(Shop.MCH_ID, 101);
        post("both", payment(outTradeNo, 100)).answersJson("AMOUNT_MISMATCH");
        post("both", payment(Shop.newOrderNo(), 101)).answersJson("UNKNOWN_ORDER");
        post("both", event("TRANSACTION.SUCCESS", WechatV3Callback.transaction("1", outTradeNo, 101)))
                .answersJson("WRONG_MERCHANT")
                .column("mch_id", "1");
        post(
                        "both",
                        event(
                                "TRANSACTION.SUCCESS",
                                WechatV3Callback.transaction(Shop.MCH_ID, outTradeNo, 101)
                                        .replace("\"trade_state\":\"SUCCESS\"", "\"trade_state\":\"PAYERROR\"")))
                .answersJson("NOT_PAID");
        post("both", signed("{}")).answersJson("MALFORMED");
        assertEquals("PENDING", order(outTradeNo).get("status"));
        post("both", payment(outTradeNo, 101)).answersJson("APPLIED");
        shop.database().execute("update payment_order set transaction_id = 'x' where out_trade_no = ?", outTradeNo);
        post("both", payment(outTradeNo, 101)).answersJson("CONFLICT");
        shop.database().execute("update payment_order set status = 'CLOSED' where out_trade_no = ?", outTradeNo);
        post("both", payment(outTradeNo, 101)).answersJson("ORDER_CLOSED");
    }

    @Test
    void payment_notGenuine_isRefused() {
        String outTradeNo = shop.order(Shop.MCH_ID, 101);
        WechatV3Callback callback = payment(outTradeNo, 101);
        String body = new String(callback.body(), StandardCharsets.UTF_8);
        long now = Instant.now().getEpochSecond();
        post("both", callback.tampered(body + " ")).answersJson("BAD_SIGNATURE");
        post("both", WechatV3Callback.signed(body, now - 301, Shop.PLATFORM_SERIAL, PLATFORM_KEY))
                .answersJson("BAD_SIGNATURE");
        post("both", WechatV3Callback.signed(body, now + 310, Shop.PLATFORM_SERIAL, PLATFORM_KEY))
                .answersJson("BAD_SIGNATURE");
        post("both", WechatV3Callback.signed(body, now, Shop.PUBLIC_KEY_ID, PLATFORM_KEY))
                .answersJson("BAD_SIGNATURE");
        post("both", payment(outTradeNo, 101).header("Wechatpay-Serial", null)).answersJson("BAD_SIGNATURE");
        post("both", payment(outTradeNo, 101).header("Wechatpay-Signature", null))
                .answersJson("BAD_SIGNATURE");
        post("wechat", payment(outTradeNo, 101)).answersJson("BAD_SIGNATURE");
        post("both", payment(outTradeNo, 101).header("Wechatpay-Signature", "WECHATPAY/SIGNTEST/" + "A".repeat(334)))
                .answersJson("SIGNATURE_PROBE");
        assertEquals("PENDING", order(outTradeNo).get("status"));
    }

    @Test
    void resource_ofAnotherApiV3Key_isOurOwnFault() {
        String outTradeNo = shop.order(Shop.MCH_ID, 101);
        WechatV3Callback callback = signed(WechatV3Callback.notification(
                "TRANSACTION.SUCCESS",
                WechatV3Callback.transaction(Shop.MCH_ID, outTradeNo, 101),
                "0123456789abcdef0123456789abcdef"));
        long before = shop.lastLogId();
        Answer answer = Http.post(shop.pay("both"), callback.body(), headers(callback));
        Exchange.assertJsonAnswer(answer, "ERROR");
        assertEquals(0, shop.logAfter(before).size());
        assertTrue(shop.tomcat().log().contains("does not decrypt the resource"), "an error in Tomcat's log");
        post("both", payment(outTradeNo, 101)).answersJson("APPLIED");
    }

    @Test
    void event_ofAnotherType_isIgnoredAndAnsweredWithSuccess() {
        post("both", event("PAYSCORE.USER_PAID", "{}"))
                .answersJson("IGNORED")
                .column("event", null)
                .detail("PAYSCORE.USER_PAID");
    }

    @Test
    void provider_inBothVersions_ownsTheOrderAndLogsForWhomHeSells() {
        String outTradeNo = shop.order(Shop.PROVIDER_MCH_ID, 101);
        String resource = WechatV3Callback.transaction("X", outTradeNo, 101)
                .replace(
                        "\"mchid\":\"X\"", "\"sp_mchid\":\"" + Shop.PROVIDER_MCH_ID + "\",\"sub_mchid\":\"1900000110\"")
                .replace("{\"openid\"", "{\"sp_openid\":\"sp\",\"sub_openid\"");
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification("TRANSACTION.SUCCESS", resource, Shop.V3_KEY),
                Instant.now().getEpochSecond(),
                Shop.PUBLIC_KEY_ID,
                PUBLIC_MODE_KEY);
        post("provider", callback).answersJson("APPLIED").column("sub_mch_id", "1900000110");
        assertEquals(
                "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
                shop.orderRow(Shop.PROVIDER_MCH_ID, outTradeNo).get("payer"));

        String v2 = shop.order(Shop.MCH_ID, 101);
        Exchange.post(
                        shop,
                        "both",
                        WechatV2Callback.payment(Shop.MCH_ID, v2, 101)
                                .with("sub_mch_id", "1900000110")
                                .body(Shop.KEY))
                .answers("APPLIED")
                .column("sub_mch_id", "1900000110");
        Exchange.post(shop, "provider", "<xml/>").answers("BAD_SIGNATURE").column("channel", "wechat-v2");
    }

    private String paidOrder() {
        String outTradeNo = shop.order(Shop.MCH_ID, 101);
        post("both", payment(outTradeNo, 101)).answersJson("APPLIED");
        return outTradeNo;
    }

    @Test
    void refund_inBothVersions_isBookedOnce() {
        String outTradeNo = paidOrder();
        String outRefundNo = "R" + outTradeNo;
        shop.database()
                .execute(
                        "insert into payment_refund (mch_id, out_refund_no, out_trade_no, refund_fee) values (?, ?, ?, 51)",
                        Shop.MCH_ID,
                        outRefundNo,
                        outTradeNo);
        post("both", refund(outTradeNo, outRefundNo, 51, "ABNORMAL"))
                .answersJson("APPLIED")
                .column("event", "REFUND")
                .column("out_refund_no", outRefundNo)
                .column("refund_id", "5" + outRefundNo)
                .column("total_fee", 51L)
                .column("currency", "CNY");
        assertEquals("ABNORMAL", refundRow(outRefundNo).get("status"));
        byte[] v2 = WechatV2RefundCallback.refund(Shop.MCH_ID, outTradeNo, 101, outRefundNo, 51)
                .body(Shop.KEY);
        Exchange.post(shop, "both", v2)
                .answers("APPLIED")
                .column("event", "REFUND")
                .column("channel", "wechat-v2")
                .column("out_trade_no", outTradeNo)
                .column("transaction_id", WechatV2Callback.transactionId(outTradeNo))
                .column("headers", null);
        assertEquals("SUCCESS", refundRow(outRefundNo).get("status"));
        Exchange.post(shop, "both", v2).answers("DUPLICATE");
        post("both", refund(outTradeNo, outRefundNo, 51, "SUCCESS")).answersJson("DUPLICATE");
        post("both", refund(outTradeNo, outRefundNo, 51, "ABNORMAL")).answersJson("DUPLICATE");
        assertEquals("SUCCESS", refundRow(outRefundNo).get("status"));
        assertEquals("PAID", order(outTradeNo).get("status"));
    }

    @ParameterizedTest
    @CsvSource({"101, APPLIED", "102, AMOUNT_MISMATCH"})
    void refund_notRecordedByTheShop_isInsertedIfItFits(long fee, String outcome) {
        String outTradeNo = paidOrder();
        String outRefundNo = "N" + outTradeNo;
        post("both", refund(outTradeNo, outRefundNo, fee, "SUCCESS")).answersJson(outcome);
        assertEquals(
                outcome.equals("APPLIED") ? 1 : 0,
                shop.database().count("payment_refund where out_refund_no = ?", outRefundNo));
    }

    @Test
    void refund_thatTheStoreDoesNotConfirm_isNotBelieved() {
        String pending = shop.order(Shop.MCH_ID, 101);
        byte[] early = WechatV2RefundCallback.refund(Shop.MCH_ID, pending, 101, "E" + pending, 51)
                .body(Shop.KEY);
        Exchange.post(shop, "both", early).answers("UNKNOWN_ORDER");
        post("both", payment(pending, 101)).answersJson("APPLIED");
        Exchange.post(
                        shop,
                        "both",
                        WechatV2RefundCallback.refund(Shop.MCH_ID, pending, 101, "E" + pending, 51)
                                .with("transaction_id", "other")
                                .body(Shop.KEY))
                .answers("CONFLICT");
        Exchange.post(shop, "both", early).answers("APPLIED");
        Exchange.post(
                        shop,
                        "both",
                        WechatV2RefundCallback.refund(Shop.MCH_ID, pending, 101, "F" + pending, 51)
                                .body(Shop.OTHER_KEY))
                .answers("BAD_SIGNATURE")
                .column("event", "REFUND");
    }
}
