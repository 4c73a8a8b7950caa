package paynotify.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import paynotify.kit.Postgres;
import paynotify.kit.Tomcat;

/** Signed callbacks over HTTP against the WAR, and beside them what the database can do at all. */
final class Load {
    /** How many connections the bare transactions may have, besides as many as the pool; the best counts. */
    private static final int REFERENCE_CONNECTIONS = 32;

    private static final int ORDERS_TOGETHER = 32;
    private static final int CONNECTIONS_TOGETHER = 4;

    /** Runs, after which the JVM has compiled nearly all that it will: with one run, Tomcat showed two thirds of its rate. */
    private static final int WARM_UPS = 5;

    private static final int WARM_UP_CONNECTIONS = 64;
    private static final int STATISTICS_MS = 11_000;

    private static final String BARE = "reference: bare transactions";
    private static final String TOGETHER = "32 orders a transaction";
    private static final String PLAIN = "plain servlet";
    private static final String HTTP = "HTTP alone";
    private static final int SOAK_CONNECTIONS = 64;

    private final Options options;
    /** The runs of each line of the table, one for each round. */
    private final Map<String, List<Measured>> runs = new LinkedHashMap<>();

    Load(Options options) {
        this.options = options;
    }

    /** @throws IllegalStateException if what was answered is not what the tables hold */
    void run() throws Exception {
        boolean right = true;
        try (Postgres postgres = Postgres.startDurable()) {
            printMachine(postgres);
            List<Candidate> candidates = candidates(postgres);
            if (options.minutes() > 0) {
                new Soak(candidates.get(candidates.size() - 1), options.callbacks(), SOAK_CONNECTIONS)
                        .run(options.minutes());
            } else {
                candidates.add(Candidate.start(PLAIN, postgres, PlainServlet.class));
                candidates.add(Candidate.start(HTTP, postgres, ConstantServlet.class));
                measure(candidates, Reference.of(postgres));
                print(candidates);
            }
            // PostgreSQL's sessions tell what they have counted within ten seconds after their last transaction.
            Thread.sleep(STATISTICS_MS);
            for (Candidate candidate : candidates) {
                right &= candidate.isRight();
                candidate.tomcat().close();
            }
        }
        if (!right) {
            throw new IllegalStateException("answers and tables differ");
        }
    }

    /** The WAR as it is; and beside it, in turn with it, what is to be compared with it. */
    private List<Candidate> candidates(Postgres postgres) throws Exception {
        List<Candidate> candidates = new ArrayList<>();
        candidates.add(start("notify.war", postgres, options.war(), tomcat -> tomcat));
        if (!options.with().isEmpty()) {
            candidates.add(Candidate.start(
                    "notify.war, with",
                    postgres,
                    options.war(),
                    options.poolSize(),
                    options.with().replace(';', '\n'),
                    tomcat -> tomcat));
        }
        if (!options.otherWar().isEmpty()) {
            Path other = Path.of(options.otherWar());
            candidates.add(start(other.getFileName().toString(), postgres, other, tomcat -> tomcat));
        }
        if (!options.heap().isEmpty()) {
            String heap = "-Xmx" + options.heap();
            candidates.add(start("notify.war, " + heap, postgres, options.war(), tomcat -> tomcat.option(heap)));
        }
        if (!options.connector().isEmpty()) {
            String[] attribute = options.connector().split("=", 2);
            candidates.add(start(
                    "notify.war, " + attribute[0],
                    postgres,
                    options.war(),
                    tomcat -> tomcat.connector(attribute[0], attribute[1])));
        }
        if (options.rows() > 0) {
            candidates.add(
                    start("notify.war, %,d rows".formatted(options.rows()), postgres, options.war(), tomcat -> tomcat)
                            .filled(options.rows()));
        }
        return candidates;
    }

    private Candidate start(String name, Postgres postgres, Path war, UnaryOperator<Tomcat.Builder> tuned)
            throws IOException {
        return Candidate.start(name, postgres, war, options.poolSize(), "", tuned);
    }

    private void measure(List<Candidate> candidates, Reference reference) throws Exception {
        for (Candidate candidate : candidates) {
            for (int run = 0; run < WARM_UPS; run++) {
                candidate.load(options.callbacks(), WARM_UP_CONNECTIONS);
            }
        }
        reference.single(options.callbacks(), options.poolSize());
        reference.together(options.callbacks(), CONNECTIONS_TOGETHER, ORDERS_TOGETHER);
        List<Candidate> inTurn = new ArrayList<>(candidates);
        for (int round = 1; round <= options.rounds(); round++) {
            System.out.println("load, round " + round + " of " + options.rounds());
            for (int connections : referenceConnections()) {
                add(line(BARE, connections), reference.single(options.callbacks(), connections));
            }
            add(
                    line(TOGETHER, CONNECTIONS_TOGETHER),
                    reference.together(options.callbacks(), CONNECTIONS_TOGETHER, ORDERS_TOGETHER));
            for (int connections : options.connections()) {
                for (Candidate candidate : inTurn) {
                    candidate.vacuum();
                    add(line(candidate.name(), connections), candidate.load(options.callbacks(), connections));
                }
                Collections.reverse(inTurn);
            }
        }
    }

