package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import paynotify.kit.Answer;
import paynotify.kit.AtOnce;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;

/** Combined payments (合单支付): one callback for several orders, of several merchants. */
@OnBothTomcats
class CombinedIT {
    private static final String PLATFORM_KEY = Shop.key("wechat_platform_private.pem");
    private static final String OTHER = "1900000112";

    private final Shop shop;

    CombinedIT(TomcatVersion version) {
        shop = Shop.shared(version);
    }

    private static WechatV3Callback event(String type, String resource) {
        return WechatV3Callback.signed(
                WechatV3Callback.notification(type, resource, Shop.V3_KEY),
                Instant.now().getEpochSecond(),
                Shop.PLATFORM_SERIAL,
                PLATFORM_KEY);
    }

    /** One sub order after another of these merchants, each of 101 fen. */
    private static WechatV3Callback combined(String number, Map<String, String> mchIds) {
        String[] orders = mchIds.entrySet().stream()
                .map(order -> WechatV3Callback.subOrder(order.getValue(), order.getKey(), 101))
                .toArray(String[]::new);
        return event("TRANSACTION.SUCCESS", WechatV3Callback.combined(Shop.MCH_ID, number, orders));
    }

    private static WechatV3Callback refund(String mchId, String outTradeNo, String outRefundNo) {
        return event("REFUND.SUCCESS", WechatV3Callback.refund(mchId, outTradeNo, 101, outRefundNo, 51, "SUCCESS"));
    }

    private Answer post(WechatV3Callback callback) {
        return Http.post(
                shop.pay("both"),
                callback.body(),
                callback.headers().entrySet().stream()
                        .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                        .toArray(String[]::new));
    }

