package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.BillText;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Undeployment;
import paynotify.kit.Wait;
import paynotify.kit.Wechat;
import paynotify.kit.WechatBills.Manner;
import paynotify.kit.WechatV2Callback;

/** The bills of the last 30 days, in v2 and v3. The day is the one before yesterday: its bill is there at any hour. */
@ExtendWith(NoSecretInLogs.class)
class BillIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static Wechat wechat;
    private static Database database;
    private static Tomcat tomcat;
    private static Shop shop;

    private static LocalDate today() {
        return OffsetDateTime.now(ZoneOffset.ofHours(8)).toLocalDate();
    }

    private static final LocalDate DAY = today().minusDays(2);

    @BeforeAll
    static void start() {
        wechat = Wechat.start();
        database = Postgres.shared().newDatabase();
        tomcat = tomcat(TomcatVersion.TOMCAT_11, database, wechat).start();
        shop = open(tomcat, database);
        awaitDays(database, tomcat);
    }

    /** All days but those of the tests are without a bill. */
    private static void awaitDays(Database own, Tomcat running) {
        Wait.until(
                SOON,
                () -> own.count("payment_bill where state = 'EMPTY'") >= 2 * 29,
                () -> own.rows("select mch_id, bill_date, state, detail from payment_bill order by 2") + running.log());
    }

    @AfterAll
    static void stop() {
        tomcat.close();
        wechat.close();
    }

    @BeforeEach
    void honest() {
        wechat.up();
        wechat.behave(Wechat.Manner.HONEST).slow(Duration.ZERO);
        wechat.bills().behave(Manner.HONEST);
    }

    private static Tomcat.Builder tomcat(TomcatVersion version, Database database, Wechat wechat) {
        String properties = Shop.databaseProperties(database)
                + Shop.account()
                + "account.wechat.app-id = " + Wechat.APP_ID
                + "\naccount.wechat.inquiry = v2\naccount.wechat.bill = on\n"
                + "account.v3.channel = wechat\naccount.v3.mch-id = " + Shop.OTHER_MCH_ID
                + "\naccount.v3.app-id = " + Wechat.APP_ID
                + "\naccount.v3.inquiry = v3\naccount.v3.bill = on\naccount.v3.merchant-key = merchant.pem\naccount.v3.merchant-serial = "
                + Wechat.MERCHANT_SERIAL
                + "\naccount.v3.public-key." + Shop.PLATFORM_SERIAL + " = platform_cert.pem\n"
                + "account.v3.public-key." + Shop.PUBLIC_KEY_ID + " = pub_key.pem\n"
                + "inquiry.url = " + wechat.url()
                + "\ninquiry.at = 24h\ninquiry.refund-at = 24h\nbill.at = 10:00\n";
        return Shop.tomcat(version, database, "")
                .properties(properties)
                .file("conf/merchant.pem", Shop.key("merchant_private.pem"));
    }

    private static Shop open(Tomcat started, Database own) {
        Shop opened = Shop.of(started, "notify", own);
        Wait.until(SOON, () -> Http.get(opened.health()).status() == 200, started::log);
        return opened;
    }

    private static Map<String, Object> row(String mchId) {
        return database.row(
                "select * from payment_bill where mch_id = ? and bill_date = cast(? as date)", mchId, DAY.toString());
    }

    /** As a DBA does it. */
    private static void fetchAgain(String mchId) {
        database.execute(
                "delete from payment_bill where mch_id = ? and bill_date = cast(? as date)", mchId, DAY.toString());
    }

    private static void awaitState(String mchId, String state) {
        Wait.until(
                SOON,
                () -> database.count(
                                "payment_bill where mch_id = ? and bill_date = cast(? as date) and state = ?"
                                        + " and fetched_at is not null and leased_until is null",
                                mchId,
                                DAY.toString(),
                                state)
                        == 1,
                () -> database.rows("select * from payment_bill where bill_date = '" + DAY + "'") + tomcat.log());
    }

    private static void paid(String mchId, String no) {
        database.execute(
                "update payment_order set status = 'PAID', transaction_id = ?, paid_at = cast(? as timestamptz)"
                        + " where mch_id = ? and out_trade_no = ?",
                WechatV2Callback.transactionId(no),
                DAY + " 12:00:05+08",
                mchId,
                no);
    }

    private static BillText bill(String mchId) {
        return new BillText(mchId, DAY);
    }

    /** From a callback that never came to a difference that is settled. */
    @ParameterizedTest
    @ValueSource(strings = {Shop.MCH_ID, Shop.OTHER_MCH_ID})
    void callbackLost_billLeadsToAnInquiryAndThatToPaid(String mchId) {
        String lost = shop.order(mchId, 101);
        String right = shop.order(mchId, 102);
        paid(mchId, right);
        String unknown = Shop.newOrderNo();
        String refund = "R" + Shop.newOrderNo();
        wechat.books().order(mchId, lost, "SUCCESS", 101);
        wechat.books().refund(mchId, right, 102, refund, "SUCCESS", 50);
        wechat.bills()
                .put(
                        mchId,
                        DAY,
                        bill(mchId)
                                .refund(right, refund, 50)
                                .paid(lost, 101)
                                .paid(right, 102)
                                .paid(unknown, 103));
        fetchAgain(mchId);
        awaitState(mchId, "COMPLETE");
        Wait.until(
                SOON,
                () -> shop.orderRow(mchId, lost).get("status").equals("PAID")
                        && database.count("payment_refund where out_refund_no = ? and status = 'SUCCESS'", refund) == 1,
                tomcat::log);
        assertEquals("INQUIRY", shop.logOf(lost).get(0).get("source"));
        Wait.until(
                Duration.ofSeconds(60),
                () -> database.count(
                                "payment_bill_difference where out_trade_no in (?, ?) and settled_at is not null",
                                lost,
                                right)
                        == 2,
                () -> database.rows("select * from payment_bill_difference") + tomcat.log());
        Map<String, Object> row = row(mchId);
        assertEquals(4, row.get("lines"));
        assertEquals(306L, row.get("paid_fee"));
        assertEquals(50L, row.get("refund_fee"));
        assertEquals(3L, row.get("differences"));
        assertEquals(
                List.of("PAID_UNKNOWN " + unknown),
                database
                        .rows(
                                "select kind || ' ' || out_trade_no as d from payment_bill_difference"
                                        + " where settled_at is null and mch_id = ? and bill_date = cast(? as date)",
                                mchId,
                                DAY.toString())
                        .stream()
                        .map(each -> each.get("d"))
                        .toList());
        assertEquals(4, database.count("payment_bill_line where mch_id = ?", mchId));
        assertEquals(0, wechat.signaturesRefused());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "1900000109, HONEST, COMPLETE, -",
                "1900000109, PLAIN, COMPLETE, -",
                "1900000109, CREATING, WAITING, return_msg 'Bill Creating'",
                "1900000109, CUT, UNUSABLE, broken off behind byte",
                "1900000109, HALF, UNUSABLE, 'column '",
                "1900000109, BROKEN_GZIP, UNUSABLE, unpacked",
                "1230000109, HONEST, COMPLETE, -",
                "1230000109, PLAIN, COMPLETE, -",
                "1230000109, CREATING, WAITING, code 'STATEMENT_CREATING'",
                "1230000109, CUT, UNUSABLE, broken off behind byte",
                "1230000109, HALF, UNUSABLE, 'column '",
                "1230000109, BROKEN_GZIP, UNUSABLE, unpacked",
                "1230000109, WRONG_HASH, UNUSABLE, SHA-1",
                "1230000109, OTHER_HOST, UNUSABLE, one of inquiry.url",
                "1230000109, EXPIRED, WAITING, HTTP 200 for the file",
                "1230000109, UNSIGNED, UNUSABLE, expected a header Wechatpay-",
            })
    void billThatIsNotRight_changesNothing_andIsFetchedAgain(String mchId, Manner manner, String state, String detail) {
        String no = Shop.newOrderNo();
        BillText text = bill(mchId);
        for (int i = 0; i < 300; i++) {
            text.paid(no + "-" + i, 101 + i);
        }
        wechat.bills().put(mchId, DAY, text).behave(manner);
        database.execute("delete from payment_bill_line");
        database.execute("delete from payment_bill_difference");
        fetchAgain(mchId);
        awaitState(mchId, state);
        boolean complete = state.equals("COMPLETE");
        if (!complete) {
            assertEquals(0, database.count("payment_bill_line"));
            assertEquals(0, database.count("payment_bill_difference"));
            assertTrue(String.valueOf(row(mchId).get("detail")).contains(detail), () -> row(mchId)
                    .toString());
            assertNull(row(mchId).get("lines"));
            // Half an hour later.
            wechat.bills().behave(Manner.HONEST);
            database.execute(
                    "update payment_bill set fetched_at = fetched_at - interval '30 minutes'"
                            + " where bill_date = cast(? as date)",
                    DAY.toString());
            awaitState(mchId, "COMPLETE");
        }
        assertNull(row(mchId).get("detail"));
        assertEquals(300, database.count("payment_bill_line where out_trade_no like ?", no + "%"));
        assertEquals(300, database.count("payment_bill_difference where kind = 'PAID_UNKNOWN'"));
        assertNothingInTemp();
    }

    private static void assertNothingInTemp() {
        try (Stream<Path> files = Files.list(Path.of(tomcat.base().toString(), "temp"))) {
            assertEquals(
                    List.of(),
                    files.filter(each -> each.getFileName().toString().startsWith("notify-"))
                            .toList());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Shop.MCH_ID, Shop.OTHER_MCH_ID})
    void sumsThatAreWrong_saySoByLineAndColumn(String mchId) {
        wechat.bills().put(mchId, DAY, bill(mchId).paid(Shop.newOrderNo(), 101).wrongBy(1));
        fetchAgain(mchId);
        awaitState(mchId, "UNUSABLE");
        assertEquals(
                "line 4, column 2 应结订单总金额: expected 1.01 as the rows add up to, found '1.02'",
                row(mchId).get("detail"));
    }

    @Test
    void billOfAnotherMerchant_isUnusable() {
        wechat.bills().put(Shop.MCH_ID, DAY, bill("1900000999").paid(Shop.newOrderNo(), 101));
        fetchAgain(Shop.MCH_ID);
        awaitState(Shop.MCH_ID, "UNUSABLE");
        assertEquals(
                "line 2, column 商户号: expected '1900000109', found '1900000999'",
                row(Shop.MCH_ID).get("detail"));
    }

    @Test
    void linesOfOtherApps_areStoredAndNotCompared() {
        String theirs = Shop.newOrderNo();
        wechat.bills().put(Shop.MCH_ID, DAY, bill(Shop.MCH_ID).of("wx1", "0").paid(theirs, 101));
        fetchAgain(Shop.MCH_ID);
        awaitState(Shop.MCH_ID, "COMPLETE");
        assertEquals(1, database.count("payment_bill_line where out_trade_no = ?", theirs));
        assertEquals(0, database.count("payment_bill_difference where out_trade_no = ?", theirs));
    }

    @Test
    void noRows_isAWholeBill() {
        wechat.bills().put(Shop.OTHER_MCH_ID, DAY, bill(Shop.OTHER_MCH_ID));
        fetchAgain(Shop.OTHER_MCH_ID);
        awaitState(Shop.OTHER_MCH_ID, "COMPLETE");
        assertEquals(0, row(Shop.OTHER_MCH_ID).get("lines"));
    }

    /** WeChat is down until the evening; nothing is lost by it, and each of 30 days is there in the end. */
    @Test
    void senderDownAndBack_allDaysAreMadeUpFor() {
        Database own = Postgres.shared().newDatabase();
        try (Wechat down = Wechat.start()) {
            down.bills().put(Shop.MCH_ID, DAY, bill(Shop.MCH_ID).paid("o", 101));
            down.down();
            try (Tomcat alone = tomcat(TomcatVersion.TOMCAT_10, own, down).start()) {
                open(alone, own);
                Wait.until(
                        SOON,
                        () -> own.count("payment_bill where state = 'WAITING' and detail like '%expected an answer%'")
                                == 2,
                        alone::log);
                down.up();
                own.execute("delete from payment_bill where detail is not null");
                Wait.until(
                        Duration.ofSeconds(90),
                        () -> own.count("payment_bill") >= 2 * 29
                                && own.count("payment_bill where state not in ('EMPTY', 'COMPLETE')") == 0,
                        () -> own.rows("select mch_id, bill_date, state, detail from payment_bill") + alone.log());
                assertEquals(1, own.count("payment_bill where state = 'COMPLETE'"));
                assertEquals(
                        today().minusDays(30).toString(),
                        own.value("select min(bill_date) from payment_bill").toString());
            }
        }
    }

    /** Nothing paid: EMPTY. Something paid and no bill: told when the next day's is there. */
    @Test
    void noStatement_isEmptyOnlyIfNothingWasPaid() {
        Database own = Postgres.shared().newDatabase();
        try (Wechat other = Wechat.start();
                Tomcat alone = tomcat(TomcatVersion.TOMCAT_10, own, other).start()) {
            open(alone, own);
            awaitDays(own, alone);
            own.execute(
                    "insert into payment_order (mch_id, out_trade_no, total_fee, status, transaction_id, paid_at)"
                            + " values (?, 'o', 101, 'PAID', 't', cast(? as timestamptz))",
                    Shop.MCH_ID,
                    DAY.minusDays(1) + " 12:00:05+08");
            own.execute("delete from payment_bill where mch_id = ?", Shop.MCH_ID);
            Wait.until(
                    SOON,
                    () -> own.count("payment_bill_difference where kind = 'NOT_IN_BILL' and out_trade_no = 'o'") == 1,
                    () -> own.rows("select * from payment_bill where mch_id = '" + Shop.MCH_ID + "'") + alone.log());
            Map<String, Object> row = own.row("select * from payment_bill where state = 'UNUSABLE'");
            assertEquals(DAY.minusDays(1).toString(), row.get("bill_date").toString());
            assertTrue(row.get("detail").toString().startsWith("expected a bill, for orders were paid here that day"));
        }
    }

    @Test
    void twoTomcats_oneFetches() {
        Database own = Postgres.shared().newDatabase();
        try (Wechat slow = Wechat.start()) {
            slow.slow(Duration.ofMillis(300));
            slow.bills().put(Shop.MCH_ID, DAY, bill(Shop.MCH_ID).paid("o", 101));
            try (Tomcat one = tomcat(TomcatVersion.TOMCAT_11, own, slow).start();
                    Tomcat two = tomcat(TomcatVersion.TOMCAT_10, own, slow).start()) {
                open(one, own);
                open(two, own);
                Wait.until(
                        Duration.ofSeconds(60),
                        () -> own.count("payment_bill where state in ('EMPTY', 'COMPLETE')") >= 2 * 29,
                        () -> own.rows("select * from payment_bill") + one.log());
                for (int age = 2; age <= 30; age++) {
                    // One for each of the two accounts.
                    assertEquals(
                            2, slow.questions("bill " + today().minusDays(age)).size());
                }
                assertEquals(1, own.count("payment_bill_line"));
                assertEquals(1, own.count("payment_bill_difference"));
            }
        }
    }

    @Test
    void undeploy_whileABillComes_leavesNothingBehind() {
        Database own = Postgres.shared().newDatabase();
        try (Wechat slow = Wechat.start();
                Tomcat alone = tomcat(TomcatVersion.TOMCAT_11, own, slow)
                        .withoutCoverage()
                        .manager()
                        .start()) {
            open(alone, own);
            Wait.until(SOON, () -> own.count("payment_bill where state = 'EMPTY'") > 2, alone::log);
            slow.slow(Duration.ofSeconds(9));
            own.execute("delete from payment_bill");
            slow.forgetQuestions();
            Wait.until(SOON, () -> !slow.questions().isEmpty(), alone::log);
            Undeployment.leavesNothing(alone);
            assertEquals(0, own.count("payment_bill where leased_until is not null"), "given back");
        }
    }
}
