package paynotify.inquiry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Vectors;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;
import paynotify.sender.Accounts;
import paynotify.store.DatabaseSettings;
import paynotify.store.Store;
import paynotify.store.UnverifiedLimit;

/** Rows that are answers, on a real database: read as what they were, about the order that was asked about. */
class ReplayTest {
    private static final String MCH_ID = "1900000109";
    private static final String KEY = Vectors.text("keys/v2_api_key.txt");
    private static final String V3_KEY = Vectors.text("keys/v3_api_key.txt");
    private static final String SERIAL = "PUB_KEY_ID_0119000001092025060100192001000001";
    private static final long NOW = 1748750406;

    private final Database shop = Postgres.shared().newDatabase();
    private Store store;
    private Replay replay;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
        replay = new Replay(
                Map.of(
                        "a",
                        Accounts.wechat(
                                "mch-id = " + MCH_ID,
                                "app-id = wx8888888888888888",
                                "api-key = " + KEY,
                                "api-v3-key = " + V3_KEY,
                                "public-key." + SERIAL + " = $vectors/keys/wechat_pubkey_mode_public.pem",
                                "inquiry = v2")),
                store.replays());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Map<String, Object> replayed(
            String channel, String source, String outTradeNo, String outRefundNo, String body) throws Exception {
        Object id = shop.value(
                "insert into payment_log (received_at, account, channel, source, mch_id, out_trade_no, out_refund_no,"
                        + " outcome, took_us, body) values (now(), 'a', ?, ?, ?, ?, ?, 'AMOUNT_MISMATCH', 1, ?) returning id",
                channel,
                source,
                outTradeNo == null ? null : MCH_ID,
                outTradeNo,
                outRefundNo,
                body);
        shop.execute("insert into payment_replay (log_id) values (?)", id);
        replay.tick();
        return shop.row("select * from payment_replay where log_id = ?", id);
    }

    private static WechatV2Callback paid() {
        return WechatV2Callback.payment(MCH_ID, "o1", 101).with("trade_state", "SUCCESS");
    }

    private void order(long totalFee) {
        shop.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, 'o1', ?)", MCH_ID, totalFee);
    }

    @Test
    void answer_afterAMend_isApplied() throws Exception {
        order(101);
        assertEquals(
                "APPLIED",
                replayed("wechat-v2", "INQUIRY", "o1", null, paid().xml(KEY)).get("outcome"));
        assertEquals("REPLAY", shop.value("select source from payment_log where outcome = 'APPLIED'"));
        assertEquals(
                "DUPLICATE",
                replayed("wechat-v2", "INQUIRY", "o1", null, paid().xml(KEY)).get("outcome"));
    }

    @ParameterizedTest
    @CsvSource({"<xml>, BAD_SIGNATURE, true", "<nonsense>, MALFORMED, false"})
    void answer_thatCantBeBelievedToday_isLoggedAsThat(String root, String outcome, boolean wrongKey) throws Exception {
        order(101);
        String body =
                paid().xml(wrongKey ? "another-key-of-32-characters-000" : KEY).replaceFirst("<xml>", root);
        for (String refund : new String[] {null, "r1"}) {
            assertEquals(
                    outcome,
                    replayed("wechat-v2", "INQUIRY", "o1", refund, body).get("outcome"));
            assertEquals(
                    "o1",
                    shop.value(
                            "select out_trade_no from payment_log where source = 'REPLAY' order by id desc limit 1"));
        }
        assertEquals(0, shop.count("payment_order where status = 'PAID'"));
    }

    @Test
    void answer_thatTellsOfNoPayment_isDoneWithoutAnOutcome() throws Exception {
        String notPaid = WechatV2Callback.payment(MCH_ID, "o1", 101)
                .with("trade_state", "NOTPAY")
                .xml(KEY);
        Map<String, Object> done = replayed("wechat-v2", "INQUIRY", "o1", null, notPaid);
        assertEquals(null, done.get("outcome"));
        assertTrue(
                done.get("detail").toString().startsWith("expected an answer that tells of a payment"), done::toString);
    }

    @Test
    void answer_inAFormThatIsNotAskedAnyMore_saysSo() throws Exception {
        assertEquals(
                "expected an account that inquires by wechat-v3, for this is such an answer, found that it does by wechat-v2",
                replayed("wechat-v3", "INQUIRY", "o1", null, "{}").get("detail"));
        assertEquals(
                "expected the order that was asked about, found none in the row",
                replayed("wechat-v2", "INQUIRY", null, null, "<xml/>").get("detail"));
    }

    /** Genuine, but encrypted by a key that nobody has any more. */
    @Test
    void callback_thatNoKeyOpens_saysSo() throws Exception {
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification(
                        "TRANSACTION.SUCCESS",
                        WechatV3Callback.transaction(MCH_ID, "o1", 101),
                        "another-key-of-32-characters-000"),
                NOW,
                SERIAL,
                Vectors.text("keys/wechat_pubkey_mode_private.pem"));
        StringBuilder headers = new StringBuilder();
        callback.headers()
                .forEach((name, value) ->
                        headers.append(name).append(": ").append(value).append('\n'));
        Object id = shop.value(
                "insert into payment_log (received_at, account, channel, outcome, took_us, body, headers)"
                        + " values (to_timestamp(?), 'a', 'wechat-v3', 'UNKNOWN_ORDER', 1, ?, ?) returning id",
                NOW,
                new String(callback.body(), UTF_8),
                headers.toString());
        shop.execute("insert into payment_replay (log_id) values (?)", id);
        replay.tick();
        Map<String, Object> done = shop.row("select * from payment_replay");
        assertEquals(null, done.get("outcome"));
        assertTrue(done.get("detail").toString().startsWith("expected a key that fits"), done::toString);
    }

    @Test
    void tick_stopped_doesNothing() throws Exception {
        replay.stop();
        order(101);
        assertEquals(
                null,
                replayed("wechat-v2", "INQUIRY", "o1", null, paid().xml(KEY)).get("done_at"));
    }
}
