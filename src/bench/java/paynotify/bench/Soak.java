package paynotify.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The same load without an end, to see what grows: a line a minute. */
final class Soak {
    private final Candidate candidate;
    private final int callbacks;
    private final int connections;

    Soak(Candidate candidate, int callbacks, int connections) {
        this.candidate = candidate;
        this.callbacks = callbacks;
        this.connections = connections;
    }

    void run(int minutes) throws IOException {
        System.out.printf("%s at %d connections, medians of a minute's runs%n%n", candidate.name(), connections);
        System.out.printf(
                "%6s %10s %9s %9s %13s %8s%n", "minute", "per s", "p50 ms", "p99 ms", "live heap MB", "RSS MB");
        for (int minute = 1; minute <= minutes; minute++) {
            List<Measured> runs = new ArrayList<>();
            long endNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (System.nanoTime() < endNanos) {
                runs.add(candidate.load(callbacks, connections));
            }
            System.out.printf(
                    "%6d %,10.0f %9.2f %9.2f %13.1f %8s%n",
                    minute,
                    Median.of(runs.stream().map(Measured::perSecond).toList()),
                    Median.of(runs.stream().map(Measured::p50Ms).toList()),
                    Median.of(runs.stream().map(Measured::p99Ms).toList()),
                    candidate.tomcat().liveBytes() / 1e6,
                    residentMb());
        }
        System.out.println();
    }

    /** What the process takes of the machine's memory, where the system tells it in a file. */
    private String residentMb() throws IOException {
        Path status = Path.of("/proc", Long.toString(candidate.tomcat().pid()), "status");
        if (!Files.exists(status)) {
            return "-";
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return "%.1f".formatted(Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6);
            }
        }
        return "-";
    }
}
