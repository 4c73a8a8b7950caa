package paynotify.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import paynotify.kit.Database;
import paynotify.kit.History;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;

/**
 * Callbacks beside ten people who go from page to page of the operator's: what is left of their rate where each clicks once a
 * second, and where each clicks again as soon as a page is there, which no person does. Round by round, in changing order.
 */
final class People {
    private static final int PEOPLE = 10;
    private static final int SECOND_MS = 1_000;
    private static final int CONNECTIONS = 64;
    private static final int WARM_UPS = 5;
    private static final int ROWS = 200_000;
    private static final int DAYS = 60;
    private static final String USER = "wang.fang";
    private static final String PASSWORD = "pw-of-people-3141";

    private final Options options;
    private final Map<Clicking, List<Double>> rates = new LinkedHashMap<>();
    private final Map<Clicking, List<Double>> pageMs = new LinkedHashMap<>();
    private final Map<Clicking, Double> seconds = new LinkedHashMap<>();
    private int runs;

    /** What the ten do. */
    private enum Clicking {
        NOT("nobody looks"),
        EACH_SECOND("a click a second each"),
        WITHOUT_PAUSE("without a pause");

        private final String words;

        Clicking(String words) {
            this.words = words;
        }
    }

    People(Options options) {
        this.options = options;
    }

    void run() throws Exception {
        try (Postgres postgres = Postgres.startDurable()) {
            Database database = postgres.newDatabase();
            try (Tomcat tomcat = Tomcat.on(TomcatVersion.TOMCAT_11)
                    .temporary()
                    .withoutWar()
                    .file("webapps/notify.war", Files.readAllBytes(options.war()))
                    .file(
                            "conf/tomcat-users.xml",
                            "<tomcat-users xmlns=\"http://tomcat.apache.org/xml\"><user username=\"" + USER
                                    + "\" password=\"" + PASSWORD + "\" roles=\"notify-operator\"/></tomcat-users>")
                    .properties(Shop.databaseProperties(database) + "db.pool-size = " + options.poolSize()
                            + "\nadmin = on\n" + options.with().replace(';', '\n') + "\n" + Shop.account())
                    .start()) {
                Shop.of(tomcat, "notify", database).awaitUp();
                int rows = options.rows() == 0 ? ROWS : options.rows();
                System.out.printf("filling the tables with %,d orders and log rows of %d days%n", rows, DAYS);
                database.rows(
                        "select payment_log_add_month((date_trunc('month', now() at time zone 'UTC')"
                                + " - n * interval '1 month') at time zone 'UTC') from generate_series(1, ?) n",
                        1 + DAYS / 28);
                History.write(database, rows, DAYS);
                database.execute("vacuum analyze");
                for (int i = 0; i < WARM_UPS; i++) {
                    measure(postgres, database, tomcat, i < WARM_UPS - 1 ? Clicking.NOT : Clicking.WITHOUT_PAUSE);
                }
                rates.clear();
                pageMs.clear();
                seconds.clear();
                List<Clicking> order = new ArrayList<>(List.of(Clicking.values()));
                for (int round = 1; round <= options.rounds(); round++) {
                    System.out.println("people, round " + round + " of " + options.rounds());
                    for (Clicking clicking : order) {
                        measure(postgres, database, tomcat, clicking);
                    }
                    Collections.rotate(order, 1);
                }
                print();
                long paid = database.count("payment_order where out_trade_no like 'A-%' and status = 'PAID'");
                if (paid != (long) runs * options.callbacks()) {
                    throw new IllegalStateException("answers and tables differ: " + paid);
                }
            }
        }
    }