    private Map<String, String> orders(int count) {
        Map<String, String> orders = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String mchId = i % 2 == 0 ? Shop.MCH_ID : OTHER;
            orders.put(shop.order(mchId, 101), mchId);
        }
        return orders;
    }

    private Map<String, Long> outcomes(String number) {
        return shop.database().rows("select outcome from payment_log where combine_out_trade_no = ?", number).stream()
                .collect(
                        Collectors.groupingBy(row -> (String) row.get("outcome"), TreeMap::new, Collectors.counting()));
    }

    private static String newNumber() {
        return "CMB" + Shop.newOrderNo();
    }

    @Test
    void callback_forSeveralMerchants_paysEachOrderAndLogsEach() {
        Map<String, String> orders = orders(3);
        String number = newNumber();
        WechatV3Callback callback = combined(number, orders);
        Answer answer = post(callback);
        assertEquals(200, answer.status());
        assertEquals("{\"code\":\"SUCCESS\",\"message\":\"OK\"}", answer.text());
        orders.forEach((outTradeNo, mchId) -> {
            Map<String, Object> order = shop.orderRow(mchId, outTradeNo);
            assertEquals("PAID", order.get("status"));
            assertEquals(WechatV2Callback.transactionId(outTradeNo), order.get("transaction_id"));
            List<Map<String, Object>> rows = shop.logOf(outTradeNo);
            assertEquals(1, rows.size());
            assertEquals(number, rows.get(0).get("combine_out_trade_no"));
            assertEquals(mchId, rows.get(0).get("mch_id"));
            assertEquals(101L, rows.get(0).get("total_fee"));
            assertEquals("wechat-v3", rows.get(0).get("channel"));
            assertTrue(((String) rows.get(0).get("body")).contains("ciphertext"));
        });
        assertEquals(200, post(callback).status());
        assertEquals(Map.of("APPLIED", 3L, "DUPLICATE", 3L), outcomes(number));
    }

    @Test
    void callback_oneOfFiftyOrdersUnknown_appliesTheOthersAndIsAskedForAgain() {
        Map<String, String> orders = orders(49);
        String late = Shop.newOrderNo();
        orders.put(late, OTHER);
        String number = newNumber();
        WechatV3Callback callback = combined(number, orders);
        Answer first = post(callback);
        assertEquals(404, first.status());
        assertEquals("{\"code\":\"FAIL\",\"message\":\"UNKNOWN_ORDER\"}", first.text());
        assertEquals(Map.of("APPLIED", 49L, "UNKNOWN_ORDER", 1L), outcomes(number));
        shop.database()
                .execute("insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)", OTHER, late);
        assertEquals(200, post(callback).status());
        assertEquals(Map.of("APPLIED", 50L, "DUPLICATE", 49L, "UNKNOWN_ORDER", 1L), outcomes(number));
    }

    @Test
    void callback_64TimesAtOnceWhileASubOrderIsRefunded_isAppliedOnce() throws Exception {
        Map<String, String> orders = orders(5);
        String number = newNumber();
        String refunded = orders.keySet().stream()
                .filter(no -> orders.get(no).equals(OTHER))
                .findFirst()
                .orElseThrow();
        WechatV3Callback callback = combined(number, orders);
        WechatV3Callback refund = refund(OTHER, refunded, "R" + number);
        List<Callable<Answer>> posts = new ArrayList<>();
        IntStream.range(0, 64).forEach(i -> posts.add(() -> post(callback)));
        posts.add(() -> post(refund));
        List<Answer> answers = AtOnce.all(posts);
        answers.subList(0, 64).forEach(answer -> assertEquals(200, answer.status()));
        assertEquals(Map.of("APPLIED", 5L, "DUPLICATE", 63L * 5), outcomes(number));
        // It came before its payment, or after it.
        int early = answers.get(64).status();
        assertTrue(early == 200 || early == 403, "status " + early);
        assertEquals(200, post(refund).status());
        assertEquals(1, shop.database().count("payment_refund where out_refund_no = ?", "R" + number));
    }

    @Test
    void refundOfAnotherMerchantsOrder_isTakenOnlyIfACombinedPaymentPaidIt() {
        Map<String, String> orders = orders(2);
        String others = orders.keySet().stream()
                .filter(no -> orders.get(no).equals(OTHER))
                .findFirst()
                .orElseThrow();
        WechatV3Callback refund = refund(OTHER, others, "R" + others);
        Answer stranger = post(refund);
        assertEquals(403, stranger.status());
        assertEquals("{\"code\":\"FAIL\",\"message\":\"WRONG_MERCHANT\"}", stranger.text());
        assertEquals(200, post(combined(newNumber(), orders)).status());
        assertEquals(200, post(refund).status());
        assertEquals(
                "SUCCESS",
                shop.database()
                        .row(
                                "select status from payment_refund where mch_id = ? and out_refund_no = ?",
                                OTHER,
                                "R" + others)
                        .get("status"));
    }

    @Test
    void callback_aSubOrderOfWhichIsLocked_holdsUpNobodyElse() throws Exception {
        Map<String, String> orders = orders(3);
        String locked = orders.keySet().iterator().next();
        Database database = shop.database();
        try (Connection holder = DriverManager.getConnection(database.url(), database.user(), database.password())) {
            holder.setAutoCommit(false);
            holder.createStatement()
                    .execute("select 1 from payment_order where out_trade_no = '" + locked + "' for update");
            String number = newNumber();
            List<Callable<Answer>> posts = new ArrayList<>();
            posts.add(() -> post(combined(number, orders)));
            for (int i = 0; i < 8; i++) {
                String other = shop.order(Shop.MCH_ID, 101);
                posts.add(() ->
                        post(event("TRANSACTION.SUCCESS", WechatV3Callback.transaction(Shop.MCH_ID, other, 101))));
            }
            List<Answer> answers = AtOnce.all(posts);
            assertEquals(503, answers.get(0).status());
            answers.subList(1, 9).forEach(answer -> assertEquals(200, answer.status()));
            holder.rollback();
            assertEquals(Map.of(), outcomes(number));
            assertEquals(200, post(combined(number, orders)).status());
            assertEquals(Map.of("APPLIED", 3L), outcomes(number));
        }
    }

    /** Of a combined payment each row settles its own sub order. */
    @Test
    void rowOfASubOrder_onceMore_settlesItAlone() {
        Map<String, String> orders = orders(1);
        String first = orders.keySet().iterator().next();
        String late = Shop.newOrderNo();
        orders.put(late, OTHER);
        String number = newNumber();
        assertEquals(404, post(combined(number, orders)).status());
        Database database = shop.database();
        database.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)", OTHER, late);
        Object row = shop.logOf(late).get(0).get("id");
        database.execute("insert into payment_replay (log_id) values (?)", row);
        Wait.until(
                Duration.ofSeconds(30),
                () -> database.count("payment_replay where log_id = ? and outcome = 'APPLIED'", row) == 1,
                () -> database.rows("select * from payment_replay where log_id = " + row)
                        .toString());
        assertEquals("PAID", shop.orderRow(OTHER, late).get("status"));
        assertEquals(1, shop.logOf(first).size());
        assertEquals("REPLAY", shop.logOf(late).get(1).get("source"));
    }
}
