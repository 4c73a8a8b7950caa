package paynotify.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A shop that has installed notify.war: a Tomcat, a database with the shop's orders, and a few merchant accounts. */
public final class Shop implements AutoCloseable {
    private static final Duration UP_WITHIN = Duration.ofSeconds(60);
    /** The merchant of the vectors, account "wechat": no app-id, both signatures. */
    public static final String MCH_ID = "1900000109";

    public static final String KEY = secret("8934e7d15453e97507ef794cf7b0519d");
    /** Account "other": another merchant, another key, two apps. */
    public static final String OTHER_MCH_ID = "1230000109";

    public static final String OTHER_KEY = secret("192006250b4c09247ec02edce69f6a2d");
    /** Accounts "md5only" and "hmaconly". */
    public static final String LIMITED_MCH_ID = "1800000108";

    public static final String LIMITED_KEY = secret("0CB01533B8C1EF103065174F50BCA001");

    /** Accounts "both" (the merchant of the vectors, API v2 and v3) and "provider" (v3 only). */
    public static final String V3_KEY = secret("fdasfjihihihlkja1234lklkj8765dsa");

    public static final String PROVIDER_MCH_ID = "1900000100";
    public static final String PLATFORM_SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    public static final String PUBLIC_KEY_ID = "PUB_KEY_ID_0119000001092025060100192001000001";

    private static final String ACCOUNTS = """
            account.wechat.channel = wechat
            account.wechat.mch-id = %s
            account.wechat.api-key = %s
            account.other.channel = wechat
            account.other.mch-id = %s
            account.other.app-id = wxd930ea5d5a258f4f, wx2421b1c4370ec43b
            account.other.api-key = ${env:OTHER_KEY}
            account.md5only.channel = wechat
            account.md5only.mch-id = %s
            account.md5only.api-key = ${file:limited.key}
            account.md5only.sign-type = MD5
            account.hmaconly.channel = wechat
            account.hmaconly.mch-id = %s
            account.hmaconly.api-key = ${file:limited.key}
            account.hmaconly.sign-type = HMAC-SHA256
            account.both.channel = wechat
            account.both.mch-id = %s
            account.both.api-key = %s
            account.both.api-v3-key = ${file:v3.key}
            account.both.public-key.%s = platform_cert.pem
            account.both.public-key.%s = pub_key.pem
            account.provider.channel = wechat
            account.provider.mch-id = %s
            account.provider.api-v3-key = ${file:v3.key}
            account.provider.public-key.%s = pub_key.pem
            """.formatted(
                    MCH_ID,
                    KEY,
                    OTHER_MCH_ID,
                    LIMITED_MCH_ID,
                    LIMITED_MCH_ID,
                    MCH_ID,
                    KEY,
                    PLATFORM_SERIAL,
                    PUBLIC_KEY_ID,
                    PROVIDER_MCH_ID,
                    PUBLIC_KEY_ID);

    private static final String LOGGED = "log.unverified-per-second";
    private static final String LOGGED_BYTES = "log.unverified-bytes-per-second";

    private static final AtomicInteger ORDERS = new AtomicInteger();
    private static final Map<TomcatVersion, Shop> SHARED = new EnumMap<>(TomcatVersion.class);

    private final Tomcat tomcat;
    private final String context;
    private final Database database;

    private Shop(Tomcat tomcat, String context, Database database) {
        this.tomcat = tomcat;
        this.context = context;
        this.database = database;
    }

    /** The one for all tests that do it no harm; it ends with the JVM. */
    public static synchronized Shop shared(TomcatVersion version) {
        return SHARED.computeIfAbsent(
                version, key -> open(key, Postgres.shared().newDatabase()));
    }

    /** A shop of the caller's own. */
    public static Shop open(TomcatVersion version, Database database) {
        return open(version, database, "");
    }

    public static Shop open(TomcatVersion version, Database database, String moreProperties) {
        Shop shop = of(tomcat(version, database, moreProperties).start(), "notify", database);
        shop.awaitUp();
        return shop;
    }

    /** On a busy machine the application starts before its tables are made: it says 503 until they are. */
    public void awaitUp() {
        Wait.until(UP_WITHIN, () -> Http.get(health()).status() == 200, () -> "the application is not UP");
    }

