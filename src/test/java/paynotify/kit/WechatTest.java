package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.sender.Accounts;
import paynotify.sender.Callback;
import paynotify.sender.Inquiry;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Next;
import paynotify.sender.Inquiry.Question;
import paynotify.sender.Payment;
import paynotify.sender.Source;

/** The kit's WeChat Pay and what asks it, over real HTTP: each was written from the documents alone. */
class WechatTest {
    private static final String ORDER = "ORD1";
    private static final Question ABOUT_ORDER = new Question(Wechat.MCH_ID, ORDER, "", null, null);
    private static final Question ABOUT_REFUND = new Question(Wechat.MCH_ID, ORDER, "REF1", null, null);

    private static final String V2 =
            "mch-id = " + Wechat.MCH_ID + "\napp-id = " + Wechat.APP_ID + "\ninquiry = v2\napi-key = " + Shop.KEY;
    private static final String V3 = "mch-id = " + Wechat.MCH_ID + "\napp-id = " + Wechat.APP_ID
            + "\ninquiry = v3\nmerchant-key = $vectors/keys/merchant_private.pem\nmerchant-serial = "
            + Wechat.MERCHANT_SERIAL + "\npublic-key." + Shop.PLATFORM_SERIAL
            + " = $vectors/keys/wechat_platform_cert.pem";
    private static final String AND_PUBLIC_KEY =
            "\npublic-key." + Shop.PUBLIC_KEY_ID + " = $vectors/keys/wechat_pubkey_mode_public.pem";

