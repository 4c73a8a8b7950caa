package paynotify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Callback;
import paynotify.sender.Reply;
import paynotify.sender.Sender;
import paynotify.store.Meter;

/**
 * HTTP's edge: a request's bytes in, an answer's bytes out. Decides nothing but what is no callback: 404 for every path
 * but an account's, 405 for every method but those by which the account's sender calls, both with an empty body.
 * Thread-safe.
 */
final class NotifyServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** The path below which the accounts are. */
    static final String PATH = "/pay";
    /**
     * A body that takes longer than this is given up, in milliseconds: its sender is no payment system. Looked at when
     * something arrives; how long nothing may arrive is the connector's connectionTimeout.
     */
    private static final int BODY_READ_MS = 10_000;

    private static final int FIRST_BUFFER_BYTES = 4 << 10;

    private final transient CallbackHandler handler;
    private final transient Map<String, Sender> accounts;
    private final transient Clock clock;
    private final transient Meter meter;
    private final int bodyMaxBytes;

    /** @param meter is told how long answers took */
    NotifyServlet(CallbackHandler handler, Map<String, Sender> accounts, int bodyMaxBytes, Clock clock, Meter meter) {
        this.handler = handler;
        this.accounts = accounts;
        this.bodyMaxBytes = bodyMaxBytes;
        this.clock = clock;
        this.meter = meter;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ERROR) {
            // What Tomcat itself refused (web.xml, error-page): its status, and not its page.
            return;
        }
        String account = account(request);
        Sender sender = account == null ? null : accounts.get(account);
        if (account == null || sender == null) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        List<String> methods = sender.dataIn().inQuery() ? List.of("GET", "POST") : List.of("POST");
        if (!methods.contains(request.getMethod())) {
            response.setHeader("Allow", String.join(", ", methods));
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        Callback callback;
        try {
            callback = receive(request, account, sender.dataIn());
        } catch (IOException e) {
            // The client left, stopped sending, or broke the rules of HTTP: there is no callback to log or to answer.
            response.setHeader("Connection", "close");
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        write(handler.handle(sender, callback), response);
        meter.answered(account, callback.startNanos());
    }

    /** The account that the path names, whether there is one or not; null for a path that names none. */
    private static @Nullable String account(HttpServletRequest request) {
        String below = request.getPathInfo();
        boolean plain = request.getRequestURI().indexOf(';') < 0;
        return plain && request.getServletPath().equals(PATH) && below != null ? below.substring(1) : null;
    }

    /** @throws IOException if the body does not come whole and in time */
    private Callback receive(HttpServletRequest request, String account, Sender.DataIn dataIn) throws IOException {
        Instant receivedAt = clock.instant();
        long startNanos = System.nanoTime();
        boolean readsBody = dataIn.inBody() && request.getMethod().equals("POST");
        byte[] body = readsBody ? read(request, startNanos + MILLISECONDS.toNanos(BODY_READ_MS)) : new byte[0];
        if (body.length == 0 && dataIn.inQuery()) {
            body = query(request);
        }
        boolean tooLarge = body.length > bodyMaxBytes || (readsBody && request.getContentLengthLong() > bodyMaxBytes);
        return new Callback(
                account,
                tooLarge ? Arrays.copyOf(body, bodyMaxBytes) : body,
                tooLarge,
                request::getHeader,
                request.getRemoteAddr(),
                receivedAt,
                startNanos,
                System.nanoTime());
    }

    /**
     * The body, whatever the Content-Type says it is. Where it is longer than {@link #bodyMaxBytes}, so much of it and
     * one byte, without which nobody could tell; no byte more than that where Content-Length tells.
     *
     * @throws IOException if it does not come whole and in time
     */
    private byte[] read(HttpServletRequest request, long deadlineNanos) throws IOException {
        long announced = request.getContentLengthLong();
        int limit = announced > bodyMaxBytes ? bodyMaxBytes : bodyMaxBytes + 1;
        byte[] body = new byte[(int) Math.min(announced < 0 ? FIRST_BUFFER_BYTES : announced, limit)];
        InputStream in = request.getInputStream();
        int length = 0;
        while (length < limit) {
            if (length == body.length) {
                if (length == announced) {
                    break;
                }
                body = Arrays.copyOf(body, Math.min(2 * length, limit));
            }
            int count = in.read(body, length, body.length - length);
            if (count < 0) {
                break;
            }
            length += count;
            if (System.nanoTime() > deadlineNanos) {
                throw new IOException("the body took more than " + BODY_READ_MS + " ms");
            }
        }
        return length == body.length ? body : Arrays.copyOf(body, length);
    }

    /** The query string as it was sent, still in its escapes; Tomcat takes a byte for a character. */
    private static byte[] query(HttpServletRequest request) {
        String query = request.getQueryString();
        return query == null ? new byte[0] : query.getBytes(ISO_8859_1);
    }

    private static void write(Reply reply, HttpServletResponse response) throws IOException {
        byte[] body = reply.body();
        response.setStatus(reply.httpStatus());
        response.setContentType(reply.contentType());
        // A 404 would be kept by a cache on the way, and a sender that calls by GET never be heard again.
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
