package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A shop's software that is told by webhooks, on loopback: it checks the signature as Standard Webhooks says, remembers each
 * webhook-id, and can be broken, slow or gone. Each path is a receiver of its own. All methods may be called while it hears.
 *
 * <p>Written from the specification alone; it shares nothing with the code that it tests.
 */
public final class Receiver implements AutoCloseable {
    private static final int BACKLOG = 256;
    private static final long TOLERANCE_SECONDS = 300;

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** What is done with a request, after it has been heard. */
    @FunctionalInterface
    public interface Manner {
        void answer(HttpExchange exchange, CountDownLatch closed) throws IOException;
    }

    /** Answers with this status. */
    public static Manner status(int status, String... headers) {
        return (exchange, closed) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        };
    }

    /** Never answers, as long as this is open. */
    public static final Manner HANG = (exchange, closed) -> {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    };

    /** Closes the connection instead of an answer. */
    public static final Manner CUT = (exchange, closed) -> exchange.close();

    /** Says 200, and goes on with its body without end. */
    public static final Manner ENDLESS = (exchange, closed) -> {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            while (true) {
                body.write(new byte[1 << 10]);
            }
        } catch (IOException e) {
            exchange.close();
        }
    };

    /** A request that came. */
    public record Heard(Instant at, String path, Map<String, String> headers, String body, boolean genuine) {
        public String id() {
            return headers.getOrDefault("webhook-id", "");
        }
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deque<Heard> heard = new ConcurrentLinkedDeque<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final String secret;
    private final HttpServer server;
    private volatile Function<Heard, Manner> manner = each -> status(204);

    private Receiver(String secret, int port) {
        this.secret = secret;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::hear);
        server.start();
    }

    /** @param secret whsec_… */
    public static Receiver start(String secret) {
        return new Receiver(secret, 0);
    }

    /** A secret of so many bytes, that no log may show. */
    public static String newSecret(int bytes) {
        byte[] random = new byte[bytes];
        new java.security.SecureRandom().nextBytes(random);
        String text = Base64.getEncoder().encodeToString(random);
        Kit.keepSecret(text);
        return "whsec_" + text;
    }

    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    public Receiver behave(Function<Heard, Manner> next) {
        manner = next;
        return this;
    }

    private void hear(HttpExchange exchange) throws IOException {
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            headers.put("method", exchange.getRequestMethod());
            Heard one = new Heard(
                    Instant.now(),
                    exchange.getRequestURI().toString(),
                    headers,
                    new String(body, UTF_8),
                    isGenuine(secret, headers, body));
            heard.add(one);
            manner.apply(one).answer(exchange, closed);
            known.add(one.id());
        } finally {
            open.decrementAndGet();
        }
    }

    /** The rule of the specification: one of the signatures is ours, and the time is within five minutes. */
    public static boolean isGenuine(String secret, Map<String, String> headers, byte[] body) {
        try {
            String before = headers.get("webhook-id") + "." + headers.get("webhook-timestamp") + ".";
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
            mac.update(before.getBytes(UTF_8));
            byte[] expected = mac.doFinal(body);
            long off = Instant.now().getEpochSecond() - Long.parseLong(headers.get("webhook-timestamp"));
            boolean found = false;
            for (String signature :
                    headers.getOrDefault("webhook-signature", "").split(" ")) {
                found |= signature.startsWith("v1,")
                        && MessageDigest.isEqual(expected, Base64.getDecoder().decode(signature.substring(3)));
            }
            return found && Math.abs(off) <= TOLERANCE_SECONDS;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    public List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** Those whose body holds this text: an order's number, say. */
    public List<Heard> heard(String text) {
        return heard.stream().filter(each -> each.body().contains(text)).toList();
    }

    /** The different webhook-ids that were answered. */
    public Set<String> known() {
        return Set.copyOf(known);
    }

    /** So many requests were open at once. */
    public int mostOpen() {
        return mostOpen.get();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
