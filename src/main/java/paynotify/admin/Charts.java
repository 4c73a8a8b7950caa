package paynotify.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import paynotify.sender.Outcome;

/** Charts as SVG, made here: shapes with classes, which the style colours, and titles, which a pointer shows. */
final class Charts {
    /** What the bars are stacked of, from the ground. */
    static final List<String> GROUPS = List.of("good", "quiet", "attention", "refused");

    private static final double RADIUS = 46;
    private static final double HOLE = 29;
    private static final int BAR = 10;
    private static final int HEIGHT = 100;
    /** Round numbers, in steps that leave little room above the highest bar. */
    private static final long[] TOPS = {1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80};

    private Charts() {}

    /** A slice of the pie. */
    record Slice(String word, long count) {}

    /** The pie of outcomes; its legend stands beside it. */
    static void pie(Html html, List<Slice> slices, String label, BiFunction<Slice, Double, String> title) {
        long all = slices.stream().mapToLong(Slice::count).sum();
        html.begin("svg", "class", "pie", "viewBox", "-50 -50 100 100", "role", "img", "aria-label", label);
        if (all == 0) {
            html.begin("circle", "r", number((RADIUS + HOLE) / 2), "class", "nothing")
                    .end();
        }
        double at = 0;
        for (Slice slice : slices) {
            double part = (double) slice.count() / all;
            html.begin("path", "class", "slice c-" + slice.word(), "d", ring(at, Math.min(at + part, at + 0.99999)));
            html.element("title", title.apply(slice, part)).end();
            at += part;
        }
        html.end();
    }

    /** A piece of a ring; parts of a turn, clockwise from above. */
    private static String ring(double from, double to) {
        String large = to - from > 0.5 ? "1" : "0";
        return "M" + point(from, RADIUS) + "A" + number(RADIUS) + " " + number(RADIUS) + " 0 " + large + " 1 "
                + point(to, RADIUS) + "L" + point(to, HOLE) + "A" + number(HOLE) + " " + number(HOLE) + " 0 " + large
                + " 0 " + point(from, HOLE) + "Z";
    }

    private static String point(double turn, double radius) {
        double angle = 2 * Math.PI * turn;
        return number(radius * Math.sin(angle)) + " " + number(-radius * Math.cos(angle));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** Which of {@link #GROUPS} an outcome is counted in. */
    static int group(String word) {
        String group = "refused";
        try {
            Outcome outcome = Outcome.valueOf(word);
            if (outcome == Outcome.APPLIED || outcome == Outcome.DUPLICATE) {
                group = "good";
            } else if (outcome.needsAttention()) {
                group = "attention";
            } else if (outcome.success() || outcome == Outcome.SIGNATURE_PROBE) {
                group = "quiet";
            }
        } catch (IllegalArgumentException e) {
            // A word of a later version.
        }
        return Charts.GROUPS.indexOf(group);
    }

    /** The most of one hour, rounded up to what can be read off. */
    static long top(Map<Instant, long[]> hours) {
        long most = hours.values().stream().mapToLong(Charts::sum).max().orElse(0);
        long step = 1;
        while (step * 100 < most) {
            step *= 10;
        }
        for (long factor : TOPS) {
            if (factor * step >= most) {
                return factor * step;
            }
        }
        return step * 100;
    }

    static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /**
     * A bar for each hour.
     *
     * @param hours the counts of {@link #GROUPS}; an hour may be missing
     * @param title what is said of an hour
     */
    static void bars(
            Html html,
            Instant first,
            int count,
            Map<Instant, long[]> hours,
            String label,
            BiFunction<Instant, long[], String> title) {
        long top = top(hours);
        html.begin(
                "svg",
                "class",
                "bars",
                "viewBox",
                "0 0 " + count * BAR + " " + HEIGHT,
                "preserveAspectRatio",
                "none",
                "role",
                "img",
                "aria-label",
                label);
        StringBuilder[] paths = new StringBuilder[GROUPS.size()];
        for (int group = 0; group < paths.length; group++) {
            paths[group] = new StringBuilder();
        }
        for (int i = 0; i < count; i++) {
            stack(paths, i * BAR, hours.getOrDefault(first.plus(Duration.ofHours(i)), new long[paths.length]), top);
        }
        for (int group = 0; group < paths.length; group++) {
            html.begin("path", "class", "bar g-" + GROUPS.get(group), "d", paths[group].toString())
                    .end();
        }
        for (int i = 0; i < count; i++) {
            Instant hour = first.plus(Duration.ofHours(i));
            long[] counts = hours.get(hour);
            if (counts != null) {
                html.begin(
                        "rect",
                        "class",
                        "hour",
                        "x",
                        String.valueOf(i * BAR),
                        "y",
                        "0",
                        "width",
                        String.valueOf(BAR),
                        "height",
                        String.valueOf(HEIGHT));
                html.element("title", title.apply(hour, counts)).end();
            }
        }
        html.end();
    }

    private static void stack(StringBuilder[] paths, int x, long[] counts, long top) {
        double ground = HEIGHT;
        for (int group = 0; group < counts.length; group++) {
            if (counts[group] > 0) {
                // One of thousands must be seen, too.
                double height = Math.max(1, HEIGHT * (double) counts[group] / top);
                double up = Math.max(0, ground - height);
                paths[group].append(
                        String.format(Locale.ROOT, "M%d %.2fH%dV%.2fH%dZ", x + 1, ground, x + BAR - 1, up, x + 1));
                ground = up;
            }
        }
    }
}