    private static Wechat wechat;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        wechat = Wechat.start();
    }

    @AfterAll
    static void stop() {
        wechat.close();
    }

    @AfterEach
    void honestAgain() {
        wechat.up();
        wechat.behave(Wechat.Manner.HONEST).slow(Duration.ZERO).apiKey(Shop.KEY);
        wechat.forgetQuestions();
    }

    private static Inquiry inquiry(String form) {
        return Accounts.wechat(form.equals("v2") ? V2 : V3).inquiry();
    }

    private Answer ask(Inquiry inquiry, Question question) throws IOException, InterruptedException {
        return ask(http, wechat, inquiry, question, false);
    }

    private static Answer ask(HttpClient http, Wechat wechat, Inquiry inquiry, Question question, boolean olderKey)
            throws IOException, InterruptedException {
        Inquiry.Request asked = inquiry.request(question, olderKey);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(wechat.url() + asked.path()))
                .timeout(Duration.ofSeconds(20))
                .method(
                        asked.method(),
                        asked.body().isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(asked.body()));
        asked.headers().forEach(request::header);
        HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        Callback received = Callback.of(
                Source.INQUIRY,
                "a",
                response.body(),
                name -> response.headers().firstValue(name).orElse(null),
                Instant.now());
        return inquiry.read(question, response.statusCode(), received, olderKey);
    }

    private static void assertAnswer(Next next, String word, Answer answer) {
        assertEquals(next + " " + word, answer.next() + " " + answer.word(), answer.detail());
    }

    @ParameterizedTest
    @CsvSource({
        "v2, SUCCESS, SETTLE", "v3, SUCCESS, SETTLE", "v2, REFUND, SETTLE", "v3, REFUND, SETTLE",
        "v2, NOTPAY, AT_NEXT_AGE", "v3, NOTPAY, AT_NEXT_AGE", "v2, CLOSED, NEVER", "v3, CLOSED, NEVER"
    })
    void ask_order_isToldItsState(String form, String state, Next next) throws Exception {
        wechat.books().order(Wechat.MCH_ID, ORDER, state, 101);
        Answer answer = ask(inquiry(form), ABOUT_ORDER);
        assertAnswer(next, state, answer);
        if (next == Next.SETTLE) {
            Payment payment = (Payment) answer.reading().findings().get(0);
            assertEquals(101, payment.trade().totalFee());
            assertEquals(WechatV2Callback.transactionId(ORDER), payment.trade().transactionId());
        }
        assertEquals(1, wechat.questions(ORDER).size());
        assertEquals(form, wechat.questions().get(0).form());
        assertEquals(0, wechat.signaturesRefused());
    }

    @ParameterizedTest
    @CsvSource({
        "v2, SUCCESS, SETTLE", "v3, SUCCESS, SETTLE", "v2, ABNORMAL, SETTLE", "v3, ABNORMAL, SETTLE",
        "v2, CLOSED, SETTLE", "v3, CLOSED, SETTLE", "v2, PROCESSING, AT_NEXT_AGE", "v3, PROCESSING, AT_NEXT_AGE"
    })
    void ask_refund_isToldItsState(String form, String state, Next next) throws Exception {
        wechat.books().refund(Wechat.MCH_ID, ORDER, 101, "REF1", state, 51);
        assertAnswer(next, state, ask(inquiry(form), ABOUT_REFUND));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v2", "v3"})
    void ask_whatIsNotThere_isToldSo(String form) throws Exception {
        Question order = new Question(Wechat.MCH_ID, "NONE", "", null, null);
        assertAnswer(Next.AT_NEXT_AGE, "ORDER_NOT_EXIST", ask(inquiry(form), order));
        Question refund = new Question(Wechat.MCH_ID, ORDER, "NONE", null, null);
        assertAnswer(Next.AT_NEXT_AGE, "REFUND_NOT_EXIST", ask(inquiry(form), refund));
    }

    /** Asked in the ordinary form, a service provider's order is not found. */
    @ParameterizedTest
    @ValueSource(strings = {"v2", "v3"})
    void ask_ofServiceProvider_isFoundInItsFormOnly(String form) throws Exception {
        wechat.books().order(new WechatBooks.Order(Wechat.MCH_ID, "1900000110", "SUB/1 单", "SUCCESS", 7));
        Question question = new Question(Wechat.MCH_ID, "SUB/1 单", "", "1900000110", null);
        assertAnswer(Next.SETTLE, "SUCCESS", ask(inquiry(form), question));
        Question ordinary = new Question(Wechat.MCH_ID, "SUB/1 单", "", null, null);
        assertAnswer(Next.AT_NEXT_AGE, "ORDER_NOT_EXIST", ask(inquiry(form), ordinary));
        wechat.books().refund(new WechatBooks.Refund(Wechat.MCH_ID, "1900000110", "SUB/1 单", "R&1", "SUCCESS", 7, 3));
        Question refund = new Question(Wechat.MCH_ID, "SUB/1 单", "R&1", "1900000110", null);
        assertAnswer(Next.SETTLE, "SUCCESS", ask(inquiry(form), refund));
    }

    @ParameterizedTest
    @CsvSource({
        "OTHER_ORDER, RETRY, OTHER_ORDER, OTHER_ORDER",
        "OTHER_MERCHANT, RETRY, OTHER_ORDER, OTHER_ORDER",
        "OTHER_AMOUNT, SETTLE, SUCCESS, SUCCESS",
        "FORGED, RETRY, BAD_SIGNATURE, BAD_SIGNATURE",
        "UNSIGNED, RETRY, BAD_SIGNATURE, BAD_SIGNATURE",
        "REDIRECT, RETRY, HTTP 302, HTTP 302",
        "NONSENSE, RETRY, MALFORMED, BAD_SIGNATURE",
        "ACCEPTED_202, AT_NEXT_AGE, HTTP 202, USERPAYING",
        "UNAUTHORIZED_401, REFUSED, HTTP 401, HTTP 401",
        "FORBIDDEN_403, REFUSED, HTTP 403, HTTP 403",
        "BUSY_429, BACK_OFF, HTTP 429, FREQUENCY_LIMITED",
        "BROKEN_500, BACK_OFF, HTTP 500, SYSTEM_ERROR",
        "SYSTEM_ERROR, BACK_OFF, SYSTEM_ERROR, SYSTEM_ERROR",
    })
    void ask_misbehaving_isNotBelieved(Wechat.Manner manner, Next next, String wordV2, String wordV3) throws Exception {
        wechat.books().order(Wechat.MCH_ID, ORDER, "SUCCESS", 101);
        wechat.behave(manner);
        Answer v2 = ask(inquiry("v2"), ABOUT_ORDER);
        assertAnswer(next, wordV2, v2);
        Answer v3 = ask(inquiry("v3"), ABOUT_ORDER);
        assertAnswer(next, wordV3, v3);
        if (manner == Wechat.Manner.OTHER_AMOUNT) {
            assertEquals(102, ((Payment) v2.reading().findings().get(0)).trade().totalFee());
            assertEquals(102, ((Payment) v3.reading().findings().get(0)).trade().totalFee());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FORGED", "UNSIGNED", "OTHER_ORDER"})
    void ask_misbehavingAboutRefund_isNotBelieved(Wechat.Manner manner) throws Exception {
        wechat.books().refund(Wechat.MCH_ID, ORDER, 101, "REF1", "PROCESSING", 51);
        wechat.behave("REF1", manner);
        String word = manner == Wechat.Manner.OTHER_ORDER ? "OTHER_ORDER" : "BAD_SIGNATURE";
        assertAnswer(Next.RETRY, word, ask(inquiry("v2"), ABOUT_REFUND));
        assertAnswer(Next.RETRY, word, ask(inquiry("v3"), ABOUT_REFUND));
    }

    @Test
    void ask_clockTenMinutesOff_isNotBelieved() throws Exception {
        wechat.books().order(Wechat.MCH_ID, ORDER, "SUCCESS", 101);
        wechat.behave(Wechat.Manner.CLOCK_OFF);
        assertAnswer(Next.RETRY, "BAD_SIGNATURE", ask(inquiry("v3"), ABOUT_ORDER));
        // API v2's answers bear no time.
        assertAnswer(Next.SETTLE, "SUCCESS", ask(inquiry("v2"), ABOUT_ORDER));
    }

    @Test
    void ask_withWrongKeys_isRefused() throws Exception {
        wechat.books().order(Wechat.MCH_ID, ORDER, "SUCCESS", 101);
        Inquiry otherSerial =
                Accounts.wechat(V3.replace(Wechat.MERCHANT_SERIAL, "00")).inquiry();
        assertAnswer(Next.REFUSED, "HTTP 401", ask(otherSerial, ABOUT_ORDER));
        Inquiry otherKey = Accounts.wechat(V3.replace("merchant_private", "lakala_private"))
                .inquiry();
        assertAnswer(Next.REFUSED, "HTTP 401", ask(otherKey, ABOUT_ORDER));
        int before = wechat.signaturesRefused();
        assertEquals(2, before);
        wechat.apiKey(Shop.OTHER_KEY);
        assertAnswer(Next.REFUSED, "SIGN_ERROR", ask(inquiry("v2"), ABOUT_ORDER));
        Inquiry twoKeys = Accounts.wechat(V2 + "," + Shop.OTHER_KEY).inquiry();
        assertAnswer(Next.OLDER_KEY, "SIGN_ERROR", ask(twoKeys, ABOUT_ORDER));
        assertAnswer(Next.SETTLE, "SUCCESS", ask(http, wechat, twoKeys, ABOUT_ORDER, true));
        assertEquals(before + 2, wechat.signaturesRefused());
    }

    @Test
    void ask_hmacAndPublicKeyMode_areUnderstood() throws Exception {
        wechat.books().order(Wechat.MCH_ID, ORDER, "SUCCESS", 101);
        Inquiry hmac = Accounts.wechat(V2 + "\nsign-type = HMAC-SHA256").inquiry();
        assertAnswer(Next.SETTLE, "SUCCESS", ask(hmac, ABOUT_ORDER));
        Answer answer = ask(Accounts.wechat(V3 + AND_PUBLIC_KEY).inquiry(), ABOUT_ORDER);
        assertAnswer(Next.SETTLE, "SUCCESS", answer);
        assertTrue(answer.reading().headers().contains("Wechatpay-Serial: " + Shop.PUBLIC_KEY_ID));
    }

    @Test
    void ask_combined_isFoundByTheWholesNumber() throws Exception {
        wechat.books()
                .combine(Wechat.MCH_ID, "C1", List.of(new WechatBooks.Order("1900000222", "", "SUB1", "SUCCESS", 100)));
        Question question = new Question("1900000222", "SUB1", "", null, "C1");
        assertAnswer(Next.SETTLE, "SUCCESS", ask(inquiry("v3"), question));
        assertEquals(1, wechat.questions("C1").size());
        Question other = new Question("1900000222", "SUB1", "", null, "C2");
        assertAnswer(Next.AT_NEXT_AGE, "ORDER_NOT_EXIST", ask(inquiry("v3"), other));
    }

    @Test
    void ask_overHttps_isAnsweredWhoTrustsIt() throws Exception {
        try (Wechat secure = Wechat.startTls()) {
            secure.books().order(Wechat.MCH_ID, ORDER, "SUCCESS", 101);
            HttpClient trusting = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(LoopbackCertificate.clientContext())
                    .build();
            assertTrue(secure.url().startsWith("https://"));
            assertAnswer(Next.SETTLE, "SUCCESS", ask(trusting, secure, inquiry("v3"), ABOUT_ORDER, false));
            assertThrows(IOException.class, () -> ask(http, secure, inquiry("v3"), ABOUT_ORDER, false));
        }
    }

    @Test
    void down_thenUp_isAtTheSamePlace() throws Exception {
        wechat.books().order(Wechat.MCH_ID, ORDER, "SUCCESS", 101);
        wechat.down();
        assertThrows(IOException.class, () -> ask(inquiry("v2"), ABOUT_ORDER));
        wechat.up();
        assertAnswer(Next.SETTLE, "SUCCESS", ask(inquiry("v2"), ABOUT_ORDER));
    }

    @Test
    void cutAndSlowAndHuge_areSo() throws Exception {
        wechat.books().order(Wechat.MCH_ID, ORDER, "SUCCESS", 101);
        wechat.behave(ORDER, Wechat.Manner.CUT);
        assertThrows(IOException.class, () -> ask(inquiry("v2"), ABOUT_ORDER));
        wechat.behave(ORDER, Wechat.Manner.HONEST).slow(Duration.ofMillis(300));
        long start = System.nanoTime();
        assertAnswer(Next.SETTLE, "SUCCESS", ask(inquiry("v2"), ABOUT_ORDER));
        assertTrue(System.nanoTime() - start >= 300_000_000);
        assertEquals(1, wechat.mostOpen());
        wechat.slow(Duration.ZERO).behave(Wechat.Manner.HUGE);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(wechat.url() + "/x")).build();
        long received = 0;
        try (var body =
                http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            byte[] part = new byte[1 << 16];
            for (int n = body.read(part); n >= 0; n = body.read(part)) {
                received += n;
            }
        }
        assertEquals(Wechat.HUGE_BYTES, received);
    }

    /** What the real one refuses: no Accept, a time long past, another text than the one that was signed. */
    @Test
    void ask_badlyFormed_isRefused() throws Exception {
        wechat.books().order(Wechat.MCH_ID, ORDER, "SUCCESS", 101);
        Inquiry.Request asked = inquiry("v3").request(ABOUT_ORDER, false);
        String authorization = asked.headers().get("Authorization");
        assertEquals(400, status(asked.path(), authorization, null));
        assertEquals(200, status(asked.path(), authorization, "application/json"));
        assertEquals(401, status(asked.path() + "&x=1", authorization, "application/json"));
        assertEquals(
                401,
                status(
                        asked.path(),
                        authorization.replaceAll("timestamp=\"\\d+", "timestamp=\"1"),
                        "application/json"));
        assertEquals(401, status(asked.path(), "Bearer x", "application/json"));
        HttpRequest post = HttpRequest.newBuilder(URI.create(wechat.url() + "/pay/orderquery"))
                .POST(HttpRequest.BodyPublishers.ofString("no xml"))
                .build();
        String said = new String(
                http.send(post, HttpResponse.BodyHandlers.ofByteArray()).body(), UTF_8);
        assertTrue(said.contains("<return_code><![CDATA[FAIL]]></return_code>"), said);
        assertFalse(said.contains("sign>"), said);
    }

    private int status(String path, String authorization, String accept) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(wechat.url() + path))
                .header("Authorization", authorization)
                .header("User-Agent", "x");
        if (accept != null) {
            request.header("Accept", accept);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
