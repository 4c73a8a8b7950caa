package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/**
 * Who outgrows one primary gives each group of merchants a database and an installation of its own: two contexts in one
 * Tomcat, where the URL decides, and nothing is shared.
 */
@ExtendWith(NoSecretInLogs.class)
class TwoInstallationsIT {
    private static final Duration UP_WITHIN = Duration.ofSeconds(30);
    private static final String ONE_ACCOUNT = """
            account.wechat.channel = wechat
            account.wechat.mch-id = %s
            account.wechat.api-key = %s
            """;

    private static Postgres secondServer;
    private static Shop first;
    private static Shop second;

    @BeforeAll
    static void open() {
        Database one = Postgres.shared().newDatabase();
        secondServer = Postgres.start();
        Database two = secondServer.newDatabase();
        first = Shop.of(Shop.tomcat(TomcatVersion.TOMCAT_11, one, "").manager().start(), "notify", one);
        first.tomcat()
                .deploy(
                        "notify2",
                        Shop.databaseProperties(two) + ONE_ACCOUNT.formatted(Shop.OTHER_MCH_ID, Shop.OTHER_KEY));
        second = Shop.of(first.tomcat(), "notify2", two);
    }

    @AfterAll
    static void close() {
        first.close();
        secondServer.close();
    }

    /** The same order number, and the same account's name. */
    @Test
    void callback_isForTheInstallationThatItsUrlNames() {
        String no = first.order(Shop.MCH_ID, 101);
        second.database()
                .execute(
                        "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)",
                        Shop.OTHER_MCH_ID,
                        no);
        byte[] firsts = WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY);
        byte[] seconds = WechatV2Callback.payment(Shop.OTHER_MCH_ID, no, 101).body(Shop.OTHER_KEY);
        // Each has its own key, and knows no other.
        Exchange.post(first, "wechat", seconds).answers("BAD_SIGNATURE");
        Exchange.post(second, "wechat", firsts).answers("BAD_SIGNATURE");
        Exchange.post(second, "wechat", seconds).answers("APPLIED");
        assertEquals("PENDING", first.orderRow(Shop.MCH_ID, no).get("status"));
        Exchange.post(first, "wechat", firsts).answers("APPLIED");
        assertEquals("PAID", second.orderRow(Shop.OTHER_MCH_ID, no).get("status"));
        assertEquals(1, applied(first, no));
        assertEquals(1, applied(second, no));
        // Accounts of the other's configuration are no accounts here.
        assertEquals(404, Http.post(second.pay("other"), seconds).status());
    }

    private static long applied(Shop shop, String no) {
        return shop.database().count("payment_log where outcome = 'APPLIED' and out_trade_no = ?", no);
    }

    @Test
    void databaseOfOne_away_doesNotMatterToTheOther() {
        secondServer.stop();
        try {
            assertEquals(503, Http.get(second.health()).status());
            assertEquals(200, Http.get(first.health()).status());
            String no = first.order(Shop.MCH_ID, 101);
            Exchange.post(
                            first,
                            "wechat",
                            WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.KEY))
                    .answers("APPLIED");
        } finally {
            secondServer.startAgain();
        }
        Wait.until(UP_WITHIN, () -> Http.get(second.health()).status() == 200, () -> "still down");
        String no = second.order(Shop.OTHER_MCH_ID, 101);
        Exchange.post(
                        second,
                        "wechat",
                        WechatV2Callback.payment(Shop.OTHER_MCH_ID, no, 101).body(Shop.OTHER_KEY))
                .answers("APPLIED");
    }
}
