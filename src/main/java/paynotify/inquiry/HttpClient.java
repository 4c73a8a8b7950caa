package paynotify.inquiry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
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
import paynotify.sender.Inquiry.Request;

/**
 * Sends a question to one address and reads the answer, within limits that hold whatever the other side does
 * (contract, section 7). Connections are kept for the next question. Thread-safe.
 */
final class HttpClient implements AutoCloseable {
    private static final int CONNECT_MS = 2_000;
    /** From the first byte of the connection to the last of the answer. */
    private static final int IN_ALL_MS = 10_000;

    private static final int KEPT_MS = 60_000;
    private static final int BUFFER_BYTES = 8 << 10;

    private final CloseableHttpClient client;
    private final int answerMaxBytes;
    /** Breaks off what takes too long: a blocked read can't be ended in another way. */
    private final ScheduledExecutorService timer;

    /** What came back: of several headers of one name the first, of a body that is too large one byte too much. */
    static final class Received {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;
        private final boolean tooLarge;

        Received(int status, Map<String, String> headers, byte[] body, boolean tooLarge) {
            this.status = status;
            this.headers = headers;
            this.body = body;
            this.tooLarge = tooLarge;
        }

        int status() {
            return status;
        }

        @Nullable
        String header(String name) {
            return headers.get(name);
        }

        /** Not copied; nobody changes it. */
        byte[] body() {
            return body;
        }

        boolean tooLarge() {
            return tooLarge;
        }
    }

    /** @param connections so many may be open */
    HttpClient(InquirySettings settings, int connections) {
        this.answerMaxBytes = settings.answerMaxBytes();
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "notify-question-timer");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        this.timer = executor;
        PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(connections)
                .setMaxConnPerRoute(connections)
                .setTlsSocketStrategy(
                        ClientTlsStrategyBuilder.create().useSystemProperties().buildClassic())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.ofMilliseconds(CONNECT_MS))
                        .setSocketTimeout(Timeout.ofMilliseconds(IN_ALL_MS))
                        .setTimeToLive(TimeValue.ofMilliseconds(KEPT_MS))
                        // Each time: a question must not fail because the other side has hung up meanwhile.
                        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                        .build())
                .build();
        this.client = HttpClients.custom()
                .setConnectionManager(pool)
                .setRoutePlanner(new ByProxy(settings.proxy()))
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.ofMilliseconds(CONNECT_MS))
                        .setResponseTimeout(Timeout.ofMilliseconds(IN_ALL_MS))
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
            return InquirySettings.isLoopback(URI.create(target.toURI())) ? null : proxy;
        }
    }

    /**
     * Sends the request and reads the answer, whatever its status.
     *
     * @throws IOException if there is no whole answer in time
     */
    Received send(URI address, Request request) throws IOException {
        HttpUriRequestBase message = new HttpUriRequestBase(request.method(), URI.create(address + request.path()));
        request.headers().forEach(message::setHeader);
        if (!request.body().isEmpty()) {
            String type = request.headers().get("Content-Type");
            message.removeHeaders("Content-Type");
            message.setEntity(new ByteArrayEntity(
                    request.body().getBytes(UTF_8), type == null ? null : ContentType.parseLenient(type)));
        }
        Future<?> end = timer.schedule(message::abort, IN_ALL_MS, MILLISECONDS);
        try {
            return receive(HttpHost.create(address), message);
        } finally {
            end.cancel(false);
        }
    }

    private Received receive(HttpHost host, HttpUriRequestBase message) throws IOException {
        try (ClassicHttpResponse response = client.executeOpen(host, message, null)) {
            byte[] body = new byte[0];
            HttpEntity entity = response.getEntity();
            if (entity != null) {
                try (InputStream content = entity.getContent()) {
                    body = read(content);
                    if (body.length > answerMaxBytes) {
                        // Otherwise closing would read all that is still to come.
                        message.abort();
                    }
                } catch (IOException e) {
                    if (body.length <= answerMaxBytes) {
                        throw e;
                    }
                    // It was we who broke it off, after all that we want.
                }
            }
            return new Received(response.getCode(), headers(response), body, body.length > answerMaxBytes);
        }
    }

    /** One byte more than the limit at most, without which nobody could tell. */
    private byte[] read(InputStream content) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        while (body.size() <= answerMaxBytes) {
            int count = content.read(buffer, 0, Math.min(buffer.length, answerMaxBytes + 1 - body.size()));
            if (count < 0) {
                break;
            }
            body.write(buffer, 0, count);
        }
        return body.toByteArray();
    }

    private static Map<String, String> headers(ClassicHttpResponse response) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : response.getHeaders()) {
            headers.putIfAbsent(header.getName(), header.getValue() == null ? "" : header.getValue());
        }
        return headers;
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
        timer.shutdownNow();
    }
}
