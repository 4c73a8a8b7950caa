package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import paynotify.kit.Answer;
import paynotify.kit.AtOnce;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/** WeChat sends the same callback from several servers at once. */
@ExtendWith(NoSecretInLogs.class)
class ConcurrencyIT {
    private static final int THREADS = 64;

    private static Shop one;
    private static Shop two;

    @BeforeAll
    static void twoTomcatsOnOneDatabase() {
        Database database = Postgres.shared().newDatabase();
        one = Shop.open(TomcatVersion.TOMCAT_10, database);
        two = Shop.open(TomcatVersion.TOMCAT_11, database);
    }

    @AfterAll
    static void close() {
        one.close();
        two.close();
    }

    @ParameterizedTest
    @EnumSource(TomcatVersion.class)
    void sameCallback_from64Threads_isAppliedOnce(TomcatVersion version) throws Exception {
        Shop shop = version == TomcatVersion.TOMCAT_10 ? one : two;
        assertAppliedOnce(List.of(shop.pay("wechat")));
    }

    @Test
    void sameCallback_atTwoTomcatsFrom64Threads_isAppliedOnce() throws Exception {
        assertAppliedOnce(List.of(one.pay("wechat"), two.pay("wechat")));
    }

    @Test
    void rivalPayments_ofOneOrderFrom64Threads_oneWinsAndTheOthersAreConflicts() throws Exception {
        String no = one.order(Shop.MCH_ID, 101);
        List<Callable<Answer>> posts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            byte[] body = WechatV2Callback.payment(Shop.MCH_ID, no, 101)
                    .with("transaction_id", "420000260020250601" + (1_000_000_000L + i))
                    .body(Shop.KEY);
            URI uri = i % 2 == 0 ? one.pay("wechat") : two.pay("wechat");
            posts.add(() -> Http.post(uri, body));
        }
        AtOnce.all(posts);
        assertEquals(Map.of("APPLIED", 1L, "CONFLICT", THREADS - 1L), outcomes(no));
        assertEquals(
                1,
                one.database()
                        .count(
                                "payment_order o join payment_log l using (out_trade_no, transaction_id)"
                                        + " where o.out_trade_no = ? and l.outcome = 'APPLIED'",
                                no));
    }

    @Test
    void differentCallbacks_64AtOnce_areAllApplied() throws Exception {
        List<String> numbers = new ArrayList<>();
        List<Callable<Answer>> posts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String no = one.order(Shop.MCH_ID, 100 + i);
            byte[] body = WechatV2Callback.payment(Shop.MCH_ID, no, 100 + i).body(Shop.KEY);
            URI uri = i % 2 == 0 ? one.pay("wechat") : two.pay("wechat");
            numbers.add(no);
            posts.add(() -> Http.post(uri, body));
        }
        for (Answer answer : AtOnce.all(posts)) {
            Exchange.assertAnswer(answer, "APPLIED");
        }
        for (String no : numbers) {
            assertEquals(Map.of("APPLIED", 1L), outcomes(no));
            assertEquals("PAID", one.orderRow(Shop.MCH_ID, no).get("status"));
        }
    }

    private static void assertAppliedOnce(List<URI> uris) throws Exception {
        String no = one.order(Shop.MCH_ID, 101);
        byte[] body = WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY);
        List<Callable<Answer>> posts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            URI uri = uris.get(i % uris.size());
            posts.add(() -> Http.post(uri, body));
        }
        for (Answer answer : AtOnce.all(posts)) {
            Exchange.assertAnswer(answer, "DUPLICATE");
        }
        assertEquals(Map.of("APPLIED", 1L, "DUPLICATE", THREADS - 1L), outcomes(no));
        assertEquals("PAID", one.orderRow(Shop.MCH_ID, no).get("status"));
    }

    private static Map<String, Long> outcomes(String outTradeNo) {
        Map<String, Long> outcomes = new TreeMap<>();
        one.logOf(outTradeNo).forEach(row -> outcomes.merge((String) row.get("outcome"), 1L, Long::sum));
        return outcomes;
    }
}
