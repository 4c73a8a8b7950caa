package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Receiver;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;

/** The least that a DBA must trust: the running application with the grants that README.md tells, word by word. */
@ExtendWith(NoSecretInLogs.class)
class RightsIT {
    private static final String UPDATE = "update payment_log set detail = 'changed'";
    private static final String NOTHING = "update payment_log set detail = detail where false";
    private static final String DELETE = "delete from payment_log";
    private static final String TRUNCATE = "truncate payment_log";
    /** What PostgreSQL itself says where there is no grant, and our trigger where there is one. */
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final String SECRET = Receiver.newSecret(24);

    private static Tomcat tomcat;
    private static Receiver receiver;
    private static Database owner;
    private static Database runtime;
    private static Shop shop;

    @BeforeAll
    static void start() {
        tomcat = Tomcat.on(TomcatVersion.TOMCAT_11).withoutWar().manager().start();
        Database first = Postgres.shared().newDatabase();
        first.execute("create schema notify");
        owner = first.inSchema("notify");
        tomcat.deploy("owner", Shop.databaseProperties(owner) + Shop.account());
        runtime = owner.as(owner.user() + "_run", "pw-" + Long.toHexString(System.nanoTime()));
        Database admin = Postgres.shared().admin(owner.user());
        readmeGrants(runtime).forEach(admin::execute);
        receiver = Receiver.start(SECRET);
        tomcat.deploy(
                "least",
                Shop.databaseProperties(runtime) + Shop.account() + "db.schema = check\nwebhook.url = "
                        + receiver.url("/") + "\nwebhook.secret = " + SECRET + "\nevent.channel = rights\n");
        shop = Shop.of(tomcat, "least", owner);
    }

    @AfterAll
    static void stop() {
        tomcat.close();
        receiver.close();
    }

