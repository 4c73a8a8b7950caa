package paynotify.background;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request to one address and reads the answer, within limits that hold whatever the other side does. TLS
 * certificates are checked as the JVM does, and no redirect is followed (contract, section 7). Connections are kept for the
 * next request. Thread-safe.
 */
public final class HttpClient implements AutoCloseable {
    private static final int CONNECT_MS = 2_000;
    private static final int OK = 200;
    private static final Set<String> LOOPBACK = Set.of("localhost", "[::1]");

    private static final int KEPT_MS = 60_000;
    private static final int BUFFER_BYTES = 8 << 10;

    private final CloseableHttpClient client;
    private final Limits limits;
    /** Breaks off what takes too long: a blocked read can't be ended in another way. */
    private final ScheduledExecutorService timer;

    /**
     * What one client is bound to.
     *
     * @param purpose a word for the names of its threads
     * @param connections so many may be open
     * @param inAllMs from the first byte of the connection to the last of the answer, in milliseconds
     * @param silentMs so long no byte may come
     * @param answerMaxBytes no more of an answer is read; one that is taken as a stream has a limit of its own
     */
    public record Limits(String purpose, int connections, int inAllMs, int silentMs, int answerMaxBytes) {
        /** Silence ends nothing before the time is over. */
        public Limits(String purpose, int connections, int inAllMs, int answerMaxBytes) {
            this(purpose, connections, inAllMs, inAllMs, answerMaxBytes);
        }
    }

