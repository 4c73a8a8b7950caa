package paynotify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import paynotify.kit.Answer;
import paynotify.kit.AtOnce;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Postgres;
import paynotify.kit.RawHttp;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/** Hostile callers, many of them or slow ones, and genuine callbacks among them; the connector as tomcat-conf has it. */
@OnBothTomcats
class FloodIT {
    private static final int SECONDS = Storm.LONG ? 60 : 5;
    private static final int FORGED_A_SECOND = 2_000;
    private static final int CONNECTIONS = 8;
    /** What tomcat-conf/notify.properties names as the default, for one address and for all. */
    private static final int LOGGED_FROM_ONE = 20;

    private static final int LOGGED_IN_ALL = 10 * LOGGED_FROM_ONE;
    private static final int LOGGED_BYTES = 65_536;
    private static final int SLOW = 200;

    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);
    /** Other tests and builds share the machine: the long form, which runs alone, holds the promise. */
    private static final Duration AMONG_FORGED_WITHIN = Storm.LONG ? Duration.ofSeconds(1) : ANSWERED_WITHIN;

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String FROM_PROXY =
            "<Context><Valve className=\"org.apache.catalina.valves.RemoteIpValve\"/></Context>";

    private static Database database;
    private static Shop shop;

    private final TomcatVersion version;

    FloodIT(TomcatVersion version) {
        this.version = version;
    }

    private Shop open() {
        database = Postgres.shared().newDatabase();
        return Shop.of(
                Shop.tomcat(
                                version,
                                database,
                                "log.unverified-per-second = " + LOGGED_FROM_ONE
                                        + "\nlog.unverified-bytes-per-second = " + LOGGED_BYTES + "\n")
                        .context(FROM_PROXY)
                        .connector("maxThreads", "400")
                        .connector("acceptCount", "200")
                        .connector("connectionTimeout", "5000")
                        .connector("maxSwallowSize", "0")
                        .start(),
                "notify",
                database);
    }

    /** From one address, and then from as many as there are callbacks; what is not logged is counted, to the last one. */
    @Test
    void forgedCallbacks_aFloodOfThem_holdsUpNobodyAndFillsNoDisk() throws Exception {
        shop = open();
        try {
            Flood one = flood(number -> "198.51.100.7");
            long rows = database.count("payment_log where outcome = 'BAD_SIGNATURE'");
            assertTrue(rows <= (SECONDS + 2L) * LOGGED_FROM_ONE + 2, "rows from one address: " + rows);
            Flood many = flood(number -> "2001:db8:" + Integer.toHexString(number >> 16) + ":"
                    + Integer.toHexString(number & 0xFFFF) + "::1");
            long more = database.count("payment_log where outcome = 'BAD_SIGNATURE'") - rows;
            assertTrue(more <= (SECONDS + 2L) * LOGGED_IN_ALL + 2, "rows from many addresses: " + more);
            assertTrue(more >= Math.min(many.forged, LOGGED_IN_ALL), "rows from many addresses: " + more);
            shop.tomcat().stop();
            assertEquals(one.forged + many.forged, logged() + counted());
        } finally {
            shop.tomcat().kill();
        }
    }

    /** Bodies as large as they may be: the bytes have a limit, too, and four times as many are the most. */
    @Test
    void forgedCallbacks_largeOnes_fillNoDisk() throws Exception {
        shop = open();
        try {
            // Before the tables are ready they would only be counted.
            pay();
            byte[] body = ("<xml><a>" + "中".repeat(20_000) + "</a></xml>").getBytes(UTF_8);
            long start = System.nanoTime();
            List<Callable<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                String address = "198.51.100." + i;
                callers.add(() -> largeOnes(
                        body, address, start + Duration.ofSeconds(SECONDS).toNanos()));
            }
            int answered = AtOnce.all(callers).stream().mapToInt(each -> each).sum();
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds() + 2;
            long bytes = ((Number) database.value("select coalesce(sum(octet_length(body)), 0) from payment_log"))
                    .longValue();
            System.out.println("large bodies: [answered=" + answered + "] [loggedBytes=" + bytes + "]");
            assertTrue(bytes <= seconds * 4 * LOGGED_BYTES, "bytes: " + bytes);
            assertTrue(database.count("payment_log where octet_length(body) = ?", body.length) >= 1);
            assertTrue(database.count("payment_log where octet_length(body) <= 1026 and detail like ?", "%cut%") >= 1);
            shop.tomcat().stop();
            assertEquals(answered, logged() + counted());
        } finally {
            shop.tomcat().kill();
        }
    }

    private static int largeOnes(byte[] body, String address, long end) {
        int answered = 0;
        while (System.nanoTime() < end) {
            assertEquals(
                    401,
                    Http.post(shop.pay("wechat"), body, "X-Forwarded-For", address)
                            .status());
            answered++;
        }
        return answered;
    }

    private static long logged() {
        return database.count("payment_log where outcome = 'BAD_SIGNATURE' and body <> ''");
    }

    private static long counted() {
        return ((Number)
                        database.value(
                                "select coalesce(sum(cast(substring(detail from 'found (\\d+) more') as bigint)), 0)"
                                        + " from payment_log where outcome = 'BAD_SIGNATURE' and body = '' and remote_addr is null"))
                .longValue();
    }

    /** @param forged how many were answered 401 */
    private record Flood(long forged, int genuine, Duration slowest) {}

    private interface Address {
        String of(int number);
    }

    private static Flood flood(Address address) throws Exception {
        AtomicInteger numbers = new AtomicInteger();
        AtomicLong answered = new AtomicLong();
        // The first one finds Tomcat cold.
        pay();
        long start = System.nanoTime();
        long end = start + Duration.ofSeconds(SECONDS).toNanos();
        ExecutorService callers = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                running.add(callers.submit(() -> forge(address, numbers, answered, start, end)));
            }
            int genuine = 0;
            Duration slowest = Duration.ZERO;
            while (System.nanoTime() < end) {
                slowest = longer(slowest, pay());
                genuine++;
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            for (Future<?> each : running) {
                each.get();
            }
            Flood flood = new Flood(answered.get(), genuine, slowest);
            System.out.println("flood: " + flood + " [forgedPerSecond=" + flood.forged / SECONDS + "]");
            assertTrue(slowest.compareTo(AMONG_FORGED_WITHIN) < 0, flood.toString());
            return flood;
        } finally {
            callers.shutdownNow();
        }
    }

    private static void forge(Address address, AtomicInteger numbers, AtomicLong answered, long start, long end) {
        byte[] body = payment("FORGED").body("0".repeat(32));
        RawHttp client = new RawHttp(shop.tomcat().port());
        while (System.nanoTime() < end) {
            int number = numbers.getAndIncrement();
            LockSupport.parkNanos(start + number * (1_000_000_000L / FORGED_A_SECOND) - System.nanoTime());
            Answer answer = client.send("POST /notify/pay/wechat HTTP/1.1\nX-Forwarded-For: " + address.of(number)
                            + "\nContent-Length: " + body.length)
                    .send(body)
                    .answer();
            assertEquals(401, answer.status());
            answered.incrementAndGet();
            // Tomcat ends a connection after 100 requests.
            if ("close".equals(answer.header("Connection"))) {
                client.close();
                client = new RawHttp(shop.tomcat().port());
            }
        }
        client.close();
    }

    /** Three ways to hold a thread: a body that trickles, one that nobody asked for, and the rest of one that is too large. */
    @Test
    void slowCallers_aByteASecondFrom200_holdUpNobodyAndAreLetGo() {
        shop = open();
        List<RawHttp> slow = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW; i++) {
                slow.add(slowCaller(i));
            }
            int gone = 0;
            Duration slowest = Duration.ZERO;
            long end = System.nanoTime() + Duration.ofSeconds(2L * SECONDS + 2).toNanos();
            for (int second = 0; System.nanoTime() < end; second++) {
                for (int i = 0; i < SLOW; i++) {
                    if (!trickle(slow.get(i), i % 4)) {
                        gone++;
                        slow.get(i).close();
                        slow.set(i, slowCaller(i));
                    }
                }
                long nextSecond = System.nanoTime() + 1_000_000_000;
                while (System.nanoTime() < nextSecond) {
                    slowest = longer(slowest, pay());
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
            System.out.println("slow callers: [slowest=" + slowest + "] [letGo=" + gone + "]");
            assertTrue(slowest.compareTo(ANSWERED_WITHIN) < 0, "slowest: " + slowest);
            assertTrue(gone >= SLOW / 2, "let go: " + gone);
        } finally {
            slow.forEach(RawHttp::close);
            shop.tomcat().kill();
        }
    }

    private static RawHttp slowCaller(int number) {
        RawHttp client = new RawHttp(shop.tomcat().port());
        String chunked = " HTTP/1.1\nTransfer-Encoding: chunked";
        return switch (number % 4) {
            case 0 -> client.send("POST /notify/pay/wechat HTTP/1.1\nContent-Length: 60000");
            case 1 -> client.send("POST /notify/pay/wechat" + chunked);
            case 2 -> client.send("POST /notify/pay/nobody HTTP/1.1\nContent-Length: 60000");
            default ->
                client.send("POST /notify/pay/wechat" + chunked)
                        .chunk("x".repeat(65_537).getBytes(UTF_8));
        };
    }

    /** One byte more; false if the connection is closed. */
    private static boolean trickle(RawHttp client, int kind) {
        try {
            if (kind % 2 == 0) {
                client.send("x".getBytes(ISO_8859_1));
            } else {
                client.chunk("x".getBytes(ISO_8859_1));
            }
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static WechatV2Callback payment(String no) {
        return WechatV2Callback.payment(Shop.MCH_ID, no, 101);
    }

    /** How long a genuine callback takes to its success. */
    private static Duration pay() {
        byte[] body = payment(shop.order(Shop.MCH_ID, 101)).body(Shop.KEY);
        URI uri = shop.pay("wechat");
        long start = System.nanoTime();
        Answer answer = Http.post(uri, body);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertEquals(200, answer.status(), answer::toString);
        return took;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