    /** The statements of README.md, "With the least rights", for a role of this test's. */
    static List<String> readmeGrants(Database role) {
        String text;
        try {
            text = Files.readString(Path.of("README.md"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        String section = text.substring(text.indexOf("### With the least rights"));
        String sql = section.substring(section.indexOf("```sql") + "```sql".length());
        List<String> statements = sql.substring(0, sql.indexOf("```"))
                .replace("notify_run", role.user())
                .replace("choose-another", role.password())
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        assertTrue(statements.stream().filter(line -> line.startsWith("GRANT")).count() >= 5, statements::toString);
        return statements;
    }

    @Test
    void callbacks_areSettled() {
        assertEquals(200, Http.get(shop.health()).status());
        WechatV2Callback payment = payment();
        Exchange.post(shop, "wechat", payment.body(Shop.KEY)).answers("APPLIED");
        Wait.until(
                Duration.ofSeconds(20),
                () -> owner.count(
                                "payment_event where out_trade_no = ? and delivered_at is not null",
                                payment.value("out_trade_no"))
                        == 1,
                tomcat::log);
        Exchange.post(shop, "wechat", payment.body(Shop.KEY)).answers("DUPLICATE");
        Exchange.post(shop, "wechat", payment.body(Shop.OTHER_KEY)).answers("BAD_SIGNATURE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                UPDATE,
                NOTHING,
                DELETE,
                TRUNCATE,
                "drop table payment_log",
                "alter table payment_log disable trigger all",
                "set session_replication_role = replica",
                "insert into payment_order (mch_id, out_trade_no, total_fee) values ('m', 'n', 1)",
                "delete from payment_order",
                "delete from payment_refund",
                "update notify_schema_history set success = false",
                "create table mine (n int)"
            })
    void runtimeRole_mayNot(String sql) {
        Exchange.post(shop, "wechat", payment().body(Shop.KEY)).answers("APPLIED");
        List<Map<String, Object>> before = shop.logAfter(0);
        assertRefused(runtime, sql);
        assertEquals(before, shop.logAfter(0));
    }

    @Test
    void monthsAndViews_areOpenToTheRuntimeRole() {
        runtime.execute("select payment_log_prepare()");
        runtime.rows("select * from payment_attention");
        runtime.rows("select * from payment_daily");
        runtime.execute("insert into payment_attention_done (mch_id, out_trade_no) values ('m', 'n')");
        runtime.execute("update payment_attention_done set remark = 'seen to'");
        runtime.execute("delete from payment_attention_done");
        for (String sql : List.of(
                "select payment_log_drop_before('2020-01-01')",
                "select payment_log_add_month('2020-01-01')",
                "select * from payment_log_rest",
                "insert into payment_log_rest (received_at) values (now())",
                "alter table payment_log detach partition payment_log_rest")) {
            assertRefused(runtime, sql);
        }
    }

    @Test
    void roleWithAllRights_mayNotChangeTheLog() {
        Database careless = owner.as(owner.user() + "_all", "pw-" + Long.toHexString(System.nanoTime()));
        Postgres.shared()
                .admin("postgres")
                .execute("create role " + careless.user() + " login password '" + careless.password() + "'");
        owner.execute("grant usage on schema notify to " + careless.user());
        owner.execute("grant all on all tables in schema notify to " + careless.user());
        Exchange.post(shop, "wechat", payment().body(Shop.KEY)).answers("APPLIED");
        List<Map<String, Object>> before = shop.logAfter(0);
        String month = (String) owner.value("select tableoid::regclass::text from payment_log limit 1");
        for (String sql : List.of(UPDATE, NOTHING, DELETE, TRUNCATE)) {
            assertRefused(careless, sql);
            assertRefused(careless, sql.replace("payment_log", month));
        }
        assertEquals(before, shop.logAfter(0));
    }

    @Test
    void owner_mayTakeOutOldRowsAndChangesNone() {
        Exchange.post(shop, "wechat", payment().body(Shop.KEY)).answers("APPLIED");
        assertRefused(owner, UPDATE);
        owner.execute("insert into payment_log (received_at, account, channel, outcome, took_us, body)"
                + " values (now() - interval '3 years', 'a', 'wechat-v2', 'APPLIED', 1, '')");
        assertEquals(1, owner.execute("delete from payment_log where received_at < now() - interval '2 years'"));
        // As a DBA does it who is no superuser.
        Database member = owner.as(owner.user() + "_dba", "pw-" + Long.toHexString(System.nanoTime()));
        Database admin = Postgres.shared().admin("postgres");
        admin.execute("create role " + member.user() + " login password '" + member.password() + "'");
        admin.execute("grant " + owner.user() + " to " + member.user());
        member.execute("delete from payment_log where received_at < now() - interval '2 years'");
        // What a law may want is said aloud.
        owner.execute("alter table payment_log disable trigger payment_log_append_only");
        owner.execute("update payment_log set body = '' where received_at < now() - interval '1 year'");
        owner.execute("alter table payment_log enable trigger payment_log_append_only");
        assertRefused(owner, UPDATE);
    }

    @Test
    void transactionThatFails_leavesNoRow() {
        owner.execute("create function fails() returns trigger language plpgsql as"
                + " $$ begin raise exception 'at commit'; end $$");
        for (String trigger : List.of(
                "constraint trigger fails after insert on payment_log deferrable initially deferred",
                "constraint trigger fails after update on payment_order deferrable initially deferred",
                "trigger fails before update on payment_order",
                "trigger fails before insert on payment_log")) {
            String table = trigger.contains("payment_log") ? "payment_log" : "payment_order";
            owner.execute("create " + trigger + " for each row execute function fails()");
            WechatV2Callback payment = payment();
            String no = payment.value("out_trade_no");
            long before = shop.lastLogId();
            try {
                Exchange.assertAnswer(Http.post(shop.pay("wechat"), payment.body(Shop.KEY)), "ERROR");
            } finally {
                owner.execute("drop trigger fails on " + table);
            }
            assertEquals(List.of(), shop.logAfter(before));
            assertEquals("PENDING", shop.orderRow(Shop.MCH_ID, no).get("status"));
            Exchange.post(shop, "wechat", payment.body(Shop.KEY)).answers("APPLIED");
        }
        owner.execute("drop function fails()");
    }

    private static void assertRefused(Database role, String sql) {
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> role.execute(sql), sql);
        String state = ((java.sql.SQLException) refused.getCause()).getSQLState();
        assertEquals(INSUFFICIENT_PRIVILEGE, state, () -> sql + ": " + refused.getCause());
    }

    private static WechatV2Callback payment() {
        return WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101);
    }
}