    /** Where the body of an answer goes that is too large for memory. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes the next bytes.
         *
         * @throws IOException if they can't be taken: the answer is broken off
         */
        void take(byte[] bytes, int count) throws IOException;
    }

    /** What came back: of several headers of one name the first, of a body that is too large one byte too much. */
    public static final class Received {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;
        private final boolean tooLarge;

        public Received(int status, Map<String, String> headers, byte[] body, boolean tooLarge) {
            this.status = status;
            this.headers = headers;
            this.body = body;
            this.tooLarge = tooLarge;
        }

        public int status() {
            return status;
        }

        public @Nullable String header(String name) {
            return headers.get(name);
        }

        /** Not copied; nobody changes it. */
        public byte[] body() {
            return body;
        }

        public boolean tooLarge() {
            return tooLarge;
        }
    }

    /** @param proxy by which all but loopback is reached; null for none */
    public HttpClient(Limits limits, @Nullable URI proxy) {
        this.limits = limits;
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, DaemonThreads.named("notify-" + limits.purpose() + "-timer"));
        executor.setRemoveOnCancelPolicy(true);
        this.timer = executor;
        PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(limits.connections())
                .setMaxConnPerRoute(limits.connections())
                .setTlsSocketStrategy(
                        ClientTlsStrategyBuilder.create().useSystemProperties().buildClassic())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.ofMilliseconds(CONNECT_MS))
                        .setSocketTimeout(Timeout.ofMilliseconds(limits.silentMs()))
                        .setTimeToLive(TimeValue.ofMilliseconds(KEPT_MS))
                        // Each time: a request must not fail because the other side has hung up meanwhile.
                        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                        .build())
                .build();
        this.client = HttpClients.custom()
                .setConnectionManager(pool)
                .setRoutePlanner(new ByProxy(proxy))
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.ofMilliseconds(CONNECT_MS))
                        .setResponseTimeout(Timeout.ofMilliseconds(limits.silentMs()))
                        .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                // The signature is over the body as it came.
                .disableContentCompression()
                .build();
    }

    /** What is on this machine is not asked for by way of another. */
    private static final class ByProxy extends DefaultRoutePlanner {
        private final @Nullable HttpHost proxy;

        ByProxy(@Nullable URI proxy) {
            super(null);
            this.proxy = proxy == null ? null : HttpHost.create(proxy);
        }

        @Override
        protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) {
            return isLoopback(URI.create(target.toURI())) ? null : proxy;
        }
    }

    /** By its name, as it is configured: what another name leads to is the business of whoever keeps that name. */
    public static boolean isLoopback(URI address) {
        String host = address.getHost();
        return host != null && (LOOPBACK.contains(host) || host.matches("127(\\.[0-9]{1,3}){3}"));
    }

    /**
     * Sends a request and reads the answer, whatever its status.
     *
     * @param headers a Content-Type among them where there is a body
     * @param body sent as it is; empty for none
     * @throws IOException if there is no whole answer in time
     */
    public Received send(String method, URI uri, Map<String, String> headers, byte[] body) throws IOException {
        return send(method, uri, headers, body, true, null);
    }

    /**
     * The same, for whom the answer's status is enough: it counts as soon as it is there. Of the body there may be less
     * than was sent, where it does not come in time, or breaks off.
     *
     * @throws IOException if there is no status in time
     */
    public Received tell(String method, URI uri, Map<String, String> headers, byte[] body) throws IOException {
        return send(method, uri, headers, body, false, null);
    }

    /**
     * The same, with the body of an answer of status 200 going into a sink as it comes; the answer itself has none then.
     *
     * @throws IOException also if the sink can't take it
     */
    public Received download(String method, URI uri, Map<String, String> headers, byte[] body, Sink sink)
            throws IOException {
        return send(method, uri, headers, body, true, sink);
    }

    private Received send(
            String method, URI uri, Map<String, String> headers, byte[] body, boolean wholeAnswer, @Nullable Sink sink)
            throws IOException {
        HttpUriRequestBase message = new HttpUriRequestBase(method, uri);
        headers.forEach(message::setHeader);
        if (body.length > 0) {
            String type = headers.get("Content-Type");
            message.removeHeaders("Content-Type");
            message.setEntity(new ByteArrayEntity(body, type == null ? null : ContentType.parseLenient(type)));
        }
        try {
            return receiveInTime(HttpHost.create(uri), message, wholeAnswer, sink);
        } catch (RuntimeException e) {
            if (!timer.isShutdown()) {
                throw e;
            }
            // Closed. The timer says so by one of these, and the client by another.
            throw new IOException("the application is being stopped", e);
        }
    }

    private Received receiveInTime(HttpHost host, HttpUriRequestBase message, boolean wholeAnswer, @Nullable Sink sink)
            throws IOException {
        Future<?> end = timer.schedule(message::abort, limits.inAllMs(), MILLISECONDS);
        try {
            return receive(host, message, wholeAnswer, sink);
        } finally {
            end.cancel(false);
        }
    }

    private Received receive(HttpHost host, HttpUriRequestBase message, boolean wholeAnswer, @Nullable Sink sink)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ClassicHttpResponse head = null;
        try (ClassicHttpResponse response = client.executeOpen(host, message, null)) {
            head = response;
            if (sink != null && response.getCode() == OK) {
                pour(message, response, sink);
            } else {
                readEntity(message, response, body);
            }
        } catch (IOException e) {
            if (head == null || wholeAnswer) {
                throw e;
            }
            // What is enough is there; the connection is of no further use.
            message.abort();
        }
        return new Received(head.getCode(), headers(head), body.toByteArray(), body.size() > limits.answerMaxBytes());
    }

    private void readEntity(HttpUriRequestBase message, ClassicHttpResponse response, ByteArrayOutputStream body)
            throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return;
        }
        try (InputStream content = entity.getContent()) {
            read(content, body);
            if (body.size() > limits.answerMaxBytes()) {
                // Otherwise closing would read all that is still to come.
                message.abort();
            }
        } catch (IOException e) {
            if (body.size() <= limits.answerMaxBytes()) {
                throw e;
            }
            // It was we who broke it off, after all that we want.
        }
    }

    private static void pour(HttpUriRequestBase message, ClassicHttpResponse response, Sink sink) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return;
        }
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream content = entity.getContent()) {
            try {
                for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                    sink.take(buffer, count);
                }
            } catch (IOException | RuntimeException e) {
                // Otherwise closing would read all that is still to come.
                message.abort();
                throw e;
            }
        }
    }

    /** One byte more than the limit at most, without which nobody could tell. */
    private void read(InputStream content, ByteArrayOutputStream body) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (body.size() <= limits.answerMaxBytes()) {
            int count = content.read(buffer, 0, Math.min(buffer.length, limits.answerMaxBytes() + 1 - body.size()));
            if (count < 0) {
                break;
            }
            body.write(buffer, 0, count);
        }
    }

    private static Map<String, String> headers(ClassicHttpResponse response) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : response.getHeaders()) {
            headers.putIfAbsent(header.getName(), header.getValue() == null ? "" : header.getValue());
        }
        return headers;
    }

    /** Breaks off what is under way, and what comes later: each is an IOException. */
    @Override
    public void close() {
        timer.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
    }
}
