package paynotify.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private final List<String> said = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int laterStatus = 200;
    private HttpServer server;

    /** 503 three times, then {@link #laterStatus}. */
    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/notify/health", exchange -> {
            exchange.sendResponseHeaders(asked.incrementAndGet() <= 3 ? 503 : laterStatus, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private Readiness readiness(Duration sayEvery) {
        URI health = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/notify/health");
        return new Readiness(health, sayEvery, said::add);
    }

    @Test
    void await_notReadyYet_waitsAndSaysForWhat() {
        readiness(Duration.ZERO).await(() -> null);
        assertEquals(4, asked.get());
        assertEquals(3, said.size());
        assertTrue(
                said.get(0).startsWith("Waiting until the application has its tables ready (http://127.0.0.1:"),
                said.get(0));
        assertTrue(said.get(0).endsWith("/notify/health answers 503)"), said.get(0));
    }

    @Test
    void await_readySoon_saysNothing() {
        readiness(Duration.ofMinutes(1)).await(() -> null);
        assertEquals(List.of(), said);
    }

    @Test
    void await_applicationThatDidNotStart_fails() {
        laterStatus = 404;
        IllegalStateException failure = assertThrows(IllegalStateException.class, () -> readiness(Duration.ofMinutes(1))
                .await(() -> null));
        assertEquals("the application did not start", failure.getMessage());
    }

    @Test
    void await_tomcatHasEnded_fails() {
        Readiness readiness = readiness(Duration.ofMinutes(1));
        server.stop(0);
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> readiness.await(() -> "Tomcat has ended"));
        assertEquals("Tomcat has ended", failure.getMessage());
    }
}