    private void add(String line, Measured measured) {
        runs.computeIfAbsent(line, key -> new ArrayList<>()).add(measured);
    }

    private static String line(String name, int connections) {
        return "%-34s %5d".formatted(name, connections);
    }

    private List<Integer> referenceConnections() {
        return List.of(options.poolSize(), REFERENCE_CONNECTIONS);
    }

    private static void printMachine(Postgres postgres) {
        var admin = postgres.admin("postgres");
        if (!admin.value("show fsync").equals("on")
                || !admin.value("show synchronous_commit").equals("on")) {
            throw new IllegalStateException("this PostgreSQL does not wait for the disk");
        }
        System.out.printf(
                "%nPostgreSQL %s with fsync on, %s, Java %s, %d processors%n",
                admin.value("show server_version"),
                Path.of(System.getProperty("kit.tomcat11")).getFileName(),
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors());
    }

    private void print(List<Candidate> candidates) {
        System.out.printf(
                "%,d callbacks of %,d bytes each run, db.pool-size %d, medians of %d rounds%n%n",
                options.callbacks(), Sample.body("A-1-10000").length, options.poolSize(), options.rounds());
        System.out.printf(
                "%-40s %8s %8s %8s | CPU µs: %6s %8s %6s | %9s %12s %13s %9s%n",
                "connections",
                "per s",
                "p50 ms",
                "p99 ms",
                "server",
                "database",
                "client",
                "WAL bytes",
                "of reference",
                "of notify.war",
                "of limit");
        for (int connections : referenceConnections()) {
            print(line(BARE, connections), "", "");
        }
        print(line(TOGETHER, CONNECTIONS_TOGETHER), "", "");
        for (Candidate candidate : candidates) {
            for (int connections : options.connections()) {
                List<Double> first = perSecond(line(candidates.get(0).name(), connections));
                String line = line(candidate.name(), connections);
                print(
                        line,
                        "%.2f".formatted(ratio(perSecond(line), first)),
                        "%.2f".formatted(Median.of(perSecond(line)) / limit(connections)));
            }
        }
        System.out.println();
    }

    /**
     * Callbacks a second if all processors did nothing but what HTTP alone takes, at so many connections, and what
     * transactions of many orders take.
     */
    private double limit(int connections) {
        double micros = median(line(HTTP, connections), Measured::serverMicros)
                + median(line(HTTP, connections), Measured::clientMicros)
                + median(line(TOGETHER, CONNECTIONS_TOGETHER), Measured::databaseMicros);
        return Runtime.getRuntime().availableProcessors() * 1e6 / micros;
    }

    private void print(String line, String ofFirst, String ofLimit) {
        System.out.printf(
                "%-40s %,8.0f %8.2f %8.2f | %14.0f %8.0f %6.0f | %,9.0f %12.2f %13s %9s%n",
                line,
                median(line, Measured::perSecond),
                median(line, Measured::p50Ms),
                median(line, Measured::p99Ms),
                median(line, Measured::serverMicros),
                median(line, Measured::databaseMicros),
                median(line, Measured::clientMicros),
                median(line, Measured::walBytes),
                ratio(perSecond(line), bestReference()),
                ofFirst,
                ofLimit);
    }

    private double median(String line, Function<Measured, Double> figure) {
        return Median.of(runs.get(line).stream().map(figure).toList());
    }

    private List<Double> perSecond(String line) {
        return runs.get(line).stream().map(Measured::perSecond).toList();
    }

    /** Of each round, that of the better number of connections. */
    private List<Double> bestReference() {
        List<Double> one = perSecond(line(BARE, options.poolSize()));
        List<Double> other = perSecond(line(BARE, REFERENCE_CONNECTIONS));
        return IntStream.range(0, one.size())
                .mapToObj(round -> Math.max(one.get(round), other.get(round)))
                .toList();
    }

    /** Round by round, for the machine is not always equally fast. */
    private static double ratio(List<Double> rates, List<Double> to) {
        return Median.of(IntStream.range(0, rates.size())
                .mapToObj(round -> rates.get(round) / to.get(round))
                .toList());
    }
}
