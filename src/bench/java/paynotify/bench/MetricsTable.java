package paynotify.bench;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link Metrics} in JVMs of its own, by one thread and by two at once. */
final class MetricsTable {
    private static final List<String> NAMES = List.of("callbackOff", "callbackOn", "decidedOn", "answeredOn");

    private MetricsTable() {}

    static void print(Options options) throws RunnerException {
        System.out.printf("%n%-16s %12s %12s%n", "ns", "1 thread", "2 threads");
        for (String name : NAMES) {
            System.out.printf(
                    Locale.ROOT, "%-16s %12.0f %12.0f%n", name, nanos(name, 1, options), nanos(name, 2, options));
        }
    }

    private static double nanos(String name, int threads, Options options) throws RunnerException {
        TimeValue time = TimeValue.seconds(options.seconds());
        for (RunResult run : new Runner(new OptionsBuilder()
                        .include("\\." + Metrics.class.getSimpleName() + "\\." + name + "$")
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .threads(threads)
                        .forks(1)
                        .jvmArgs("-Xmx256m")
                        .warmupIterations(2)
                        .warmupTime(time)
                        .measurementIterations(options.rounds())
                        .measurementTime(time)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run()) {
            return run.getPrimaryResult().getScore();
        }
        throw new IllegalStateException("no result");
    }
}
