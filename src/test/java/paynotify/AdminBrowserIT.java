package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import paynotify.kit.Browser;
import paynotify.kit.History;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;

/** Contract, section 12, in a real browser: what people see, in both languages, wide and narrow, light and dark. */
@ExtendWith(NoSecretInLogs.class)
// The pictures before strangers come.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdminBrowserIT {
    private static final int PHONE = 360;
    private static final int DESK = 1600;

    private static Shop shop;
    private static Browser browser;
    private static AdminClient admin;

    @BeforeAll
    static void start() {
        browser = Browser.start("zh-CN");
        shop = AdminClient.open(TomcatVersion.TOMCAT_11, Postgres.shared().newDatabase());
        admin = new AdminClient(shop);
        History.write(shop.database(), 9_000, 30);
        browser.logIn(AdminClient.OPERATOR, AdminClient.PASSWORD);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (shop != null) {
            shop.close();
        }
    }

    private static Map<String, String> pages() {
        Object row = shop.database().value("select min(id) from payment_log where out_trade_no = ?", History.STORY);
        return Map.of(
                "overview", "/?span=7d",
                "overview-30d", "/?span=30d",
                "attention", "/attention",
                "search", "/search?outcome=CONFLICT",
                "order", "/order?mch_id=" + History.MCH_ID + "&out_trade_no=" + History.STORY,
                "row", "/row/" + row,
                "bills", "/bills",
                "waiting", "/waiting");
    }

    @ParameterizedTest
    @CsvSource({"en, false", "zh, false", "zh, true"})
    @Order(1)
    void pages_ofBothWidths_fitAndAreReadable(String language, boolean dark) {
        browser.dark(dark);
        pages().forEach((name, path) -> {
            for (int width : new int[] {PHONE, DESK}) {
                browser.width(width);
                browser.open(admin.url(path) + (path.contains("?") ? "&" : "?") + "lang=" + language);
                String shown = name + "-" + language + "-" + width + (dark ? "-dark" : "");
                browser.screenshot(shown);
                assertTrue(browser.title().endsWith(language.equals("zh") ? "微信支付回调" : "WeChat Pay callbacks"), shown);
                assertEquals(0, browser.all(".message.bad").size(), shown);
                assertEquals(1, browser.all("h1").size(), shown);
                assertEquals(List.of(), browser.script(AdminClient.WIDER), shown + ": wider than the window");
                assertEquals(List.of(), browser.script(AdminClient.FAINT), shown + ": contrast below 4.5");
                assertEquals(List.of(), browser.script(AdminClient.UNLABELLED), shown + ": without a label");
                assertEquals(List.of(), browser.script(AdminClient.FOREIGN), shown + ": loaded from elsewhere");
            }
        });
    }

    /** What a stranger may send, in each field that a page shows: it stays text, and is seen as what it is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>document.title='x'</script>",
                "\"><img src=x onerror=\"document.title='x'\">",
                "'/><svg onload=document.title='x'>",
                "</pre></td></table><h1>x</h1>",
                "javascript:alert(1)",
                "&lt;b&gt;&#60;script&#62;",
                "\u202Ecba\u2066\u200B",
                "\uFFFD\uFFFD broken",
                "الدفع 支付"
            })
    void hostileTexts_inEveryField_areShownAsText(String hostile) {
        String outTradeNo = hostile + System.nanoTime();
        Object id = insert(hostile, outTradeNo);
        browser.dark(false);
        browser.width(DESK);
        String order = URLEncoder.encode(outTradeNo, StandardCharsets.UTF_8);
        for (String path : List.of(
                "/?lang=en",
                "/search?lang=en&q=" + id,
                "/search?lang=en&q=" + URLEncoder.encode(hostile, StandardCharsets.UTF_8),
                "/attention?lang=en",
                "/waiting?lang=en",
                "/bills?lang=en",
                "/order?lang=en&mch_id=" + History.MCH_ID + "&out_trade_no=" + order,
                "/row/" + id + "?lang=en")) {
            browser.open(admin.url(path));
            assertTrue(browser.title().endsWith("WeChat Pay callbacks"), path + browser.title());
            assertEquals(1, browser.all("h1").size(), path);
            assertEquals(0, browser.all("script, img, svg[onload], main b").size(), path);
            assertEquals(List.of(), browser.script(AdminClient.FOREIGN), path);
            assertEquals(List.of(), browser.script(AdminClient.WIDER), path);
        }
        String seen = shown(hostile);
        String text = browser.text("main");
        assertTrue(text.contains(seen), seen + " is not in " + text);
        // account, channel, order, transaction, refund, currency, detail, sub merchant, headers, body, and the replay's
        // two.
        assertTrue(count(text, seen) >= 12, count(text, seen) + " times: " + text);
    }

    private static String shown(String text) {
        return text.replace("\u202E", "[U+202E]").replace("\u2066", "[U+2066]").replace("\u200B", "[U+200B]");
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    private static Object insert(String hostile, String outTradeNo) {
        shop.database()
                .execute(
                        "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, out_refund_no,"
                                + " transaction_id, refund_id, total_fee, currency, outcome, detail, took_us, body, headers,"
                                + " sub_mch_id) values (now(), ?, ?, 'PAYMENT', ?, ?, '', ?, ?, 1, ?, 'UNKNOWN_ORDER', ?, 1, ?, ?, ?)",
                        hostile,
                        hostile,
                        History.MCH_ID,
                        outTradeNo,
                        hostile,
                        hostile,
                        hostile,
                        hostile,
                        hostile,
                        hostile,
                        hostile);
        Object id = shop.database().value("select max(id) from payment_log where out_trade_no = ?", outTradeNo);
        shop.database()
                .execute(
                        "insert into payment_replay (log_id, requested_by, done_at, detail) values (?, ?, now(), ?)",
                        id,
                        hostile,
                        hostile);
        shop.database()
                .execute(
                        "insert into payment_inquiry (mch_id, out_trade_no, next_at, planned_at, asked_by, tries, asked_at, answer,"
                                + " detail) values (?, ?, now() + interval '1 hour', now() + interval '1 hour', ?, 1, now(), ?, ?)",
                        History.MCH_ID,
                        outTradeNo,
                        History.MCH_ID,
                        hostile,
                        hostile);
        shop.database()
                .execute(
                        "insert into payment_event (type, account, mch_id, out_trade_no, total_fee, currency, outcome, occurred_at,"
                                + " next_at, tries, last_error) values ('payment.attention', ?, ?, ?, 1, ?, 'UNKNOWN_ORDER', now(),"
                                + " now() + interval '1 hour', 1, ?)",
                        hostile,
                        History.MCH_ID,
                        outTradeNo,
                        hostile,
                        hostile);
        shop.database()
                .execute(
                        "insert into payment_bill_difference (mch_id, bill_date, kind, out_trade_no, out_refund_no,"
                                + " transaction_id, bill_fee, detail) values (?, current_date, 'PAID_UNKNOWN', ?, ?, ?, 1, ?)",
                        History.MCH_ID,
                        outTradeNo,
                        hostile,
                        hostile,
                        hostile);
        return id;
    }

    @Test
    void longLines_doNotWidenThePage() {
        String line = "x".repeat(64 << 10);
        Object id = insert(line.substring(0, 128), line.substring(0, 100) + System.nanoTime());
        shop.database().execute("alter table payment_log disable trigger all");
        shop.database().execute("update payment_log set body = ?, detail = ? where id = ?", line, line, id);
        shop.database().execute("alter table payment_log enable trigger all");
        for (int width : new int[] {PHONE, DESK}) {
            browser.width(width);
            for (String path : List.of("/attention", "/search", "/waiting", "/bills", "/row/" + id)) {
                browser.open(admin.url(path));
                assertEquals(List.of(), browser.script(AdminClient.WIDER), path + " " + width);
            }
            assertTrue(browser.text("main").contains(line.substring(0, 1000)));
        }
    }

    /** Without a mouse: the first key leads past the navigation, and each of its links is reached in turn. */
    @Test
    void keyboard_reachesEverythingAndShowsWhere() {
        browser.width(DESK);
        browser.open(admin.url("/attention?lang=en"));
        browser.type("body", Keys.TAB.toString());
        assertEquals("To the content", browser.focused().getText());
        assertTrue(browser.focused().getLocation().getX() >= 0);
        for (String expected :
                List.of("WeChat Pay callbacks", "Overview", "Attention", "Search", "Bills", "Waiting", "中文")) {
            browser.focused().sendKeys(Keys.TAB);
            assertTrue(
                    browser.focused().getText().contains(expected),
                    browser.focused().getText());
            assertFalse(browser.focused().getCssValue("outline-style").equals("none"), expected);
        }
        browser.focused().sendKeys(Keys.ENTER);
        assertTrue(browser.title().startsWith("待处理"), browser.title());
    }

    private static void awaitMessage(String text) {
        Wait.until(
                Duration.ofSeconds(10),
                () -> browser.all("[role=status]").stream()
                        .anyMatch(message -> message.getText().startsWith(text)),
                () -> "no message: " + text + " at " + browser.url() + "\n" + browser.source());
    }

    @Test
    void buttons_pressedByAnOperator_act() {
        String outTradeNo = "BUTTON-" + System.nanoTime();
        Object id = insert("ok", outTradeNo);
        browser.width(PHONE);
        browser.open(admin.url("/attention?lang=en"));
        browser.type("#remark-" + id, "handled");
        browser.focused().sendKeys(Keys.ENTER);
        awaitMessage("Marked as done.");
        assertEquals(
                "handled",
                shop.database().value("select remark from payment_attention_done where out_trade_no = ?", outTradeNo));

        browser.open(admin.url("/order?lang=en&mch_id=" + History.MCH_ID + "&out_trade_no=" + outTradeNo));
        browser.click(".acts form button");
        awaitMessage("WeChat is asked within 3 seconds.");
        assertTrue(browser.text(".story").contains("Marked as done by wang.fang"), browser.text(".story"));
    }
}
