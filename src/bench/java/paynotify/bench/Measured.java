package paynotify.bench;

import java.util.Arrays;

/**
 * What one run did.
 *
 * @param successes how many of all were answered with success
 */
record Measured(double perSecond, double p50Ms, double p99Ms, int successes) {

    /** @param tookNanos of each request, in any order; it is sorted here */
    static Measured of(long allNanos, long[] tookNanos, int successes) {
        Arrays.sort(tookNanos);
        return new Measured(
                tookNanos.length * 1e9 / allNanos, percentileMs(tookNanos, 50), percentileMs(tookNanos, 99), successes);
    }

    private static double percentileMs(long[] sorted, int percent) {
        return sorted[(int) Math.ceil(sorted.length * percent / 100.0) - 1] / 1e6;
    }
}
