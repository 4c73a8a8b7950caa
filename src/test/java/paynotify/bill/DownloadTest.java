package paynotify.bill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.background.HttpClient;
import paynotify.sender.Bill;
import paynotify.sender.Bill.Answer;
import paynotify.sender.Bill.Next;
import paynotify.sender.Inquiry.Request;
import paynotify.store.Bills;
import paynotify.store.Unavailable;

/** Against a server that answers as the test says. */
class DownloadTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-27");

    private final Bill bill = mock(Bill.class);
    private final HttpClient client = new HttpClient(new HttpClient.Limits("test", 2, 10_000, 5_000, 100), null);
    private HttpServer server;
    private int status = 200;
    private byte[] body = new byte[1_000];

    @TempDir
    Path folder;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        when(bill.request(any(), anyBoolean())).thenReturn(new Request("GET", "/bill", Map.of(), ""));
        when(bill.download(any())).thenReturn(new Request("GET", "/file?a=b", Map.of(), ""));
    }

    @AfterEach
    void close() {
        client.close();
        server.stop(0);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private Download.Result run(long bytesMax, Download.Alive alive) throws Exception {
        try (Spool spool = Spool.open(folder, bytesMax)) {
            return new Download("a", bill, List.of(address()), client, Clock.systemUTC()).run(DAY, spool, alive);
        }
    }

    private Next next(long bytesMax) throws Exception {
        return run(bytesMax, () -> {}).answer().next();
    }

    @Test
    void run_moreThanAllowed_isUnusable() throws Exception {
        when(bill.comesAtOnce()).thenReturn(true);
        assertEquals(Next.UNUSABLE, next(10));
        assertEquals(null, run(10_000, () -> {}).answer());
        when(bill.comesAtOnce()).thenReturn(false);
        assertEquals(Next.UNUSABLE, next(10_000), "an answer longer than any");
        body = new byte[50];
        when(bill.read(anyInt(), any(), anyBoolean()))
                .thenReturn(
                        new Answer(Next.DOWNLOAD, "", new Bill.Download(URI.create(address() + "/file?a=b"), "hash")));
        assertEquals(Next.UNUSABLE, next(10), "a file longer than allowed");
        assertEquals("hash", run(10_000, () -> {}).sha1());
    }

    /** Whatever another address says of its port: our signature goes only to whom we ask. */
    @Test
    void run_fileElsewhere_isNotFetched() throws Exception {
        body = new byte[50];
        for (String elsewhere : new String[] {"http://127.0.0.1/file", "https://127.0.0.1/file", "ftp://127.0.0.1/"}) {
            when(bill.read(anyInt(), any(), anyBoolean()))
                    .thenReturn(new Answer(Next.DOWNLOAD, "", new Bill.Download(URI.create(elsewhere), "hash")));
            assertEquals(Next.UNUSABLE, next(10_000), elsewhere);
        }
    }

    @Test
    void run_olderKeyOrServerError_isAskedOnceMoreOrTold() throws Exception {
        body = new byte[50];
        when(bill.read(anyInt(), any(), anyBoolean()))
                .thenReturn(new Answer(Next.OLDER_KEY, "", null), new Answer(Next.NONE, "", null));
        assertEquals(Next.NONE, next(10_000));
        status = 503;
        when(bill.read(anyInt(), any(), anyBoolean())).thenReturn(new Answer(Next.REFUSED, "busy", null));
        assertEquals(Next.REFUSED, next(10_000));
        server.stop(0);
        assertEquals(Next.REFUSED, next(10_000));
    }

    /** Another Tomcat has the work now, or the database is away: then nothing more is read. */
    @Test
    void run_leaseThatCantBeRenewed_endsIt() {
        when(bill.comesAtOnce()).thenReturn(true);
        Unavailable away = mock(Unavailable.class);
        Bills.NotOurs notOurs = mock(Bills.NotOurs.class);
        for (Exception failure : new Exception[] {away, notOurs}) {
            int[] calls = new int[1];
            assertThrows(
                    failure.getClass(),
                    () -> run(10_000, () -> {
                        if (calls[0]++ > 0) {
                            if (failure == away) {
                                throw away;
                            }
                            throw notOurs;
                        }
                    }));
        }
    }
}
