package paynotify.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** HTTP as a well-behaved sender speaks it. */
public final class Http {
    // HTTP/1.1 by name: otherwise the client asks for an upgrade to HTTP/2, which no sender does.
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Http() {}

    /** Headers as name, value, name, value. */
    public static Answer post(URI uri, byte[] body, String... headers) {
        return send("POST", uri, BodyPublishers.ofByteArray(body), headers);
    }

    /** Without Content-Length, in chunks. */
    public static Answer postChunked(URI uri, byte[] body, String... headers) {
        return send("POST", uri, BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body)), headers);
    }

    public static Answer get(URI uri, String... headers) {
        return send("GET", uri, BodyPublishers.noBody(), headers);
    }

    private static Answer send(String method, URI uri, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(LIMIT).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<byte[]> response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
            return Answer.of(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
