package paynotify.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import paynotify.kit.Database;
import paynotify.kit.LoopbackCertificate;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.Wechat;

/**
 * How long a customer who has paid waits for his order where the callback does not come: an order every quarter of a second,
 * each paid at once and known to the kit's WeChat only, with the default ages. In v2 and in v3, over HTTPS.
 */
final class Lost {
    private static final int ORDERS = 240;
    private static final int EVERY_MS = 250;
    private static final Duration KNOWN_WITHIN = Duration.ofMinutes(3);

    private Lost() {}

    static void run(Options options) throws Exception {
        try (Postgres postgres = Postgres.startDurable();
                Wechat wechat = Wechat.startTls()) {
            Database database = postgres.newDatabase();
            try (Tomcat tomcat = Shop.tomcat(TomcatVersion.TOMCAT_11, database, "")
                    .properties(properties(database, wechat))
                    .file("conf/merchant.pem", Shop.key("merchant_private.pem"))
                    .option("-Djavax.net.ssl.trustStore=" + LoopbackCertificate.trustStore())
                    .option("-Djavax.net.ssl.trustStorePassword=" + LoopbackCertificate.PASSWORD)
                    .start()) {
                Shop shop = Shop.of(tomcat, "notify", database);
                for (int i = 0; i < ORDERS; i++) {
                    String mchId = i % 2 == 0 ? Shop.MCH_ID : Shop.OTHER_MCH_ID;
                    wechat.books().order(mchId, shop.order(mchId, Sample.TOTAL_FEE), "SUCCESS", Sample.TOTAL_FEE);
                    Thread.sleep(EVERY_MS);
                }
                Wait.until(
                        KNOWN_WITHIN,
                        () -> database.count("payment_order where status = 'PAID'") == ORDERS,
                        () -> "not all are PAID");
                print(database, options);
            }
        }
    }

    private static String properties(Database database, Wechat wechat) {
        return Shop.databaseProperties(database) + Shop.account() + "account.wechat.app-id = " + Wechat.APP_ID
                + "\naccount.wechat.inquiry = v2\naccount.v3.channel = wechat\naccount.v3.mch-id = " + Shop.OTHER_MCH_ID
                + "\naccount.v3.app-id = " + Wechat.APP_ID
                + "\naccount.v3.inquiry = v3\naccount.v3.merchant-key = merchant.pem\naccount.v3.merchant-serial = "
                + Wechat.MERCHANT_SERIAL + "\naccount.v3.public-key." + Shop.PLATFORM_SERIAL + " = platform_cert.pem\n"
                + "inquiry.url = " + wechat.url() + "\n";
    }

    private static void print(Database database, Options options) {
        List<Map<String, Object>> rows = database.rows("select l.channel, count(*) as orders,"
                + " percentile_cont(0.5) within group (order by extract(epoch from l.received_at - o.created_at)) as median,"
                + " max(extract(epoch from l.received_at - o.created_at)) as worst"
                + " from payment_log l join payment_order o using (mch_id, out_trade_no)"
                + " where l.outcome = 'APPLIED' and l.source = 'INQUIRY' group by l.channel order by 1");
        System.out.printf(
                "%nFrom an order's payment, whose callback is lost, to PAID (%s):%n",
                options.war().getFileName());
        rows.forEach(row -> System.out.println(row));
    }
}