    private void measure(Postgres postgres, Database database, Tomcat tomcat, Clicking clicking) throws Exception {
        String numbers = "A-" + ++runs + "-";
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) select ?, ? || i, ? from generate_series(1, ?) i",
                Shop.MCH_ID,
                numbers,
                Sample.TOTAL_FEE,
                options.callbacks());
        postgres.admin("postgres").execute("checkpoint");
        byte[][] requests = IntStream.rangeClosed(1, options.callbacks())
                .mapToObj(i -> Sample.request(numbers + i))
                .toArray(byte[][]::new);
        ConcurrentLinkedQueue<Double> took = new ConcurrentLinkedQueue<>();
        List<Thread> people = new ArrayList<>();
        if (clicking != Clicking.NOT) {
            List<HttpRequest> pages = pages(database, tomcat);
            HttpClient browser = HttpClient.newHttpClient();
            for (int i = 0; i < PEOPLE; i++) {
                int first = i;
                Thread person = new Thread(() -> click(browser, pages, first, clicking, took));
                person.start();
                people.add(person);
            }
        }
        long begin = System.nanoTime();
        Measured measured;
        try {
            measured = Client.run(tomcat.port(), requests, CONNECTIONS);
        } finally {
            people.forEach(Thread::interrupt);
        }
        seconds.merge(clicking, (System.nanoTime() - begin) / 1e9, Double::sum);
        for (Thread person : people) {
            person.join();
        }
        rates.computeIfAbsent(clicking, key -> new ArrayList<>()).add(measured.perSecond());
        pageMs.computeIfAbsent(clicking, key -> new ArrayList<>()).addAll(took);
    }

    /** From page to page until interrupted; each begins with another one. */
    private static void click(
            HttpClient browser,
            List<HttpRequest> pages,
            int first,
            Clicking clicking,
            ConcurrentLinkedQueue<Double> took) {
        try {
            if (clicking == Clicking.EACH_SECOND) {
                Thread.sleep((long) first * SECOND_MS / PEOPLE);
            }
            for (int next = first; ; next++) {
                long begin = System.nanoTime();
                HttpResponse<byte[]> page =
                        browser.send(pages.get(next % pages.size()), HttpResponse.BodyHandlers.ofByteArray());
                long nanos = System.nanoTime() - begin;
                if (page.statusCode() != 200) {
                    throw new IllegalStateException(
                            page.statusCode() + " " + page.uri() + "\n" + new String(page.body(), UTF_8));
                }
                took.add(nanos / 1e6);
                if (clicking == Clicking.EACH_SECOND) {
                    Thread.sleep(Math.max(0, SECOND_MS - nanos / 1_000_000));
                }
            }
        } catch (IOException | InterruptedException e) {
            // The run is over.
            Thread.currentThread().interrupt();
        }
    }

    private static List<HttpRequest> pages(Database database, Tomcat tomcat) {
        Map<String, Object> row = database.row("select id, transaction_id, out_trade_no from payment_log"
                + " where outcome = 'APPLIED' and out_trade_no like 'H%' order by id desc offset 100 limit 1");
        String basic = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(UTF_8));
        return Arrays.stream(new String[] {
                    "/",
                    "/attention",
                    "/order?mch_id=" + History.MCH_ID + "&out_trade_no=" + History.STORY,
                    "/search",
                    "/search?q=" + row.get("out_trade_no"),
                    "/?span=7d",
                    "/row/" + row.get("id"),
                    "/search?q=" + row.get("transaction_id"),
                    "/waiting",
                    "/bills"
                })
                .map(page -> HttpRequest.newBuilder(
                                URI.create(tomcat.uri("/notify/admin" + page).toString()))
                        .header("Authorization", "Basic " + basic)
                        .build())
                .toList();
    }

    private void print() {
        System.out.printf(
                "%n%,d callbacks each run over %d connections, db.pool-size %d, medians of %d rounds%n%n%-28s %10s %12s %10s %9s %9s%n",
                options.callbacks(),
                CONNECTIONS,
                options.poolSize(),
                options.rounds(),
                "ten people: clicks",
                "per s",
                "of the first",
                "pages/s",
                "p50 ms",
                "p99 ms");
        List<Double> alone = rates.get(Clicking.NOT);
        for (Clicking clicking : Clicking.values()) {
            List<Double> perSecond = rates.get(clicking);
            List<Double> ratios = IntStream.range(0, perSecond.size())
                    .mapToObj(round -> perSecond.get(round) / alone.get(round))
                    .toList();
            List<Double> pages = pageMs.get(clicking).stream().sorted().toList();
            System.out.printf(
                    "%-28s %,10.0f %12.2f %10.0f %9.1f %9.1f   %s%n",
                    clicking.words,
                    Median.of(perSecond),
                    Median.of(ratios),
                    pages.size() / seconds.get(clicking),
                    pages.isEmpty() ? 0 : Median.of(pages),
                    pages.isEmpty() ? 0 : pages.get(pages.size() * 99 / 100),
                    ratios.stream().map("%.2f"::formatted).toList());
        }
        System.out.println();
    }
}
