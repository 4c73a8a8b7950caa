package paynotify.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends requests that are ready as bytes, over some connections at once: each sends its next one when it has its answer.
 * One thread and no HTTP library, so that as little as can be of the machine is spent here.
 */
final class Client {
    private static final int ANSWER_BYTES_MAX = 4 << 10;
    private static final int SILENCE_MS = 20_000;
    private static final String LENGTH = "\r\nContent-Length: ";

    private final InetSocketAddress address;
    private final byte[][] requests;
    private final long[] tookNanos;
    private int sent;
    private int answered;
    private int successes;

    private Client(int port, byte[][] requests) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.requests = requests;
        this.tookNanos = new long[requests.length];
    }

    static Measured run(int port, byte[][] requests, int connections) throws IOException {
        return new Client(port, requests).run(connections);
    }

    private Measured run(int connections) throws IOException {
        try (Selector selector = Selector.open()) {
            // Before the clock starts: the kernel may answer the last of many only when it is asked again, a second
            // later.
            List<Connection> open = new ArrayList<>();
            while (open.size() < Math.min(connections, requests.length)) {
                open.add(new Connection(selector));
            }
            long startNanos = System.nanoTime();
            for (Connection connection : open) {
                connection.sendNext();
            }
            while (answered < requests.length) {
                int ready = selector.select(key -> ((Connection) key.attachment()).read(), SILENCE_MS);
                if (ready == 0) {
                    throw new IOException("no answer for " + SILENCE_MS + " ms");
                }
            }
            return Measured.of(System.nanoTime() - startNanos, tookNanos, successes);
        }
    }

    private final class Connection {
        private final Selector selector;
        private final ByteBuffer out = ByteBuffer.allocateDirect(ANSWER_BYTES_MAX);
        private final ByteBuffer in = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        private SocketChannel channel;
        private int request;
        private long sentNanos;

        Connection(Selector selector) throws IOException {
            this.selector = selector;
            connect();
        }

        private void connect() throws IOException {
            channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        /** The next request, or the connection's end if there is none left. */
        void sendNext() throws IOException {
            if (sent == requests.length) {
                channel.close();
                return;
            }
            request = sent++;
            out.clear().put(requests[request]).flip();
            sentNanos = System.nanoTime();
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        void read() {
            try {
                if (channel.read(in) < 0) {
                    throw new EOFException("a connection ended without an answer");
                }
                String text = new String(in.array(), 0, in.position(), ISO_8859_1);
                int head = text.indexOf("\r\n\r\n");
                if (head >= 0 && text.length() >= head + 4 + contentLength(text)) {
                    take(text);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private void take(String answer) throws IOException {
            tookNanos[answered++] = System.nanoTime() - sentNanos;
            if (answer.startsWith("HTTP/1.1 200 ") && answer.contains("<return_code><![CDATA[SUCCESS]]>")) {
                successes++;
            }
            in.clear();
            // Tomcat's maxKeepAliveRequests, 100 where nothing is said.
            if (answer.contains("\r\nConnection: close\r\n")) {
                channel.close();
                connect();
            }
            sendNext();
        }
    }

    private static int contentLength(String answer) {
        int from = answer.indexOf(LENGTH) + LENGTH.length();
        return Integer.parseInt(answer, from, answer.indexOf('\r', from), 10);
    }
}
