package paynotify.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands on the bytes of each connection as they are, so that the server sees its caller at another address of this
 * machine than the server's own. All of 127.0.0.0/8 are, on Linux.
 */
public final class Relay implements AutoCloseable {
    private final ServerSocket door;
    private final InetAddress from;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** @param targetPort of 127.0.0.1 */
    public Relay(String from, int targetPort) {
        this.targetPort = targetPort;
        try {
            this.from = InetAddress.getByName(from);
            door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** Of 127.0.0.1, for the clients. */
    public int port() {
        return door.getLocalPort();
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(Relay::close);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                start(() -> serve(client));
            } catch (IOException e) {
                // Closed, or the client is gone already.
            }
        }
    }

    private void serve(Socket client) {
        sockets.add(client);
        try (Socket server = new Socket()) {
            sockets.add(server);
            server.bind(new InetSocketAddress(from, 0));
            server.connect(new InetSocketAddress("127.0.0.1", targetPort));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start(() -> pass(client, server));
            pass(server, client);
            sockets.remove(server);
        } catch (IOException e) {
            // As if the server were away.
        } finally {
            close(client);
            sockets.remove(client);
        }
    }

    /** Until one side ends; then its other side is told, and may still answer. */
    private static void pass(Socket one, Socket other) {
        try {
            one.getInputStream().transferTo(other.getOutputStream());
            other.shutdownOutput();
        } catch (IOException e) {
            // The side that was written to has closed: what it has said before is passed on by the other thread.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }
}
