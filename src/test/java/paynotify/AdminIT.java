package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Answer;
import paynotify.kit.Database;
import paynotify.kit.History;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.RawHttp;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;

/** Contract, section 12: who may come in, what the pages tell, and what an operator does. */
@ExtendWith(NoSecretInLogs.class)
class AdminIT {
    private static final List<String> PAGES =
            List.of("/", "/attention", "/search", "/order?mch_id=1&out_trade_no=2", "/bills", "/waiting", "/style.css");

    private static final Pattern NEXT = Pattern.compile("href=\"/notify/admin([^\"]+)\" rel=\"next\"");
    private static final Pattern ROW = Pattern.compile("href=\"/notify/admin/row/([0-9]+)\"");

    private static Shop shop;
    private static Database database;
    private static AdminClient operator;
    private static AdminClient viewer;

    @BeforeAll
    static void start() {
        shop = AdminClient.open(TomcatVersion.TOMCAT_10, Postgres.shared().newDatabase());
        database = shop.database();
        operator = new AdminClient(shop);
        viewer = new AdminClient(shop, AdminClient.VIEWER);
        History.write(database, 2_000, 60);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void admin_switchedOff_isNotThere() {
        Shop without = Shop.shared(TomcatVersion.TOMCAT_11);
        for (String path :
                List.of("/notify/admin", "/notify/admin/", "/notify/admin/search", "/notify/admin/style.css")) {
            Answer answer = Http.get(without.tomcat().uri(path), "Authorization", AdminClient.basic("a", "b"));
            assertEquals(404, answer.status(), path);
            assertEquals("", answer.text(), path);
            assertNull(answer.header("WWW-Authenticate"), path);
        }
    }

    @Test
    void pages_withoutPasswordOrRole_areNotShown() {
        for (String page : PAGES) {
            Answer unknown = Http.get(operator.uri(page));
            assertEquals(401, unknown.status(), page);
            assertTrue(unknown.header("WWW-Authenticate").startsWith("Basic "), page);
            assertEquals("", unknown.text(), page);
            Answer wrong =
                    Http.get(operator.uri(page), "Authorization", AdminClient.basic("nobody-" + page.length(), "x"));
            assertEquals(401, wrong.status(), page);
            Answer none = new AdminClient(shop, AdminClient.NOBODY).get(page);
            assertEquals(403, none.status(), page);
            assertTrue(none.text().contains("notify-viewer"), none.text());
            assertFalse(none.text().contains("4200"), none.text());
            assertEquals(200, viewer.get(page).status(), page);
            assertEquals(200, operator.get(page).status(), page);
        }
        assertEquals(404, viewer.get("/nothing").status());
        assertEquals(404, viewer.get("/row/x").status());
        assertEquals(404, viewer.get("/row/999999999").status());
        assertEquals(302, viewer.get("").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP", "x-forwarded-host"})
    void pages_byAProxyOverPlainHttp_areRefusedBeforeAPasswordIsAsked(String header) {
        Answer known = operator.get("/", header, "https");
        Answer unknown = Http.get(operator.uri("/"), header, "https", "Accept-Language", "zh-CN,en;q=0.5");

        assertEquals(403, known.status());
        assertTrue(known.text().contains("HTTPS only"), known.text());
        assertEquals(403, unknown.status());
        assertNull(unknown.header("WWW-Authenticate"));
        assertTrue(unknown.text().contains("只能通过 HTTPS"), unknown.text());
    }

    @Test
    void pages_allCarryTheHeadersThatKeepThemToThemselves() {
        for (String page : PAGES) {
            Answer answer = operator.get(page);
            String policy = answer.header("Content-Security-Policy");
            assertTrue(policy.startsWith("default-src 'self';"), policy);
            assertTrue(policy.contains("frame-ancestors 'none'"), policy);
            assertFalse(policy.contains("unsafe"), policy);
            assertEquals("nosniff", answer.header("X-Content-Type-Options"));
            assertEquals("DENY", answer.header("X-Frame-Options"));
            assertEquals("same-origin", answer.header("Referrer-Policy"));
            assertEquals(
                    page.endsWith("css") ? "private, max-age=86400" : "no-store", answer.header("Cache-Control"), page);
            assertNull(answer.header("Set-Cookie"), page);
            assertFalse(answer.text().contains("style="), page);
            assertFalse(answer.text().contains("<script"), page);
        }
    }

    @Test
    void pages_byOtherMethods_areRefused() {
        Answer post = Http.post(
                operator.uri("/search"),
                new byte[0],
                "Authorization",
                AdminClient.basic(AdminClient.OPERATOR, AdminClient.PASSWORD));
        assertEquals(405, post.status());
        assertEquals("GET, HEAD", post.header("Allow"));
        assertEquals(405, operator.get("/act").status());
        String head = RawHttp.exchange(
                        shop.tomcat().port(),
                        "HEAD /notify/admin/ HTTP/1.1\nAuthorization: "
                                + AdminClient.basic(AdminClient.OPERATOR, AdminClient.PASSWORD),
                        new byte[0])
                .toString();
        assertTrue(head.startsWith("200 "), head);
        assertFalse(head.contains("<html"), head);
    }

    @Test
    void overview_countsWhatCameIn() {
        String day = operator.get("/").text();
        String month = operator.get("/?span=30d").text();

        long applied = database.count("payment_log where outcome = 'APPLIED'"
                + " and received_at >= date_trunc('hour', now()) - interval '719 hours'");
        assertTrue(month.contains("<td class=\"number\">" + String.format("%,d", applied) + "</td>"), month);
        assertTrue(day.contains("class=\"pie\"") && day.contains("class=\"bars\""), day);
        assertTrue(day.contains(">up<"), day);
        assertTrue(day.contains("account.both.public-key." + Shop.PLATFORM_SERIAL), day);
        assertTrue(day.contains("never: a public key without a certificate"), day);
        assertFalse(day.contains("api-key") || day.contains("merchant-key"), day);
        assertEquals(200, operator.get("/?span=nonsense").status());
    }

    @Test
    void search_findsByEachNumber() {
        Map<String, Object> row =
                database.row("select * from payment_log where out_trade_no = ? and outcome = 'APPLIED'", History.STORY);
        String link = "/notify/admin/row/" + row.get("id") + "\"";
        for (String number : List.of(
                History.STORY, (String) row.get("transaction_id"), row.get("id").toString())) {
            assertTrue(operator.get("/search?q=" + number).text().contains(link), number);
            assertTrue(operator.get("/search?q=%20" + number + "%20").text().contains(link), "blanks are taken away");
            assertTrue(
                    operator.get("/search?q=" + number + "&outcome=APPLIED&account=wechat&from=2020-01-01T00:00:00")
                            .text()
                            .contains(link),
                    number);
            assertFalse(
                    operator.get("/search?outcome=CONFLICT&q=" + number).text().contains(link), number);
            assertFalse(
                    operator.get("/search?to=2020-01-01T00:00&q=" + number)
                            .text()
                            .contains(link),
                    number);
            assertFalse(operator.get("/search?account=other&q=" + number).text().contains(link), number);
        }
        String refund = operator.get("/search?q=R-" + History.STORY).text();
        assertTrue(refund.contains("¥9.90"), refund);
        assertTrue(refund.contains("out_trade_no=" + History.STORY), refund);
        String order = operator.get("/search?mch_id=" + History.MCH_ID + "&q=" + History.STORY)
                .text();
        assertTrue(order.contains("¥49.90") && order.contains("title=\"4990 fen\""), order);
        assertTrue(operator.get("/search?q=NO-SUCH").text().contains("Nothing found."));
        assertEquals(400, operator.get("/search?from=yesterday").status());
        assertEquals(400, operator.get("/search?q=" + "x".repeat(200)).status());
        assertEquals(400, operator.get("/search?before=x").status());
    }

    @Test
    void search_ofARefundThatNoTableKnows_findsItsRow() {
        database.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, out_refund_no,"
                        + " outcome, took_us, body) values (now(), 'wechat', 'wechat-v2', 'REFUND', '1', 'O-1', 'R-STRANGE',"
                        + " 'UNKNOWN_ORDER', 1, '')");
        assertTrue(operator.get("/search?q=R-STRANGE").text().contains("/notify/admin/row/"));
        assertFalse(operator.get("/search?q=R-STRANGE&outcome=CONFLICT").text().contains("/notify/admin/row/"));
    }

    @Test
    void search_ofAnOrderOfAnotherMerchant_isFoundByItsNumber() {
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) values ('9988776655', 'SUB-1', 100)");
        assertTrue(operator.get("/search?q=SUB-1").text().contains("mch_id=9988776655"));
    }

    /** By key: every row once, whatever comes meanwhile; and over more time than one page may read through. */
    @Test
    void search_throughAllPages_showsEachRowOnce() {
        long expected = database.count("payment_log where outcome = 'DUPLICATE'");
        java.util.Set<String> found = new java.util.TreeSet<>();
        String path = "/search?outcome=DUPLICATE";
        int pages = 0;
        int most = 0;
        while (path != null && pages++ < 50) {
            String text = operator.get(path).text();
            Matcher rows = ROW.matcher(text);
            int count = 0;
            while (rows.find()) {
                count++;
                assertTrue(found.add(rows.group(1)), rows.group(1) + " twice");
            }
            most = Math.max(most, count);
            Matcher next = NEXT.matcher(text);
            path = next.find() ? next.group(1).replace("&amp;", "&") : null;
        }
        assertEquals(expected, found.size());
        assertEquals(50, most);
    }

    @Test
    void order_tellsItsWholeStoryInOrder() {
        String story = operator.get("/order?mch_id=" + History.MCH_ID + "&out_trade_no=" + History.STORY)
                .text();
        int at = 0;
        for (String moment : List.of(
                "Placed",
                "Paid by transaction",
                "Callback",
                "WeChat was asked",
                "Replay wanted",
                "Replay done",
                "Refund",
                "Money given back",
                "Event is sent")) {
            int found = story.indexOf("<strong>" + moment, at);
            assertTrue(found > 0, moment + " after " + at + "\n" + story);
            at = found;
        }
        for (String moment : List.of(
                "Answer to an inquiry",
                "Event for the shop",
                "Event delivered",
                "In the bill of",
                "Differs from the bill",
                "Difference settled")) {
            assertTrue(story.contains(moment), moment);
        }
        assertTrue(story.contains("oUpF8u…WeS6o"), story);
        assertFalse(story.contains("oUpF8uMuAJO"), story);
        assertTrue(operator.get("/order?mch_id=1&out_trade_no=none").text().contains("has no such order"));
    }

    @Test
    void row_showsAllColumnsWithBodyAndHeaders() {
        Map<String, Object> row = database.row(
                "select * from payment_log where out_trade_no = ? and outcome = 'AMOUNT_MISMATCH'", History.STORY);
        String page = operator.get("/row/" + row.get("id")).text();
        row.keySet().stream()
                .filter(column -> !column.equals("body") && !column.equals("headers"))
                .forEach(column -> assertTrue(page.contains("<code>" + column + "</code>"), column));
        assertTrue(page.contains("&quot;event_type&quot;:&quot;TRANSACTION.SUCCESS&quot;"), page);
        assertTrue(page.contains("  &quot;event_type&quot;: &quot;TRANSACTION.SUCCESS&quot;"), page);
        assertTrue(page.contains("Wechatpay-Timestamp: 1762570000"), page);
        assertTrue(page.contains("101.226.103.14"), page);
        assertTrue(operator.get("/row/" + database.value("select log_id from payment_replay limit 1"))
                .text()
                .contains("li.na"));
    }

    @Test
    void lists_showWhatIsOpen() {
        String bills = operator.get("/bills").text();
        assertTrue(bills.contains("PAID_UNKNOWN") && !bills.contains("<span>AMOUNT</span>"), bills);
        assertTrue(bills.contains("UNUSABLE") && bills.contains("expected 1,204 rows"), bills);
        Object day = database.value("select max(bill_date)::text from payment_bill where differences = 1");
        String bill = operator.get("/bills?mch_id=" + History.MCH_ID + "&bill_date=" + day)
                .text();
        assertTrue(bill.contains("<span>AMOUNT</span>") && bill.contains("PAID_UNKNOWN"), bill);
        assertEquals(
                200, operator.get("/bills?before_date=" + day + "&before_mch=1").status());
        assertEquals(400, operator.get("/bills?bill_date=today").status());

        String waiting = operator.get("/waiting").text();
        assertTrue(waiting.contains("W20261129-1") && waiting.contains("NOTPAY"), waiting);
        assertTrue(waiting.contains("refund.succeeded") && waiting.contains("expected 2xx, found 500"), waiting);
        assertTrue(
                waiting.contains("payment.attention") && waiting.contains("expected an answer within 15 s"), waiting);
        assertEquals(400, operator.get("/waiting?after=now").status());
        String later = operator.get("/waiting?after=2030-01-01T00:00:00Z&mch_id=1&out_trade_no=1")
                .text();
        assertTrue(later.contains("No order waits"), later);
    }

    @Test
    void lists_longerThanAPage_goOnByTheirKeys() {
        database.execute("insert into payment_inquiry (mch_id, out_trade_no, next_at, planned_at, asked_by)"
                + " select '" + History.MCH_ID
                + "', 'PAGE-' || n, now() + interval '3 days', now() + interval '3 days', '"
                + History.MCH_ID + "' from generate_series(1, 70) n");
        String first = operator.get("/waiting").text();
        Matcher next = NEXT.matcher(first);
        assertTrue(next.find(), first);
        String second = operator.get(next.group(1).replace("&amp;", "&")).text();
        assertTrue(second.contains("PAGE-"), second);
        assertFalse(NEXT.matcher(second).find(), second);
        // Of others, some are asked about meanwhile.
        assertEquals(
                70,
                Pattern.compile("PAGE-\\d+")
                        .matcher(first + second)
                        .results()
                        .map(found -> found.group())
                        .distinct()
                        .count());
        database.execute("delete from payment_inquiry where out_trade_no like 'PAGE-%'");
    }

    @Test
    void language_isTheBrowsersOrTheLinks() {
        assertTrue(operator.get("/", "Accept-Language", "zh-CN,zh;q=0.9").text().contains("<h1>概览</h1>"));
        assertTrue(operator.get("/", "Accept-Language", "de,fr").text().contains("<h1>Overview</h1>"));
        Answer chosen = operator.get("/?lang=zh", "Accept-Language", "en");
        assertTrue(chosen.text().contains("<h1>概览</h1>"));
        String cookie = chosen.header("Set-Cookie");
        assertTrue(
                cookie.startsWith("notify-lang=zh;") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
                cookie);
        assertTrue(operator.get("/", "Accept-Language", "en", "Cookie", "notify-lang=zh")
                .text()
                .contains("概览"));
        assertTrue(operator.get("/", "Accept-Language", "en", "Cookie", "other=zh; notify-lang=xx")
                .text()
                .contains("Overview"));
        assertTrue(
                operator.get("/search?q=1&lang=en").text().contains("href=\"/notify/admin/search?q=1&amp;lang=zh\""));
    }

    @Test
    void acts_ofAViewerOrWithoutTokenAndOrigin_areRefused() {
        String outTradeNo = "ACT-" + System.nanoTime();
        String[] form = {"act", "ask", "mch_id", "7", "out_trade_no", outTradeNo, "out_refund_no", ""};
        String token = operator.token();
        assertFalse(viewer.get("/attention").text().contains("<form method=\"post\""));
        assertFalse(viewer.get("/waiting").text().contains("<form method=\"post\""));

        assertRefused(viewer.post(viewer.origin(), token, form));
        assertRefused(operator.post(null, token, form));
        assertRefused(operator.post("null", token, form));
        assertRefused(operator.post("https://evil.example", token, form));
        assertRefused(
                operator.post("http://127.0.0.1.evil.example:" + shop.tomcat().port(), token, form));
        assertRefused(operator.post("http://127.0.0.1:1", token, form));
        assertRefused(operator.post(operator.origin(), "", form));
        assertRefused(operator.post(operator.origin(), token + "x", form));
        assertEquals(0, database.count("payment_inquiry where out_trade_no = ?", outTradeNo));

        assertEquals(303, operator.post(operator.origin(), token, form).status());
        assertEquals(1, database.count("payment_inquiry where out_trade_no = ?", outTradeNo));
    }

    private static void assertRefused(Answer answer) {
        assertEquals(403, answer.status());
        assertTrue(answer.text().contains("<html"), answer.text());
    }

    @Test
    void acts_thatNoFormOfOursSends_doNothing() {
        assertEquals(400, operator.act("act", "drop").status());
        assertEquals(400, operator.act("act", "ask", "mch_id", "1").status());
        assertEquals(
                400,
                operator.act("act", "ask", "mch_id", "1", "out_trade_no", "\0").status());
        assertEquals(400, operator.act("act", "replay", "log_id", "").status());
        assertEquals(400, operator.act("act", "replay", "log_id", "999999999").status());
        assertEquals(400, operator.act("act", "resend", "event_id", "999999999").status());
        assertEquals(
                400,
                operator.act("act", "done", "mch_id", "1", "out_trade_no", "1", "remark", "x".repeat(501))
                        .status());
    }

    @Test
    void ask_hasTheOrderAskedAboutAtOnce() {
        String outTradeNo = shop.order(History.MCH_ID, 100);
        Answer answer =
                operator.act("act", "ask", "mch_id", History.MCH_ID, "out_trade_no", outTradeNo, "out_refund_no", "");
        assertEquals(303, answer.status());
        assertEquals(
                "/notify/admin/order?mch_id=" + History.MCH_ID + "&out_trade_no=" + outTradeNo + "&did=ask",
                answer.header("Location"));
        assertEquals(1, database.count("payment_inquiry where out_trade_no = ? and next_at <= now()", outTradeNo));
        assertRecorded("ask", outTradeNo);
        assertTrue(operator.get(answer.header("Location").substring("/notify/admin".length()))
                .text()
                .contains("WeChat is asked within 3 seconds"));
    }

    @Test
    void replay_isWrittenInTheUsersName() {
        Object id = database.value("select max(id) from payment_log where outcome = 'BAD_SIGNATURE'");
        for (int i = 0; i < 2; i++) {
            Answer answer = operator.act("act", "replay", "log_id", id.toString());
            assertEquals(303, answer.status());
            assertEquals("/notify/admin/row/" + id + "?did=replay", answer.header("Location"));
            Wait.until(
                    Duration.ofSeconds(10),
                    () -> database.count("payment_replay where log_id = ? and done_at is not null", id) == 1,
                    () -> "not replayed");
        }
        assertEquals(
                AdminClient.OPERATOR, database.value("select requested_by from payment_replay where log_id = ?", id));
        assertRecorded("replay", id.toString());
    }

    @Test
    void done_takesTheCaseAwayWithNameAndRemark() {
        String outTradeNo = "DONE-" + System.nanoTime();
        database.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, transaction_id, total_fee,"
                        + " currency, outcome, detail, took_us, body) values (now(), 'wechat', 'wechat-v2', 'PAYMENT', ?, ?, 'T-1',"
                        + " 4990, 'CNY', 'UNKNOWN_ORDER', 'expected an order, found none', 1000, '')",
                History.MCH_ID,
                outTradeNo);
        String before = operator.get("/attention").text();
        assertTrue(before.contains(outTradeNo), before);
        assertTrue(before.contains("It was paid, but there is no such order."), before);
        assertTrue(before.contains("¥49.90"), before);

        Answer answer = operator.act(
                "act",
                "done",
                "mch_id",
                History.MCH_ID,
                "out_trade_no",
                outTradeNo,
                "out_refund_no",
                "",
                "transaction_id",
                "T-1",
                "remark",
                "已退款 <b>");

        assertEquals("/notify/admin/attention?did=done", answer.header("Location"));
        assertFalse(operator.get("/attention").text().contains(outTradeNo));
        Map<String, Object> row =
                database.row("select * from payment_attention_done where out_trade_no = ?", outTradeNo);
        assertEquals(AdminClient.OPERATOR, row.get("done_by"));
        assertEquals("已退款 <b>", row.get("remark"));
        assertNotNull(row.get("done_at"));
        assertRecorded("done", outTradeNo);
        String story = operator.get("/order?mch_id=" + History.MCH_ID + "&out_trade_no=" + outTradeNo)
                .text();
        assertTrue(story.contains("Marked as done by") && story.contains("已退款 &lt;b&gt;"), story);
    }

