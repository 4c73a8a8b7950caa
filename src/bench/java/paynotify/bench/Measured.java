package paynotify.bench;

import java.util.Arrays;

/**
 * What one run did.
 *
 * @param successes how many of all were answered with success
 * @param serverMicros CPU of Tomcat for each callback, in µs
 * @param databaseMicros of PostgreSQL
 * @param clientMicros of who sent them
 * @param walBytes that PostgreSQL wrote for each callback
 */
record Measured(
        double perSecond,
        double p50Ms,
        double p99Ms,
        int successes,
        double serverMicros,
        double databaseMicros,
        double clientMicros,
        double walBytes) {

    /** @param tookNanos of each request, in any order; it is sorted here */
    static Measured of(long allNanos, long[] tookNanos, int successes) {
        Arrays.sort(tookNanos);
        double none = Double.NaN;
        return new Measured(
                tookNanos.length * 1e9 / allNanos,
                percentileMs(tookNanos, 50),
                percentileMs(tookNanos, 99),
                successes,
                none,
                none,
                none,
                none);
    }

    /** The same with what it used. */
    Measured using(Usage used, int callbacks) {
        return new Measured(
                perSecond,
                p50Ms,
                p99Ms,
                successes,
                Usage.micros(used.serverTicks(), callbacks),
                Usage.micros(used.databaseTicks(), callbacks),
                Usage.micros(used.clientTicks(), callbacks),
                (double) used.walBytes() / callbacks);
    }

    private static double percentileMs(long[] sorted, int percent) {
        return sorted[(int) Math.ceil(sorted.length * percent / 100.0) - 1] / 1e6;
    }
}
