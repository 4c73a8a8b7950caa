package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/** Contract, section 1: where notify.properties is looked for, what may stand there, and what is said of each fault. */
@ExtendWith(NoSecretInLogs.class)
class ConfigurationIT {
    private static final Pattern FAULT = Pattern.compile("(?<![\\w.-])([\\w.-]+): expected .+, found .+");
    /** A character that a properties file could take for the start of a remark or an escape. */
    private static final String ODD_KEY = "0cb#15!3b=8c1:f103065-74f50bca01";

    private static Database database;
    private static Tomcat tomcat;
    private static int contexts;

    @BeforeAll
    static void start() {
        database = Postgres.shared().newDatabase();
        // What the environment variable names is shadowed by nothing but a context parameter here.
        Tomcat.Builder builder = Tomcat.on(TomcatVersion.TOMCAT_10);
        tomcat = builder.manager()
                .properties("nonsense = true\n")
                .file("elsewhere/env.properties", properties("env"))
                .env(
                        "NOTIFY_CONFIG",
                        builder.base().resolve("elsewhere/env.properties").toString())
                .env("EMPTY", "")
                .start();
    }

    @AfterAll
    static void stop() {
        tomcat.close();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("db.url", "db.url =", null),
                Arguments.of("db.url", "db.url = jdbc:mysql://127.0.0.1/shop", null),
                Arguments.of("db.url", "db.url = 127.0.0.1:5432/shop", null),
                Arguments.of("db.url", null, "db.url"),
                Arguments.of("db.user", null, "db.user"),
                Arguments.of("db.password", null, "db.password"),
                Arguments.of("db.password", "db.password = ${env:NOT_SET_ANYWHERE}", null),
                Arguments.of("db.password", "db.password = ${file:no/such.file}", null),
                Arguments.of("db.pool-size", "db.pool-size = 0", null),
                Arguments.of("db.pool-size", "db.pool-size = -1", null),
                Arguments.of("db.pool-size", "db.pool-size = ten", null),
                Arguments.of("db.pool-size", "db.pool-size = 99999999999999999999", null),
                Arguments.of("db.schema", "db.schema = update", null),
                Arguments.of("db.schema", "db.schema = MIGRATE", null),
                Arguments.of("body.max-bytes", "body.max-bytes = 1023", null),
                Arguments.of("body.max-bytes", "body.max-bytes = 1048577", null),
                Arguments.of("body.max-bytes", "body.max-bytes = 64k", null),
                Arguments.of("body.max-byte", "body.max-byte = 65536", null),
                Arguments.of("db.pool.size", "db.pool.size = 10", null),
                Arguments.of("nonsense", "nonsense = true", null),
                Arguments.of("account.wechat.channel", null, "account.wechat.channel"),
                Arguments.of("account.wechat.channel", "account.wechat.channel = wechatpay", null),
                Arguments.of("account.wechat.mch-id", null, "account.wechat.mch-id"),
                Arguments.of("account.wechat.mch-id", "account.wechat.mch-id =", null),
                Arguments.of("account.wechat.mchid", "account.wechat.mchid = 1", null),
                Arguments.of("account.wechat.sign-type", "account.wechat.sign-type = SHA256", null),
                Arguments.of("account.wechat.sign-type", "account.wechat.sign-type = md5", null),
                Arguments.of("account.wechat.api-key", "account.wechat.api-key = ${file:missing.key}", null),
                Arguments.of("account.wechat.api-key", "account.wechat.api-key = ${env:NOT_SET_ANYWHERE}", null),
                Arguments.of("account.wechat.api-key", "account.wechat.api-key = ${file:empty.key}", null),
                Arguments.of("account.wechat.api-key", "account.wechat.api-key = ${env:EMPTY}", null),
                Arguments.of("account.wechat.api-key", "account.wechat.api-key =", null));
    }

    private static String faulty(String line, String without) {
        Map<String, String> lines = new TreeMap<>();
        properties("wechat").lines().forEach(each -> lines.put(keyOf(each), each));
        if (without != null) {
            lines.remove(without);
        } else {
            lines.put(keyOf(line), line);
        }
        return String.join("\n", lines.values());
    }

    @ParameterizedTest
    @MethodSource("faults")
    void fault_stopsTheStartWithOneLine(String key, String line, String without) {
        assertEquals(List.of(key), faultsOf(faulty(line, without)));
    }

    @Test
    void severalFaults_haveALineEach() {
        assertEquals(
                List.of("account.wechat.mch-id", "db.schema", "db.user", "frobnicate"),
                faultsOf(properties("wechat")
                                .replaceAll("(?m)^db.user.*$", "db.schema = maybe\nfrobnicate = 1")
                                .replaceAll("(?m)^account.wechat.mch-id.*$", ""))
                        .stream()
                        .sorted()
                        .toList());
    }

    @Test
    void faultOfOneAccount_namesItsKeyInFull() {
        assertEquals(
                List.of("account.second.mch-id"),
                faultsOf(properties("wechat") + "account.second.channel = wechat\naccount.second.api-key = "
                        + Shop.KEY));
    }

    @Test
    void noAccount_isAFault() {
        assertEquals(1, faultsOf(Shop.databaseProperties(database)).size());
    }

    @Test
    void secrets_inValuesThatAreFaulty_areNotShown() {
        String secret = tomcat.secret("Tr0ub4dor-and-3");
        String good = properties("wechat");
        deploy(good.replaceAll("(?m)^db.url.*$", "db.url = postgres://notify:" + secret + "@db/shop"));
        deploy(good.replaceAll("(?m)^db.url.*$", "db.url = jdbc:mysql://db/shop?password=" + secret));
        deploy(good + "db.passwort = " + secret);
        deploy(good + "account.wechat.apikey = " + secret);
        deploy(good + "account.wechat.api-key = " + secret);
        deploy(good.replaceAll("(?m)^account.wechat.api-key.*$", "account.wechat.api-key = " + secret));
        deploy(good.replaceAll("(?m)^db.password.*$", "db.password = " + secret));
        deploy(good.replaceAll("(?m)^db.password.*$", "db.password = \\${file:" + secret));
        // NoSecretInLogs looks, after the class, at all that was logged.
        assertTrue(tomcat.log().contains("expected"));
    }

    @Test
    void contextParameter_winsOverTheEnvironment() {
        String name = deploy(properties("parameter"));
        assertAccount(name, "parameter");
    }

    @Test
    void contextParameter_thatNamesNoFile_isAFaultAndNoReasonToLookFurther() {
        String name = newName();
        String log = tomcat.deployContext(
                name,
                "<Context docBase=\"" + tomcat.war()
                        + "\"><Parameter name=\"notify.config\" value=\"/no/such/notify.properties\"/></Context>");
        assertEquals(List.of("notify.config"), faults(log));
        assertEquals(404, Http.get(tomcat.uri("/" + name + "/health")).status());
    }

    @Test
    void environment_winsOverTheFileOfCatalinaBase() {
        // notify.war itself, deployed without a context file, started from what NOTIFY_CONFIG names.
        assertAccount("notify", "env");
    }

    @Test
    void systemProperty_winsOverTheEnvironment() {
        Tomcat.Builder builder = Tomcat.on(TomcatVersion.TOMCAT_11);
        String folder = builder.base() + "/elsewhere";
        try (Tomcat other = builder.properties("nonsense = true\n")
                .file("elsewhere/property.properties", properties("property"))
                .file("elsewhere/env.properties", properties("env"))
                .env("NOTIFY_CONFIG", folder + "/env.properties")
                .option("-Dnotify.config=" + folder + "/property.properties")
                .start()) {
            assertEquals(
                    401,
                    Http.post(other.uri("/notify/pay/property"), "<xml/>".getBytes(StandardCharsets.UTF_8))
                            .status());
            assertEquals(
                    404, Http.post(other.uri("/notify/pay/env"), new byte[0]).status());
        }
    }

    @Test
    void values_fromFilesAndEnvironment_areTakenTrimmedAndRelativeToTheFile() {
        String name = newName();
        tomcat.file("conf/contexts/" + name + "/keys/wechat.key", " \n" + Shop.KEY + "\r\n\n");
        tomcat.file("conf/contexts/db.password", database.password() + "\n");
        String text = properties("wechat")
                .replaceAll("(?m)^account.wechat.api-key.*$", "account.wechat.api-key = \\${file:keys/wechat.key}")
                .replaceAll("(?m)^db.password.*$", "db.password = \\${file:../db.password}");
        tomcat.deploy(name, text);
        assertApplied(name, "wechat", Shop.KEY);
    }

    @Test
    void file_withByteOrderMarkAndChineseRemarks_isRead() {
        String name = deploy("\uFEFF# 商户的设置\r\n" + properties("wechat").replace("\n", "\r\n"));
        assertApplied(name, "wechat", Shop.KEY);
    }

    @Test
    void value_keepsItsNumberSign() {
        tomcat.secret(ODD_KEY);
        String name = deploy(properties("wechat")
                .replaceAll("(?m)^account.wechat.api-key.*$", "account.wechat.api-key = " + ODD_KEY));
        assertApplied(name, "wechat", ODD_KEY);
    }

    @Test
    void sharedMerchantNumber_isAWarningAndNoFault() {
        String name = newName();
        String weak = "account.weak.channel = allinpay\naccount.weak.mch-id = " + Shop.MCH_ID
                + "\naccount.weak.md5-key = " + Shop.OTHER_KEY + "\n";
        String log = tomcat.deploy(name, properties("wechat") + weak);
        List<String> warnings = log.lines()
                .filter(line -> line.contains(" WARNING ") && line.contains("mch-id " + Shop.MCH_ID))
                .toList();
        assertEquals(1, warnings.size(), log);
        assertTrue(warnings.get(0).contains("account.weak (allinpay), account.wechat (wechat)"), warnings.get(0));
        assertApplied(name, "wechat", Shop.KEY);
    }

    @Test
    void privateKeyInsteadOfThePublicOne_isAFaultAndNotShown() {
        String name = newName();
        String pem = Shop.key("wechat_pubkey_mode_private.pem");
        String secret = tomcat.secret(pem.lines().skip(1).findFirst().orElseThrow());
        tomcat.file("conf/contexts/" + name + "/pub_key.pem", pem);
        String log = tomcat.deploy(
                name,
                properties("wechat") + "account.wechat.api-v3-key = " + Shop.V3_KEY + "\naccount.wechat.public-key.AB"
                        + " = pub_key.pem\n");
        assertEquals(List.of("account.wechat.public-key.AB"), faults(log));
        assertTrue(log.contains("found a private key; what is wanted is the sender's public key"), log);
        assertFalse(log.contains(secret), log);
    }

    @Test
    void bodyMaxBytes_isTheLimit() {
        String name = deploy(properties("wechat") + "body.max-bytes = 1024\n");
        Shop shop = Shop.of(tomcat, name, database);
        Exchange.post(shop, "wechat", "<" + "x".repeat(1023)).answers("MALFORMED");
        Exchange.post(shop, "wechat", "<" + "x".repeat(1024)).answers("TOO_LARGE");
    }

    @Test
    void dataSource_ofTomcat_isUsedInsteadOfTheFirstFourKeys() {
        String name = newName();
        String jndi = "db.jndi = java:comp/env/jdbc/notify\n";
        String resource = "<Resource name=\"jdbc/%s\" auth=\"Container\" type=\"javax.sql.DataSource\""
                + " factory=\"com.zaxxer.hikari.HikariJNDIFactory\" driverClassName=\"org.postgresql.Driver\" jdbcUrl=\""
                + database.url() + "\" username=\"" + database.user() + "\" password=\"" + database.password()
                + "\" maximumPoolSize=\"10\" connectionTimeout=\"2000\"/>";
        String said = tomcat.deploy(name, jndi + Shop.account(), resource.formatted("notify"));
        assertTrue(said.contains("started [config=") && !said.contains("switched on"), said);
        assertApplied(name, "wechat", Shop.KEY);
        assertEquals(200, Http.get(tomcat.uri("/" + name + "/health")).status());
        assertTrue(tomcat.manage("undeploy?path=/" + name).startsWith("OK"));

        String wrong = newName();
        assertEquals(
                List.of("db.jndi"), faults(tomcat.deploy(wrong, jndi + Shop.account(), resource.formatted("other"))));
        String noDataSource = newName();
        assertEquals(
                List.of("db.jndi"),
                faults(tomcat.deploy(
                        noDataSource,
                        jndi + Shop.account(),
                        "<Environment name=\"jdbc/notify\" type=\"java.lang.String\" value=\"text\"/>")));
    }

    @Test
    void databaseUrl_withParametersOfItsOwn_isUsedAsItIs() {
        String url = database.url() + "?connectTimeout=3&socketTimeout=9&sslResponseTimeout=700&ApplicationName=shop";
        String name = deploy(properties("wechat").replaceAll("(?m)^db.url.*$", "db.url = " + url));
        assertApplied(name, "wechat", Shop.KEY);
        assertTrue(database.count("pg_stat_activity where application_name = 'shop'") > 0);
        assertTrue(tomcat.manage("undeploy?path=/" + name).startsWith("OK"));
        assertEquals(0, database.count("pg_stat_activity where application_name = 'shop'"));
    }

    @Test
    void remoteIpValve_inTheContext_givesTheCallersAddress() {
        String name = newName();
        tomcat.deploy(name, properties("wechat"), "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\"/>");
        Shop shop = Shop.of(tomcat, name, database);
        Exchange.post(shop, "wechat", "<xml/>", "X-Forwarded-For", "101.226.103.5")
                .column("remote_host", "101.226.103.5");
        Exchange.post(shop, "wechat", "<xml/>", "X-Forwarded-For", "2001:db8::5")
                .column("remote_host", "2001:db8::5");
        // Some gateways append the caller's port.
        Exchange.post(shop, "wechat", "<xml/>", "X-Forwarded-For", "101.226.103.5:4711")
                .column("remote_host", "101.226.103.5");
        Exchange.post(shop, "wechat", "<xml/>", "X-Forwarded-For", "[2001:db8::5]:4711")
                .column("remote_host", "2001:db8::5");
        Exchange.post(shop, "wechat", "<xml/>", "X-Forwarded-For", "unknown").column("remote_host", null);
        Exchange.post(shop, "wechat", "<xml/>", "X-Forwarded-For", "<script>").column("remote_host", null);
    }

    /** As tomcat-conf/notify.xml warns: the address list does not know an address with a port. */
    @Test
    void remoteCidrValve_addressWithAPort_isRefused() {
        String name = newName();
        tomcat.deploy(
                name,
                properties("wechat"),
                "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\"/>"
                        + "<Valve className=\"org.apache.catalina.valves.RemoteCIDRValve\" allow=\"101.226.103.0/25\"/>");
        Shop shop = Shop.of(tomcat, name, database);
        Exchange.post(shop, "wechat", "<xml/>", "X-Forwarded-For", "101.226.103.5")
                .column("remote_host", "101.226.103.5");
        byte[] body = "<xml/>".getBytes(StandardCharsets.UTF_8);
        assertEquals(
                403,
                Http.post(shop.pay("wechat"), body, "X-Forwarded-For", "101.226.103.5:4711")
                        .status());
    }

    private static void assertAccount(String context, String account) {
        byte[] body = "<xml/>".getBytes(StandardCharsets.UTF_8);
        assertEquals(
                401,
                Http.post(tomcat.uri("/" + context + "/pay/" + account), body).status());
        for (String other : List.of("env", "parameter", "property", "wechat")) {
            if (!other.equals(account)) {
                assertEquals(
                        404,
                        Http.post(tomcat.uri("/" + context + "/pay/" + other), body)
                                .status());
            }
        }
    }

    private static void assertApplied(String context, String account, String key) {
        Shop shop = Shop.of(tomcat, context, database);
        String no = shop.order(Shop.MCH_ID, 101);
        Exchange.post(
                        shop,
                        account,
                        WechatV2Callback.payment(Shop.MCH_ID, no, 101).xml(key))
                .answers("APPLIED");
    }

    /** The keys that the log has a line for, after a start that must have failed. */
    private static List<String> faultsOf(String properties) {
        String name = newName();
        tomcat.file("conf/contexts/" + name + "/empty.key", "\n");
        String log = tomcat.deploy(name, properties);
        assertTrue(log.contains("startup failed due to previous errors"), log);
        assertEquals(404, Http.get(tomcat.uri("/" + name + "/health")).status(), () -> "it started: " + log);
        return faults(log);
    }

    private static List<String> faults(String log) {
        return log.lines()
                .map(FAULT::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .toList();
    }

    private static String deploy(String properties) {
        String name = newName();
        tomcat.deploy(name, properties);
        return name;
    }

    private static String newName() {
        return "c" + contexts++;
    }

    private static String keyOf(String line) {
        return line.substring(0, line.indexOf('=')).strip();
    }

    private static String properties(String account) {
        return Shop.databaseProperties(database)
                + Shop.account().replace("account.wechat.", "account." + account + ".");
    }
}
