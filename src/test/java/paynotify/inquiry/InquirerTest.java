package paynotify.inquiry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import paynotify.background.HttpClient.Received;
import paynotify.config.Secret;
import paynotify.inquiry.Conversation.Line;
import paynotify.kit.CapturedLog;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Vectors;
import paynotify.kit.Wait;
import paynotify.kit.WechatV2Callback;
import paynotify.sender.Accounts;
import paynotify.store.DatabaseSettings;
import paynotify.store.Store;
import paynotify.store.Unavailable;
import paynotify.store.UnverifiedLimit;

/** Asks about orders of a real database; what comes back is the test's. */
class InquirerTest {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String MCH_ID = "1900000109";
    private static final String KEY = Vectors.text("keys/v2_api_key.txt");
    private static final InquirySettings SETTINGS = new InquirySettings(
            List.of(URI.create("https://one.example")),
            null,
            List.of(Duration.ofMinutes(1), Duration.ofDays(2)),
            List.of(Duration.ofMinutes(1), Duration.ofDays(8)),
            100,
            65_536);

    private final Database shop = Postgres.shared().newDatabase();
    private Store store;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Inquirer inquirer(Line line) {
        return new Inquirer(
                SETTINGS,
                Map.of(
                        "a",
                        Accounts.wechat(
                                "mch-id = " + MCH_ID,
                                "app-id = wx8888888888888888",
                                "api-key = " + KEY,
                                "inquiry = v2")),
                store,
                line,
                Clock.systemUTC(),
                System::nanoTime);
    }

    private void request(String no) {
        shop.execute("insert into payment_inquiry (mch_id, out_trade_no, next_at) values (?, ?, now())", MCH_ID, no);
    }

    private Map<String, Object> row(String no) {
        return shop.row("select * from payment_inquiry where out_trade_no = ?", no);
    }

    private static Received answer(int status, String body) {
        return new Received(status, Map.of(), body.getBytes(UTF_8), false);
    }

    private static String paid(String no) {
        return WechatV2Callback.payment(MCH_ID, no, 101)
                .with("trade_state", "SUCCESS")
                .xml(KEY);
    }

    @Test
    void stop_questionUnderWay_isGivenBack() throws Exception {
        request("o1");
        CountDownLatch asked = new CountDownLatch(1);
        Inquirer inquirer = inquirer((address, request) -> {
            asked.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("broken off", e);
            }
            throw new IOException("too late");
        });
        inquirer.tick();
        asked.await();
        assertEquals(1, shop.count("payment_inquiry where leased_until > now()"));
        inquirer.stop();
        inquirer.close();
        assertNull(row("o1").get("leased_until"));
        assertEquals(0, row("o1").get("tries"));
        // What is due is claimed, can't be handed out any more, and is given back at once.
        inquirer.tick();
        assertNull(row("o1").get("leased_until"));
    }

    /** Our own bug in one question is one line, and its lease ends by itself. */
    @Test
    void ask_bug_isToldAndTheNextIsAsked() throws Exception {
        try (CapturedLog log = CapturedLog.of(Inquirer.class.getName())) {
            request("o1");
            shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values (?, 'o2', 101)", MCH_ID);
            Inquirer inquirer = inquirer((address, request) -> {
                if (request.body().contains("o1")) {
                    throw new IllegalStateException("a bug");
                }
                return answer(200, paid("o2"));
            });
            inquirer.tick();
            Wait.until(SOON, () -> log.lines().contains("SEVERE a question failed [account=a]"), log.lines()::toString);
            request("o2");
            Wait.until(
                    SOON,
                    () -> {
                        tick(inquirer);
                        return shop.count("payment_order where status = 'PAID'") == 1;
                    },
                    log.lines()::toString);
            inquirer.stop();
            inquirer.close();
        }
    }

    private static void tick(Inquirer inquirer) {
        try {
            inquirer.tick();
        } catch (Unavailable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Contract, section 7: HTTP 401 and 403 are an ERROR that says what the sender said. */
    @Test
    void ask_refused_isAnErrorAndTheAccountPauses() throws Exception {
        try (CapturedLog log = CapturedLog.of(Inquirer.class.getName())) {
            request("o1");
            Inquirer inquirer = inquirer((address, request) -> answer(403, "no"));
            inquirer.tick();
            Wait.until(SOON, () -> !log.lines().isEmpty(), () -> "no line");
            assertTrue(
                    log.lines().get(0).startsWith("SEVERE the sender does not answer our questions"),
                    log.lines()::toString);
            Wait.until(SOON, () -> "HTTP 403".equals(row("o1").get("answer")), () -> row("o1")
                    .toString());
            inquirer.stop();
            inquirer.close();
        }
    }

    /** The database goes away between the question and its answer: its lease ends, and it is asked about again. */
    @Test
    void ask_answerThatCantBeNoted_isTold() throws Exception {
        try (CapturedLog log = CapturedLog.of(Inquirer.class.getName())) {
            request("o1");
            Inquirer inquirer = inquirer((address, request) -> {
                shop.execute("alter table payment_inquiry rename to away");
                return answer(200, paid("o1"));
            });
            inquirer.tick();
            Wait.until(
                    SOON,
                    () -> log.lines().stream().anyMatch(line -> line.startsWith("WARNING an answer can't be noted")),
                    log.lines()::toString);
            inquirer.stop();
            inquirer.close();
        }
    }

    @Test
    void look_manyOldRows_areDeletedInPieces() throws Exception {
        shop.execute(
                "insert into payment_inquiry (mch_id, out_trade_no, asked_at)"
                        + " select ?, 'o' || n, now() - interval '31 days' from generate_series(1, 2500) n",
                MCH_ID);
        Inquirer inquirer = inquirer((address, request) -> answer(200, ""));
        inquirer.look();
        assertEquals(0, shop.count("payment_inquiry"));
        inquirer.close();
    }

    @Test
    void work_ofAnAccountThatInquires_leavesNoThread() {
        InquiryWork work = new InquiryWork(
                SETTINGS,
                Map.of(
                        "a",
                        Accounts.wechat(
                                "mch-id = " + MCH_ID,
                                "app-id = wx8888888888888888",
                                "api-key = " + KEY,
                                "inquiry = v2")),
                store,
                Clock.systemUTC());
        Wait.until(SOON, () -> threads() >= 3, () -> "threads: " + threads());
        work.close();
        Wait.until(SOON, () -> threads() == 0, () -> "threads: " + threads());
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("notify-replay")
                        || name.startsWith("notify-inquiry")
                        || name.startsWith("notify-enrol")
                        || name.startsWith("notify-question"))
                .count();
    }
}
