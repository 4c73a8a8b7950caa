package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static paynotify.sender.Accounts.assertNothing;
import static paynotify.sender.Accounts.callback;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.AllinpayCallback;
import paynotify.kit.FormCallback;
import paynotify.kit.Shop;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV2RefundCallback;
import paynotify.kit.WechatV3Callback;

/** While a key is changed, two are configured, and messages by either are taken (contract, section 3, "Secrets"). */
class TwoKeysTest {
    private static final String NEW = Shop.KEY;
    private static final String FORMER = Shop.LIMITED_KEY;
    private static final String OTHER = Shop.OTHER_KEY;
    private static final String MCH_ID = Shop.MCH_ID;
    private static final long NOON = 1748750400;

    private static Sender v2() {
        return Accounts.wechat("mch-id = " + MCH_ID, "api-key = " + NEW + "," + FORMER);
    }

    private static Sender v3(String keys) {
        return Accounts.wechat(
                "mch-id = " + MCH_ID,
                "api-v3-key = " + keys,
                "public-key." + Shop.PUBLIC_KEY_ID + " = $vectors/keys/wechat_pubkey_mode_public.pem");
    }

    @ParameterizedTest
    @EnumSource(WechatV2Callback.Sign.class)
    void find_v2Payment_isSignedByEither(WechatV2Callback.Sign sign) {
        WechatV2Callback payment = WechatV2Callback.payment(MCH_ID, "A-1", 101).signedWith(sign);
        for (String key : List.of(NEW, FORMER)) {
            assertInstanceOf(
                    Payment.class, v2().find(callback(payment.xml(key))).get(0));
        }
        for (String key : List.of(OTHER, NEW + "," + FORMER)) {
            assertNothing(
                    Outcome.BAD_SIGNATURE, v2().find(callback(payment.xml(key))).get(0));
        }
    }

    @Test
    void find_v2Refund_isEncryptedByEither() {
        WechatV2RefundCallback refund = WechatV2RefundCallback.refund(MCH_ID, "A-1", 101, "R-1", 50);
        for (String key : List.of(NEW, FORMER)) {
            assertInstanceOf(
                    Refund.class,
                    v2().find(callback(new String(refund.body(key), UTF_8))).get(0));
        }
        assertNothing(
                Outcome.BAD_SIGNATURE,
                v2().find(callback(new String(refund.body(OTHER), UTF_8))).get(0));
    }

    private static Callback v3Callback(String key, String eventType, String resource) {
        WechatV3Callback signed = WechatV3Callback.signed(
                WechatV3Callback.notification(eventType, resource, key),
                NOON,
                Shop.PUBLIC_KEY_ID,
                Shop.key("wechat_pubkey_mode_private.pem"));
        String[] headers = signed.headers().entrySet().stream()
                .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                .toArray(String[]::new);
        return callback(new String(signed.body(), UTF_8), headers);
    }

    @Test
    void find_v3Resource_isDecryptedByEither() {
        String payment = WechatV3Callback.transaction(MCH_ID, "A-1", 101);
        String refund = WechatV3Callback.refund(MCH_ID, "A-1", 101, "R-1", 50, "SUCCESS");
        Sender both = v3(NEW + "," + FORMER);
        for (String key : List.of(NEW, FORMER)) {
            assertInstanceOf(
                    Payment.class,
                    both.find(v3Callback(key, "TRANSACTION.SUCCESS", payment)).get(0));
            assertInstanceOf(
                    Refund.class,
                    both.find(v3Callback(key, "REFUND.SUCCESS", refund)).get(0));
        }
        assertThrows(IllegalStateException.class, () -> both.find(v3Callback(OTHER, "TRANSACTION.SUCCESS", payment))
                .get(0));
        assertThrows(IllegalStateException.class, () -> v3(NEW).find(v3Callback(FORMER, "TRANSACTION.SUCCESS", payment))
                .get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "HMAC_SHA256"})
    void find_form_isSignedByEither(FormCallback.Rule rule) {
        Sender form = Accounts.of(
                "form",
                "mch-id = 8201",
                "sign.rule = " + (rule == FormCallback.Rule.MD5 ? "md5" : "hmac-sha256"),
                "sign.key = new-secret , former-secret",
                "sign.field = sign",
                "field.out_trade_no = order_id",
                "field.transaction_id = trade_no",
                "field.total_fee = amount",
                "amount.unit = fen",
                "field.status = status",
                "paid = PAID",
                "answer.success = OK",
                "answer.failure = NO");
        for (String key : List.of("new-secret", "former-secret", "other-secret", "new-secret , former-secret")) {
            Finding finding = form.find(callback(FormCallback.signed(rule, key, "sign")
                            .with("order_id", "A-1")
                            .with("trade_no", "T-1")
                            .with("amount", "101")
                            .with("status", "PAID")
                            .form()))
                    .get(0);
            if (key.startsWith("other") || key.contains(",")) {
                assertNothing(Outcome.BAD_SIGNATURE, finding);
            } else {
                assertEquals(
                        101, assertInstanceOf(Payment.class, finding).trade().totalFee());
            }
        }
    }

    @Test
    void find_allinpay_isSignedByEither() {
        Sender allinpay = Accounts.of("allinpay", "mch-id = 990440153996000", "md5-key = new-secret,former-secret");
        for (String key : List.of("new-secret", "former-secret")) {
            AllinpayCallback payment = AllinpayCallback.payment("A-1", 101).signedBy(key);
            assertInstanceOf(
                    Payment.class, allinpay.find(callback(payment.body())).get(0));
        }
        assertNothing(
                Outcome.BAD_SIGNATURE,
                allinpay.find(callback(AllinpayCallback.payment("A-1", 101)
                                .signedBy("other-secret")
                                .body()))
                        .get(0));
    }
}
