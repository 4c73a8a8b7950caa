package paynotify.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link ParseAndVerify} in JVMs of its own and shows it side by side. */
final class ParseAndVerifyTable {
    /** Fewer, and on a busy machine some code is not compiled to its best yet. */
    private static final int WARM_UPS = 5;

    private static final int ITERATIONS = 3;

    /** Each below the bare cryptography that it can't do without. */
    private static final Map<String, String> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put("v2BareMd5", "v2: bare MD5 of the sorted text");
        NAMES.put("v2ParsedAndVerified", "v2: ours, parsed and verified");
        NAMES.put("v2Sender", "v2: our sender, up to the payment");
        NAMES.put("v2Stax", "v2: the JDK's StAX + MessageDigest");
        NAMES.put("v2Dom4j", "v2: dom4j SAXReader + commons-codec");
        NAMES.put("v3BareRsaAndGcm", "v3: bare RSA + AES-GCM");
        NAMES.put("v3ParsedAndVerified", "v3: ours, parsed and verified");
        NAMES.put("v3Sender", "v3: our sender, up to the payment");
    }

    private final Map<String, List<Double>> micros = new LinkedHashMap<>();
    private final Map<String, List<Double>> bytes = new LinkedHashMap<>();

    private ParseAndVerifyTable() {}

    static void print(Options options) throws RunnerException {
        ParseAndVerifyTable table = new ParseAndVerifyTable();
        // Round by round, so that a slow minute of the machine's is nobody's alone.
        for (int round = 1; round <= options.rounds(); round++) {
            System.out.println("parse and verify, round " + round + " of " + options.rounds());
            for (String name : NAMES.keySet()) {
                table.measure(name, options.seconds());
            }
        }
        table.print();
    }

    private void measure(String name, int seconds) throws RunnerException {
        TimeValue time = TimeValue.seconds(seconds);
        for (RunResult run : new Runner(new OptionsBuilder()
                        .include("\\." + ParseAndVerify.class.getSimpleName() + "\\." + name + "$")
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .forks(1)
                        .jvmArgs("-Xms1g", "-Xmx1g")
                        .warmupIterations(WARM_UPS)
                        .warmupTime(time)
                        .measurementIterations(ITERATIONS)
                        .measurementTime(time)
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run()) {
            for (BenchmarkResult fork : run.getBenchmarkResults()) {
                fork.getIterationResults()
                        .forEach(iteration ->
                                add(micros, name, iteration.getPrimaryResult().getScore() / 1e3));
                add(
                        bytes,
                        name,
                        fork.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
            }
        }
    }

    private static void add(Map<String, List<Double>> to, String name, double value) {
        to.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    private void print() {
        System.out.printf("%n%-38s %10s %10s %12s%n", "one callback", "µs", "of bare", "bytes");
        double bare = 1;
        for (Map.Entry<String, String> name : NAMES.entrySet()) {
            double median = Median.of(micros.get(name.getKey()));
            bare = name.getKey().contains("Bare") ? median : bare;
            System.out.printf(
                    Locale.ROOT,
                    "%-38s %10.2f %10.2f %,12.0f%n",
                    name.getValue(),
                    median,
                    median / bare,
                    Median.of(bytes.get(name.getKey())));
        }
        System.out.println();
    }
}
