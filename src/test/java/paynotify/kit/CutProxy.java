package paynotify.kit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between an application and PostgreSQL, and breaks connections at the worst moment, when the server has committed
 * and its answer is on the way; or forgets them without a word, as a firewall does.
 *
 * <p>It reads the server's messages (PostgreSQL's documentation, "Message Formats": a byte for the kind, four for the
 * length), so it sees every commit, in whatever way the client asked for it. Clients say sslmode=disable and
 * gssEncMode=disable, whose answers are no such messages.
 */
public final class CutProxy implements AutoCloseable {
    private static final int KIND_COMMAND_COMPLETE = 'C';
    private static final int KIND_READY = 'Z';
    private static final byte IDLE = 'I';

    private final ServerSocket door;
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> servers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger toLose = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    /** Connections of an earlier age are forgotten. */
    private final AtomicInteger age = new AtomicInteger();

    public CutProxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("proxy-door", this::accept);
    }

    /** The same database by way of this. */
    public Database in(Database database) {
        return database.at(database.url().replaceFirst(":\\d+/", ":" + door.getLocalPort() + "/")
                + "?sslmode=disable&gssEncMode=disable");
    }

    /** The answers to the next commits are lost, and the connections with them. */
    public void loseCommits(int count) {
        toLose.set(count);
    }

    /**
     * All connections stay open, and what their clients send is swallowed; the server sees them closed. New ones work at
     * once. Returns how many there were.
     */
    public int forget() {
        age.incrementAndGet();
        int count = servers.size();
        servers.forEach(CutProxy::close);
        return count;
    }

    /** How many have been lost so far. */
    public int lost() {
        return lost.get();
    }

    @Override
    public void close() {
        close(door);
        sockets.forEach(CutProxy::close);
        servers.forEach(CutProxy::close);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                sockets.add(client);
                start("proxy", () -> serve(client));
            } catch (IOException e) {
                // Closed, or the client is gone already.
            }
        }
    }

    private void serve(Socket client) {
        int born = age.get();
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            servers.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start("proxy-to-server", () -> {
                try {
                    client.getInputStream().transferTo(server.getOutputStream());
                } catch (IOException e) {
                    // Either side has closed; so does the other.
                }
                if (born != age.get()) {
                    swallow(client);
                }
                close(server);
            });
            answer(server.getInputStream(), client.getOutputStream());
            servers.remove(server);
        } catch (IOException e) {
            // As if the server were away.
        } finally {
            if (born == age.get()) {
                close(client);
                sockets.remove(client);
            }
        }
    }

    private void swallow(Socket client) {
        try {
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The client has given up.
        }
        close(client);
        sockets.remove(client);
    }

    private void answer(InputStream server, OutputStream client) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(server));
        BufferedOutputStream out = new BufferedOutputStream(client);
        boolean wrote = false;
        for (int kind = in.read(); kind >= 0; kind = in.read()) {
            int length = in.readInt();
            byte[] body = in.readNBytes(length - Integer.BYTES);
            String tag = kind == KIND_COMMAND_COMPLETE ? new String(body, US_ASCII) : "";
            wrote |= tag.startsWith("INSERT") || tag.startsWith("UPDATE");
            boolean idle = kind == KIND_READY && body[0] == IDLE;
            boolean committed = tag.startsWith("COMMIT") || (wrote && idle);
            if (committed && toLose.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                lost.incrementAndGet();
                return;
            }
            wrote &= !idle && !committed;
            out.write(kind);
            out.write(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
            out.write(body);
            if (in.available() == 0) {
                out.flush();
            }
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is closed now.
        }
    }
}