    @Test
    void resend_makesTheEventDueNow() {
        Object id = database.value("select min(id) from payment_event where type = 'payment.attention'");
        Answer answer = operator.act("act", "resend", "event_id", id.toString());
        assertEquals("/notify/admin/waiting?did=resend", answer.header("Location"));
        assertNotNull(database.value("select next_at from payment_event where id = ?", id));
        assertRecorded("resend", id.toString());
    }

    private static void assertRecorded(String act, String about) {
        assertTrue(
                shop.tomcat()
                        .log()
                        .contains("operator's act [user='" + AdminClient.OPERATOR + "'] [act=" + act + "] [about='"),
                act);
        assertTrue(
                shop.tomcat()
                        .log()
                        .lines()
                        .anyMatch(line -> line.contains("[act=" + act + "]") && line.contains("'" + about + "'")),
                about);
    }

    /** What takes too long is cancelled, and the page says so; so is a page without a database. */
    @Test
    void pages_whenTheDatabaseIsHeldUp_sayThatItTookTooLong() throws Exception {
        try (var blocker = database.connect();
                var statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("lock table payment_attention_done in access exclusive mode");
            long begin = System.nanoTime();
            Answer answer = operator.get("/attention");
            long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
            assertEquals(503, answer.status());
            assertTrue(answer.text().contains("more than 2 seconds"), answer.text());
            assertTrue(millis > 1_500 && millis < 4_000, millis + " ms");
            blocker.rollback();
        }
        assertEquals(200, operator.get("/attention").status());
    }

