package paynotify.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** HTTPS to a server with the {@link Certificate} of the tests, by one version of TLS and one of HTTP and no other. */
public final class Https {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final int port;
    private final String tls;
    private final HttpClient.Version version;
    private final HttpClient client;

    /**
     * @param port of 127.0.0.1
     * @param tls as the JDK names it, such as TLSv1.3
     */
    public Https(int port, String tls, HttpClient.Version version) {
        this.port = port;
        this.tls = tls;
        this.version = version;
        this.client = HttpClient.newBuilder()
                .version(version)
                .sslContext(Certificate.shared().client())
                .sslParameters(parameters())
                .build();
    }

    private SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {tls});
        return parameters;
    }

    /** The request as it is, but here; its URI's path counts. */
    public Answer send(Request request, String... moreHeaders) {
        return send(request, BodyPublishers.ofByteArray(request.body()), moreHeaders);
    }

    /** Without Content-Length: in chunks, or in HTTP/2's frames. */
    public Answer sendUnannounced(Request request) {
        return send(request, BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(request.body())));
    }

    /** The same, some bytes at a time and a pause before each. */
    public Answer sendSlowly(Request request, int bytes, Duration pause) {
        return send(request, BodyPublishers.ofInputStream(() -> new Drops(request.body(), bytes, pause)));
    }

    private Answer send(Request request, BodyPublisher body, String... moreHeaders) {
        String query = request.query() == null ? "" : "?" + request.query();
        URI uri = URI.create("https://127.0.0.1:" + port + request.uri().getRawPath() + query);
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(LIMIT).method(request.method(), body);
        for (int i = 0; i < request.headers().size(); i += 2) {
            builder.header(request.headers().get(i), request.headers().get(i + 1));
        }
        if (moreHeaders.length > 0) {
            builder.headers(moreHeaders);
        }
        try {
            HttpResponse<byte[]> response = client.send(builder.build(), BodyHandlers.ofByteArray());
            String spoken = response.version() + " "
                    + response.sslSession().orElseThrow().getProtocol();
            if (!spoken.equals(version + " " + tls)) {
                throw new AssertionError("spoken: " + spoken);
            }
            return Answer.of(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A connection that sends just the bytes it is given. */
    public RawHttp raw() {
        try {
            SSLSocket socket =
                    (SSLSocket) Certificate.shared().client().getSocketFactory().createSocket("127.0.0.1", port);
            socket.setSSLParameters(parameters());
            socket.startHandshake();
            return new RawHttp(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a server answers to a client that speaks no newer TLS than this one: "ServerHello" with the version that they
     * speak from then on, or "alert" with its number (RFC 8446, section 6.2: 70 is protocol_version). Our own JDK would
     * not even ask for the old ones.
     *
     * @param newest 0x0301 for TLS 1.0, 0x0302 for TLS 1.1, 0x0303 for TLS 1.2
     */
    public static String hello(int port, int newest) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream().write(TlsHello.of(newest));
            InputStream in = socket.getInputStream();
            byte[] head = in.readNBytes(5);
            return TlsHello.answer(
                    head, head.length < 5 ? head : in.readNBytes(head[3] << 8 & 0xff00 | head[4] & 0xff));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A stream that gives a few bytes at a time. */
    private static final class Drops extends InputStream {
        private final byte[] bytes;
        private final int step;
        private final Duration pause;
        private int position;

        Drops(byte[] bytes, int step, Duration pause) {
            this.bytes = bytes;
            this.step = step;
            this.pause = pause;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (position == bytes.length) {
                return -1;
            }
            LockSupport.parkNanos(pause.toNanos());
            byte[] next =
                    Arrays.copyOfRange(bytes, position, Math.min(position + Math.min(step, length), bytes.length));
            System.arraycopy(next, 0, target, offset, next.length);
            position += next.length;
            return next.length;
        }
    }
}