    /** All that is needed to start one, to be changed before. */
    public static Tomcat.Builder tomcat(TomcatVersion version, Database database, String moreProperties) {
        return Aggregators.files(Tomcat.on(version))
                .properties("db.url = " + database.url() + "\ndb.user = " + database.user()
                        + "\ndb.password = ${env:SHOP_DB_PASSWORD}\n" + ACCOUNTS + Aggregators.ACCOUNTS
                        + unlimited(moreProperties))
                .file("conf/limited.key", LIMITED_KEY + "\n")
                .file("conf/v3.key", V3_KEY + "\n")
                .file("conf/platform_cert.pem", key("wechat_platform_cert.pem"))
                .file("conf/pub_key.pem", key("wechat_pubkey_mode_public.pem"))
                .env("OTHER_KEY", OTHER_KEY)
                .env("SHOP_DB_PASSWORD", database.password())
                // What a careless machine is set up with: nothing may depend on it.
                .option("-Duser.language=tr")
                .option("-Duser.timezone=Asia/Kolkata")
                .option("-Dfile.encoding=ISO-8859-1");
    }

    /** A key among the vectors. */
    public static String key(String name) {
        try (InputStream in = Shop.class.getResourceAsStream("/vectors/keys/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that no log and no row may tell. */
    public static List<String> secrets() {
        return Kit.secrets();
    }

    /** An application in a Tomcat that the caller has started with other settings. */
    public static Shop of(Tomcat tomcat, String context, Database database) {
        return new Shop(tomcat, context, database);
    }

    /** The keys of a database, the password as it is. */
    public static String databaseProperties(Database database) {
        return "db.url = " + database.url() + "\ndb.user = " + database.user() + "\ndb.password = "
                + database.password() + "\n";
    }

    /** All accounts, for an application beside the first in a Tomcat of {@link #tomcat}. */
    public static String properties(Database database, String moreProperties) {
        return databaseProperties(database) + ACCOUNTS + Aggregators.ACCOUNTS + unlimited(moreProperties);
    }

    /** The tests are faster than the callers whose every callback is logged, and look for each row of theirs. */
    private static String unlimited(String moreProperties) {
        return moreProperties
                + (moreProperties.contains(LOGGED) ? "" : "\n" + LOGGED + " = 100000\n")
                + (moreProperties.contains(LOGGED_BYTES) ? "" : "\n" + LOGGED_BYTES + " = 1073741824\n");
    }

    /** One account, "wechat". */
    public static String account() {
        return ACCOUNTS.lines().limit(3).collect(Collectors.joining("\n", "", "\n"));
    }

    public Tomcat tomcat() {
        return tomcat;
    }

    public Database database() {
        return database;
    }

    public URI pay(String account) {
        return tomcat.uri("/" + context + "/pay/" + account);
    }

    public URI health() {
        return tomcat.uri("/" + context + "/health");
    }

    /** A number that no other order has. */
    public static String newOrderNo() {
        return "IT-" + ORDERS.incrementAndGet() + "-" + Long.toString(System.nanoTime(), 36);
    }

    /** A new PENDING order in CNY; its number. */
    public String order(String mchId, long totalFee) {
        String outTradeNo = newOrderNo();
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, ?)",
                mchId,
                outTradeNo,
                totalFee);
        return outTradeNo;
    }

    public Map<String, Object> orderRow(String mchId, String outTradeNo) {
        return database.row("select * from payment_order where mch_id = ? and out_trade_no = ?", mchId, outTradeNo);
    }

    public long lastLogId() {
        return ((Number) database.value("select coalesce(max(id), 0) from payment_log")).longValue();
    }

    public List<Map<String, Object>> logAfter(long id) {
        return database.rows(
                "select *, host(remote_addr) as remote_host from payment_log where id > ? order by id", id);
    }

    public List<Map<String, Object>> logOf(String outTradeNo) {
        return database.rows("select * from payment_log where out_trade_no = ? order by id", outTradeNo);
    }

    @Override
    public void close() {
        tomcat.close();
    }

    static String secret(String value) {
        Kit.keepSecret(value);
        return value;
    }
}