    /** By key, not by offset; the last row of a page leads to the next one. */
    @Test
    void listsOfManyRows_haveFurtherPages() {
        try (Shop many =
                AdminClient.open(TomcatVersion.TOMCAT_11, Postgres.shared().newDatabase())) {
            Database own = many.database();
            own.execute(
                    "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no,"
                            + " transaction_id, total_fee, currency, outcome, took_us, body) select now(), 'wechat', 'wechat-v2',"
                            + " 'PAYMENT', '1', 'n' || n, 't' || n, 1, 'CNY', 'UNKNOWN_ORDER', 1, '' from generate_series(1, 70) n");
            own.execute("insert into payment_bill (mch_id, bill_date, account, state)"
                    + " select '1', current_date - n, 'wechat', case n % 2 when 0 then 'EMPTY' else 'WAITING' end"
                    + " from generate_series(1, 70) n");
            own.execute(
                    "insert into payment_bill_difference (mch_id, bill_date, kind, out_trade_no, detail)"
                            + " select '1', current_date - 1, 'PAID_UNKNOWN', 'n' || n, 'the test says so' from generate_series(1, 70) n");
            AdminClient admin = new AdminClient(many);
            String day = String.valueOf(own.value("select (current_date - 1)::text"));
            for (String search :
                    List.of("mch_id=1", "mch_id=1&from=2020-01-01T00:00", "mch_id=1&from=2099-01-01T00:00")) {
                assertEquals(200, admin.get("/search?" + search).status(), search);
            }
            for (String path : List.of("/attention", "/bills", "/bills?mch_id=1&bill_date=" + day)) {
                String page = admin.get(path).text();
                List<String> further = Pattern.compile("href=\"[^\"]*(\\?[^\"]*before[^\"]*)\"")
                        .matcher(page)
                        .results()
                        .map(link -> link.group(1).replace("&amp;", "&"))
                        .toList();
                assertFalse(further.isEmpty(), page);
                for (String link : further) {
                    Answer next = admin.get(path.replaceFirst("\\?.*", "") + link);
                    assertEquals(200, next.status(), link);
                    assertTrue(next.text().contains("n") && !next.text().equals(page), link);
                }
            }
        }
    }
}
