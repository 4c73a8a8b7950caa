package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static paynotify.sender.Accounts.assertNothing;
import static paynotify.sender.Accounts.callback;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import paynotify.kit.LakalaCallback;
import paynotify.kit.Shop;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV2RefundCallback;
import paynotify.kit.WechatV3Callback;

/** Contract, section 3: {@code sub-mch-id}, where it is configured. */
class SubMerchantTest {
    private static final String MCH_ID = "1900000100";
    private static final long NOON = 1748750400;
    private static final String[] KEYS = {
        "mch-id = " + MCH_ID,
        "api-key = " + Shop.KEY,
        "api-v3-key = " + Shop.V3_KEY,
        "public-key." + Shop.PUBLIC_KEY_ID + " = $vectors/keys/wechat_pubkey_mode_public.pem"
    };

    /** The forms of message that name a sub merchant, each for that one; for none if it is null. */
    private enum Message {
        V2_PAYMENT {
            @Override
            Callback of(String subMchId) {
                WechatV2Callback payment = WechatV2Callback.payment(MCH_ID, "A-1", 101);
                return callback((subMchId == null ? payment : payment.with("sub_mch_id", subMchId)).xml(Shop.KEY));
            }
        },
        V2_REFUND {
            @Override
            Callback of(String subMchId) {
                WechatV2RefundCallback refund = WechatV2RefundCallback.refund(MCH_ID, "A-1", 101, "R-1", 50);
                return callback(new String(
                        (subMchId == null ? refund : refund.outer("sub_mch_id", subMchId)).body(Shop.KEY), UTF_8));
            }
        },
        V3_PAYMENT {
            @Override
            Callback of(String subMchId) {
                return v3("TRANSACTION.SUCCESS", named(WechatV3Callback.transaction(MCH_ID, "A-1", 101), subMchId));
            }
        },
        V3_REFUND {
            @Override
            Callback of(String subMchId) {
                String refund = WechatV3Callback.refund(MCH_ID, "A-1", 101, "R-1", 50, "SUCCESS");
                return v3("REFUND.SUCCESS", named(refund, subMchId));
            }
        };

        abstract Callback of(String subMchId);

        private static String named(String resource, String subMchId) {
            String provider = resource.replace("\"mchid\":", "\"sp_mchid\":");
            return subMchId == null ? provider : provider.replaceFirst("\\{", "{\"sub_mchid\":\"" + subMchId + "\",");
        }

        private static Callback v3(String eventType, String resource) {
            WechatV3Callback signed = WechatV3Callback.signed(
                    WechatV3Callback.notification(eventType, resource, Shop.V3_KEY),
                    NOON,
                    Shop.PUBLIC_KEY_ID,
                    Shop.key("wechat_pubkey_mode_private.pem"));
            String[] headers = signed.headers().entrySet().stream()
                    .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                    .toArray(String[]::new);
            return callback(new String(signed.body(), UTF_8), headers);
        }
    }

    private static Sender account(String... more) {
        return Accounts.wechat(Stream.concat(Stream.of(KEYS), Stream.of(more)).toArray(String[]::new));
    }

    private static String subMchId(Finding finding) {
        return finding instanceof Payment payment
                ? payment.trade().subMchId()
                : assertInstanceOf(Refund.class, finding, finding.toString())
                        .trade()
                        .subMchId();
    }

    @ParameterizedTest
    @EnumSource(Message.class)
    void find_subMerchant_isOneOfThoseConfigured(Message message) {
        Sender account = account("sub-mch-id = 1900000110, 1900000111");
        assertEquals(
                "1900000110", subMchId(account.find(message.of("1900000110")).get(0)));
        assertEquals(
                "1900000111", subMchId(account.find(message.of("1900000111")).get(0)));
        for (String other : new String[] {"1900000112", "190000011", "19000001100", "1900000110,1900000111"}) {
            assertNothing(
                    Outcome.WRONG_MERCHANT, account.find(message.of(other)).get(0));
        }
    }

    @ParameterizedTest
    @EnumSource(Message.class)
    void find_noSubMerchant_isWrongWhereOneIsConfigured(Message message) {
        assertNothing(
                Outcome.WRONG_MERCHANT,
                account("sub-mch-id = 1900000110").find(message.of(null)).get(0));
        assertEquals(null, subMchId(account().find(message.of(null)).get(0)));
        assertEquals(
                "1900000112", subMchId(account().find(message.of("1900000112")).get(0)));
    }

    /** A message that says FAIL need not say whose it is; what it says is compared. */
    @Test
    void find_failedPayment_isComparedWhereItNamesASubMerchant() {
        Sender account = account("sub-mch-id = 1900000110");
        WechatV2Callback failed = WechatV2Callback.payment(MCH_ID, "A-1", 101).with("result_code", "FAIL");
        assertNothing(
                Outcome.NOT_PAID, account.find(callback(failed.xml(Shop.KEY))).get(0));
        assertNothing(
                Outcome.NOT_PAID,
                account.find(callback(failed.with("sub_mch_id", "1900000110").xml(Shop.KEY)))
                        .get(0));
        assertNothing(
                Outcome.WRONG_MERCHANT,
                account.find(callback(failed.with("sub_mch_id", "1900000112").xml(Shop.KEY)))
                        .get(0));
    }

    /** Lakala's number is WeChat Pay's for the shop. Its key signs for all of its merchants. */
    @Test
    void find_lakala_isComparedLikewise() {
        Sender lakala = Accounts.of(
                "lakala",
                "mch-id = 822000000000001",
                "public-key = $vectors/keys/lakala_cert.pem",
                "sub-mch-id = 843440000");
        assertInstanceOf(
                Payment.class,
                lakala.find(lakala(LakalaCallback.payment("A-1", 101))).get(0));
        assertNothing(
                Outcome.WRONG_MERCHANT,
                lakala.find(lakala(LakalaCallback.payment("A-1", 101).with("sub_mch_id", "843440001")))
                        .get(0));
        assertNothing(
                Outcome.WRONG_MERCHANT,
                lakala.find(lakala(LakalaCallback.payment("A-1", 101).without("sub_mch_id")))
                        .get(0));
    }

    private static Callback lakala(LakalaCallback callback) {
        return callback(callback.body(), "Authorization", callback.authorization());
    }
}
