package paynotify.background;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import paynotify.background.HttpClient.Received;

/** Against a server that does what the test says, on a socket of loopback. */
@Timeout(30)
class HttpClientTest {
    private static final int BYTES_MAX = 1_024;
    /** As an inquiry has it. */
    private static final int IN_ALL_MS = 10_000;

    private static final String PATH = "/v3/pay?mchid=1%2F2";

    private final ServerSocket server = listen();
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final AtomicLong written = new AtomicLong();
    private HttpClient client = client(null);

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpClient client(URI proxy) {
        return new HttpClient(new HttpClient.Limits("test", 20, IN_ALL_MS, BYTES_MAX), proxy);
    }

    private Received get(URI address) throws IOException {
        return client.send("GET", URI.create(address + PATH), Map.of("Accept", "a/b"), new byte[0]);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    /** The status is heard as soon as it is there, whatever becomes of the body. */
    @Test
    void tell_bodyThatBreaksOff_isHeard() throws Exception {
        serve(out -> {
            out.write("HTTP/1.1 202 OK\r\nContent-Length: 100\r\n\r\nhalf".getBytes(ISO_8859_1));
            throw new IOException("enough");
        });
        Received received = client.tell("POST", URI.create(address() + PATH), Map.of(), "x".getBytes(UTF_8));
        assertEquals(202, received.status());
        assertEquals("half", new String(received.body(), UTF_8));
        assertThrows(IOException.class, () -> get(address()));
    }

    @Test
    void tell_bodyThatDoesNotEnd_isHeardInTime() throws Exception {
        client.close();
        client = new HttpClient(new HttpClient.Limits("test", 20, 500, BYTES_MAX), null);
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".getBytes(ISO_8859_1));
            out.flush();
            Thread.sleep(5_000);
        });
        long start = System.nanoTime();
        assertEquals(
                200,
                client.tell("POST", URI.create(address() + PATH), Map.of(), new byte[0])
                        .status());
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(3));
        assertThrows(IOException.class, () -> get(address()));
    }

    @Test
    void tell_noStatus_isAFailure() {
        serve(out -> {
            out.write("HTTP/1.1 2".getBytes(ISO_8859_1));
            throw new IOException("enough");
        });
        assertThrows(IOException.class, () -> client.tell("POST", URI.create(address() + PATH), Map.of(), new byte[0]));
    }

    /** What the server does with the connection's output after each request that it has read. */
    private interface Answering {
        void answer(OutputStream out) throws Exception;
    }

    private void serve(Answering answering) {
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    for (String request = request(socket.getInputStream());
                            request != null;
                            request = request(socket.getInputStream())) {
                        requests.add(request);
                        answering.answer(socket.getOutputStream());
                    }
                } catch (Exception e) {
                    requests.add("broken off");
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Up to the blank line, and the body that Content-Length tells; null at the end. */
    private static String request(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return null;
            }
            text.append((char) c);
        }
        int at = text.indexOf("Content-Length: ");
        if (at >= 0) {
            int length = Integer.parseInt(text.substring(at + 16, text.indexOf("\r", at)));
            text.append(new String(in.readNBytes(length), UTF_8));
        }
        return text.toString();
    }

    private void say(OutputStream out, String head, String body) throws IOException {
        out.write(("HTTP/1.1 " + head + "\r\nContent-Length: " + body.getBytes(UTF_8).length + "\r\n\r\n" + body)
                .getBytes(UTF_8));
        out.flush();
    }

    @Test
    void send_answer_isGivenAsItCame() throws Exception {
        serve(out -> say(out, "404 Not Found\r\nWechatpay-Serial: one\r\nWechatpay-Serial: two", "{\"a\":\"中\"}"));
        Received received = get(address());
        assertEquals(404, received.status());
        assertEquals("one", received.header("wechatpay-serial"));
        assertEquals("{\"a\":\"中\"}", new String(received.body(), UTF_8));
        assertFalse(received.tooLarge());
        String request = requests.take();
        assertTrue(request.startsWith("GET /v3/pay?mchid=1%2F2 HTTP/1.1\r\n"), request);
        assertTrue(request.contains("\r\nAccept: a/b\r\n"), request);
        assertFalse(request.contains("Accept-Encoding"), request);
    }

    @Test
    void send_body_isPosted() throws Exception {
        serve(out -> say(out, "200 OK", ""));
        client.send(
                "POST",
                URI.create(address() + "/pay"),
                Map.of("Content-Type", "text/xml"),
                "<xml>中</xml>".getBytes(UTF_8));
        String request = requests.take();
        assertTrue(request.startsWith("POST /pay HTTP/1.1\r\n"), request);
        assertTrue(request.contains("Content-Type: text/xml\r\n"), request);
        assertTrue(request.endsWith("\r\n\r\n<xml>中</xml>"), request);
    }

    @Test
    void send_redirect_isNotFollowed() throws Exception {
        serve(out -> say(out, "302 Found\r\nLocation: " + address() + "/elsewhere", ""));
        assertEquals(302, get(address()).status());
        requests.take();
        assertTrue(requests.isEmpty());
    }

    @Test
    void send_answerOver_isCutAndTheRestNotRead() throws Exception {
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n".getBytes(ISO_8859_1));
            byte[] block = new byte[10_000];
            for (int i = 0; i < 10_000; i++) {
                out.write(block);
                written.addAndGet(block.length);
            }
        });
        Received received = get(address());
        assertTrue(received.tooLarge());
        assertEquals(BYTES_MAX + 1, received.body().length);
        requests.take();
        assertEquals("broken off", requests.poll(10, TimeUnit.SECONDS));
        assertTrue(written.get() < 50_000_000, "bytes written: " + written);
        serveAgain();
    }

    /** Another question finds a connection that works. */
    private void serveAgain() throws IOException {
        assertThrows(IOException.class, () -> get(URI.create("http://127.0.0.1:1")));
    }

    @Test
    void send_exactlyTheLimit_isTaken() throws Exception {
        serve(out -> say(out, "200 OK", "x".repeat(BYTES_MAX)));
        Received received = get(address());
        assertFalse(received.tooLarge());
        assertEquals(BYTES_MAX, received.body().length);
    }

    @Test
    void send_answerCutInTheMiddle_fails() {
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":".getBytes(ISO_8859_1));
            out.flush();
            throw new IOException("cut");
        });
        assertThrows(IOException.class, () -> get(address()));
    }

    /** A byte a second would keep a socket's own time-out away for ever. */
    @Test
    void send_answerThatDrips_isBrokenOffAfterTenSeconds() {
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".getBytes(ISO_8859_1));
            for (int i = 0; i < 100; i++) {
                out.write('x');
                out.flush();
                TimeUnit.MILLISECONDS.sleep(500);
            }
        });
        long start = System.nanoTime();
        assertThrows(IOException.class, () -> get(address()));
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(took > 9_000 && took < 14_000, "took " + took + " ms");
    }

    @Test
    void send_again_usesTheConnectionThatIsOpen() throws Exception {
        serve(out -> say(out, "200 OK", "a"));
        get(address());
        get(address());
        assertEquals(2, requests.size());
        // A second connection would not have been accepted: this server takes one at a time.
        assertEquals(200, get(address()).status());
    }

    @Test
    void send_proxy_isForAllButLoopback() throws Exception {
        client.close();
        client = client(address());
        serve(out -> say(out, "200 OK", "a"));
        get(address());
        assertTrue(requests.take().startsWith("GET /v3/pay?mchid=1%2F2 HTTP/1.1"));
        // The server takes one connection at a time.
        client.close();
        client = client(address());
        get(URI.create("http://api.example"));
        String request = requests.take();
        if (request.equals("broken off")) {
            request = requests.take();
        }
        assertTrue(request.startsWith("GET http://api.example/v3/pay?mchid=1%2F2 HTTP/1.1"), request);
    }

    @Test
    void close_whileAnAnswerIsAwaited_endsIt() throws Exception {
        serve(out -> TimeUnit.SECONDS.sleep(20));
        Thread closing = new Thread(() -> {
            try {
                requests.take();
                client.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        closing.start();
        long start = System.nanoTime();
        assertThrows(IOException.class, () -> get(address()));
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(8));
        closing.join();
    }

    /** Whoever begins to ask when the application is being stopped, before, at the same time or after, is told as of any failure. */
    @Test
    void send_whileItIsClosed_isAFailureOfTheExchange() throws Exception {
        server.close();
        for (int i = 0; i < 50; i++) {
            HttpClient closing = client;
            Thread close = new Thread(closing::close);
            assertThrows(IOException.class, () -> get(address()));
            close.start();
            for (int n = 0; n < 20; n++) {
                assertThrows(IOException.class, () -> get(address()));
            }
            close.join();
            assertThrows(IOException.class, () -> get(address()));
            client = client(null);
        }
    }

    private Received download(int silentMs, HttpClient.Sink sink) throws IOException {
        client.close();
        client = new HttpClient(new HttpClient.Limits("test", 20, IN_ALL_MS, silentMs, BYTES_MAX), null);
        return client.download("GET", URI.create(address() + PATH), Map.of(), new byte[0], sink);
    }

    /** More than is kept of an answer, as it comes. */
    @Test
    void download_longBody_goesIntoTheSink() throws Exception {
        String body = "abc".repeat(100_000);
        serve(out -> out.write(
                ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(ISO_8859_1)));
        java.io.ByteArrayOutputStream taken = new java.io.ByteArrayOutputStream();
        Received received = download(5_000, (bytes, count) -> taken.write(bytes, 0, count));
        assertEquals(body, taken.toString(ISO_8859_1));
        assertEquals(0, received.body().length);
        assertEquals(200, received.status());
    }

    @Test
    void download_otherStatus_isKeptAsUsual() throws Exception {
        serve(out -> out.write("HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\nno".getBytes(ISO_8859_1)));
        Received received = download(5_000, (bytes, count) -> {
            throw new IOException("not for this");
        });
        assertEquals(400, received.status());
        assertEquals("no", new String(received.body(), ISO_8859_1));
    }

    /** Nothing is read of what nobody takes, however much is still to come. */
    @Test
    void download_sinkIsFull_breaksOff() {
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n".getBytes(ISO_8859_1));
            while (true) {
                out.write(new byte[10_000]);
                written.addAndGet(10_000);
            }
        });
        IOException full = assertThrows(
                IOException.class,
                () -> download(5_000, (bytes, count) -> {
                    throw new IOException("full");
                }));
        assertEquals("full", full.getMessage());
        assertTrue(written.get() < 100_000_000, () -> "written: " + written);
    }

    @Test
    void download_silence_endsIt() {
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".getBytes(ISO_8859_1));
            out.flush();
            TimeUnit.SECONDS.sleep(8);
        });
        long start = System.nanoTime();
        assertThrows(IOException.class, () -> download(300, (bytes, count) -> {}));
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void download_cutInTheMiddle_fails() {
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".getBytes(ISO_8859_1));
            out.close();
        });
        java.io.ByteArrayOutputStream taken = new java.io.ByteArrayOutputStream();
        assertThrows(IOException.class, () -> download(5_000, (bytes, count) -> taken.write(bytes, 0, count)));
        assertEquals("abc", taken.toString(ISO_8859_1));
    }
}
