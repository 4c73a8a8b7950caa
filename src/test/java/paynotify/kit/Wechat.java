package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A WeChat Pay of our own, that is asked about orders and refunds in API v2 and v3, over HTTP or HTTPS on loopback. It
 * checks who asks, signs what it answers, and can be slow, down, wrong or forged. All methods may be called while it
 * answers.
 *
 * <p>Written from the published documents alone; it shares nothing with the code that it tests.
 */
public final class Wechat implements AutoCloseable {
    /** The merchant of the vectors, its certificate's serial number and its keys. */
    public static final String MCH_ID = Shop.MCH_ID;

    public static final String APP_ID = "wx8888888888888888";
    public static final String MERCHANT_SERIAL = "3775B6A45ACD588826D15E583A95F5DD5D0C1A01";

    /** How many bytes {@link Manner#HUGE} sends. */
    public static final long HUGE_BYTES = 100L * 1000 * 1000;

    private static final Duration CLOCK_OFF = Duration.ofMinutes(10);
    private static final int BACKLOG = 256;

    static {
        // Read when the first server of this JVM starts: without it every answer waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** What it does with a question. */
    public enum Manner {
        HONEST,
        /** Rightly signed, about another order, or refund. */
        OTHER_ORDER,
        /** Rightly signed, of another merchant. */
        OTHER_MERCHANT,
        /** Rightly signed, of one fen more. */
        OTHER_AMOUNT,
        /** Says that everything is paid, and signs with another key. */
        FORGED,
        /** Says that everything is paid, without any signature. */
        UNSIGNED,
        /** What it signs in API v3 bears a time of ten minutes ago. */
        CLOCK_OFF,
        REDIRECT,
        /** {@link #HUGE_BYTES} bytes. */
        HUGE,
        /** The connection ends in mid-body. */
        CUT,
        /** HTTP 200 and a page of some proxy's. */
        NONSENSE,
        ACCEPTED_202,
        UNAUTHORIZED_401,
        FORBIDDEN_403,
        BUSY_429,
        BROKEN_500,
        /** HTTP 200 in API v2, with err_code SYSTEMERROR and no sign; in API v3 like {@link #BROKEN_500}. */
        SYSTEM_ERROR
    }

    /**
     * A question that came.
     *
     * @param number of the order, the refund or the combined payment that it is about
     * @param form {@code v2} or {@code v3}
     * @param body empty in v3
     */
    public record Question(
            Instant at, String form, String path, String number, Map<String, String> headers, String body) {}

    /** What WeChat says: a status, headers and a body. */
    record Said(int status, Map<String, String> headers, String body) {}

    private final boolean tls;
    private final WechatBooks books = new WechatBooks();
    private final WechatBills bills = new WechatBills();
    private final WechatQuestionV2 v2 = new WechatQuestionV2(books);
    private final WechatQuestionV3 v3 = new WechatQuestionV3(books);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deque<Question> questions = new ConcurrentLinkedDeque<>();
    private final Map<String, Manner> mannerByNumber = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile Manner manner = Manner.HONEST;
    private volatile Duration delay = Duration.ZERO;
    private volatile HttpServer server;
    private int port;

    private Wechat(boolean tls) {
        this.tls = tls;
        up();
    }

    /** Plain HTTP on a free port of 127.0.0.1. */
    public static Wechat start() {
        return new Wechat(false);
    }

    /** HTTPS on a free port of 127.0.0.1, by a certificate for it that {@link LoopbackCertificate#trustStore} holds. */
    public static Wechat startTls() {
        return new Wechat(true);
    }

    /** As {@code inquiry.url} takes it. */
    public String url() {
        return (tls ? "https" : "http") + "://127.0.0.1:" + port;
    }

    /** What it knows of orders and refunds. */
    public WechatBooks books() {
        return books;
    }

    /** The bills that it has. */
    public WechatBills bills() {
        return bills;
    }

    /** The API v2 key that it knows, instead of the vectors'. */
    public Wechat apiKey(String key) {
        v2.apiKey(key);
        return this;
    }

    /** To every question from now on. */
    public Wechat behave(Manner newManner) {
        mannerByNumber.clear();
        manner = newManner;
        return this;
    }

    /** The same for questions about one order or refund. */
    public Wechat behave(String number, Manner newManner) {
        mannerByNumber.put(number, newManner);
        return this;
    }

    /** So long it thinks about each answer. */
    public Wechat slow(Duration newDelay) {
        delay = newDelay;
        return this;
    }

    /** No longer listens: connections are refused, open ones are cut. */
    public synchronized void down() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    /** Listens again, on the same port. */
    public synchronized void up() {
        if (server != null) {
            return;
        }
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
            HttpServer created;
            if (tls) {
                HttpsServer https = HttpsServer.create(address, BACKLOG);
                https.setHttpsConfigurator(new HttpsConfigurator(LoopbackCertificate.context()));
                created = https;
            } else {
                created = HttpServer.create(address, BACKLOG);
            }
            created.createContext("/", this::handle);
            created.setExecutor(threads);
            created.start();
            port = created.getAddress().getPort();
            server = created;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All questions so far, refused ones too, the oldest first. */
    public List<Question> questions() {
        return List.copyOf(questions);
    }

    /** Those about one order, refund or combined payment. */
    public List<Question> questions(String number) {
        return questions.stream().filter(each -> each.number().equals(number)).toList();
    }

    /** How many questions' signatures were wrong. */
    public int signaturesRefused() {
        return v2.signaturesRefused() + v3.signaturesRefused();
    }

    /** The most questions that were open at once. */
    public int mostOpen() {
        return mostOpen.get();
    }

    /** From now on counts anew. */
    public void forgetQuestions() {
        questions.clear();
        mostOpen.set(0);
        v2.forget();
        v3.forget();
    }

    private void handle(HttpExchange exchange) throws IOException {
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            String path = exchange.getRequestURI().toString();
            boolean inV3 = path.startsWith("/v3/");
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(", ", values)));
            boolean aboutBill = WechatBills.isAsked(path);
            String number = aboutBill
                    ? WechatBills.number(path, body)
                    : inV3 ? WechatQuestionV3.number(path) : WechatQuestionV2.number(body);
            questions.add(new Question(Instant.now(), inV3 ? "v3" : "v2", path, number, headers, body));
            Thread.sleep(delay.toMillis());
            Manner now = mannerByNumber.getOrDefault(number, manner);
            if (aboutBill && now == Manner.HONEST) {
                bill(exchange, inV3, path, headers, body);
            } else if (!saysSomethingElse(exchange, now)) {
                Instant clock = now == Manner.CLOCK_OFF ? Instant.now().minus(CLOCK_OFF) : Instant.now();
                Said said = inV3
                        ? v3.answer(exchange.getRequestMethod(), path, headers, now, clock)
                        : v2.answer(exchange.getRequestMethod(), path, body, now);
                send(exchange, said, now == Manner.CUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.decrementAndGet();
        }
    }

    private void bill(HttpExchange exchange, boolean inV3, String path, Map<String, String> headers, String body)
            throws IOException {
        if (!inV3) {
            if (v2.isSigned(body)) {
                bills.answerV2(exchange, body);
            } else {
                WechatBills.error(exchange, "sign error", "20001");
            }
            return;
        }
        String mchId = v3.merchant(exchange.getRequestMethod(), path, headers);
        if (mchId == null) {
            send(exchange, new Said(401, Map.of(), "{\"code\":\"SIGN_ERROR\"}"), false);
        } else {
            bills.answerV3(exchange, path, mchId, headers.get("Wechatpay-Serial"), url());
        }
    }

    /** What needs no books; returns false for what does. */
    private boolean saysSomethingElse(HttpExchange exchange, Manner now) throws IOException {
        switch (now) {
            case REDIRECT -> {
                exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
                send(exchange, new Said(302, Map.of(), ""), false);
            }
            case NONSENSE -> send(exchange, new Said(200, Map.of(), "<html><body>Welcome<br></body></html>"), false);
            case HUGE -> {
                exchange.sendResponseHeaders(200, HUGE_BYTES);
                byte[] part = "x".repeat(10_000).getBytes(UTF_8);
                try (OutputStream out = exchange.getResponseBody()) {
                    for (long sent = 0; sent < HUGE_BYTES; sent += part.length) {
                        out.write(part);
                    }
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void send(HttpExchange exchange, Said said, boolean cut) throws IOException {
        byte[] body = said.body().getBytes(UTF_8);
        said.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(said.status(), body.length == 0 ? -1 : body.length);
        if (cut) {
            exchange.getResponseBody().write(body, 0, body.length / 2);
            exchange.getResponseBody().flush();
        } else if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        down();
        threads.shutdownNow();
    }
}
