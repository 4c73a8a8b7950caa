package paynotify.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Outcome;
import paynotify.store.OverviewQueries;
import paynotify.store.TableRow;

/** How it goes: what came in, what is open, what will expire. */
final class OverviewPage {
    private static final Duration EXPIRES_SOON = Duration.ofDays(30);
    /** Labels below the bars. */
    private static final int LABELS = 6;

    private final Sheet sheet;
    private final Desk desk;
    private final Span span;

    /** What can be chosen. */
    enum Span {
        DAY("24h", 24),
        WEEK("7d", 7 * 24),
        MONTH("30d", 30 * 24);

        private final String word;
        private final int hours;

        Span(String word, int hours) {
            this.word = word;
            this.hours = hours;
        }

        static Span of(String word) {
            return Arrays.stream(values())
                    .filter(span -> span.word.equals(word))
                    .findFirst()
                    .orElse(DAY);
        }

        /** Of the bars: the last one is the hour that is under way. */
        Instant first(Instant now) {
            return now.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(hours - 1L));
        }
    }

    OverviewPage(Sheet sheet, Desk desk, Span span) {
        this.sheet = sheet;
        this.desk = desk;
        this.span = span;
    }

    /**
     * The whole page.
     *
     * @param flow null if the database can't be asked now
     * @param state null likewise
     */
    String page(OverviewQueries.@Nullable Flow flow, OverviewQueries.@Nullable State state, @Nullable String problem) {
        return sheet.page("", sheet.text("nav.overview"), () -> {
            sheet.html().begin("div", "class", "head");
            sheet.title(sheet.text("nav.overview"));
            spans();
            sheet.html().end();
            if (problem != null) {
                sheet.message("bad", problem);
            }
            tiles(flow, state, problem == null);
            if (flow != null) {
                sheet.html().begin("div", "class", "charts");
                pie(flow);
                bars(flow);
                sheet.html().end();
            }
            if (state != null) {
                sheet.section("overview.bills", () -> BillsPage.bills(sheet, state.bills()));
            }
            keys();
        });
    }

    private void spans() {
        Html html = sheet.html();
        html.begin("nav", "class", "spans", "aria-label", sheet.text("overview.span"));
        for (Span each : Span.values()) {
            html.element(
                    "a",
                    sheet.text("span." + each.word),
                    "href",
                    sheet.view().url("/", "span", each.word),
                    "aria-current",
                    each == span ? "true" : null);
        }
        html.end();
    }

    private void tiles(OverviewQueries.@Nullable Flow flow, OverviewQueries.@Nullable State state, boolean up) {
        Html html = sheet.html();
        html.begin("div", "class", "tiles");
        if (state != null) {
            long cases = state.attention().stream()
                    .mapToLong(row -> row.count("cases"))
                    .sum();
            tile("tile.attention", Formats.count(cases), "/attention", cases > 0 ? "warn" : "calm", attention(state));
            tile(
                    "tile.inquiries",
                    Formats.count(state.inquiries().count("waiting")),
                    "/waiting",
                    "calm",
                    sheet.text("tile.due", Formats.count(state.inquiries().count("due"))));
            Instant oldest = state.events().time("oldest");
            tile(
                    "tile.events",
                    Formats.count(state.events().count("waiting")),
                    "/waiting",
                    "calm",
                    oldest == null ? "" : sheet.text("tile.oldest", Formats.time(oldest)));
            tile(
                    "tile.differences",
                    Formats.count(state.openDifferences()),
                    "/bills",
                    state.openDifferences() > 0 ? "warn" : "calm",
                    "");
        }
        if (flow != null) {
            Long median = flow.took().number("median");
            Long p99 = flow.took().number("p99");
            tile(
                    "tile.took",
                    median == null ? "–" : Formats.micros(median),
                    null,
                    "calm",
                    p99 == null ? "" : sheet.text("tile.p99", Formats.micros(p99)));
        }
        tile("tile.database", sheet.text(up ? "database.up" : "database.down"), null, up ? "good" : "bad", "");
        html.end();
    }

    private String attention(OverviewQueries.State state) {
        List<String> parts = new ArrayList<>();
        for (TableRow row : state.attention()) {
            parts.add(sheet.view().texts().word("outcome.", row.text("outcome")) + " "
                    + Formats.count(row.count("cases")));
        }
        return String.join(", ", parts);
    }

    private void tile(String key, String figure, @Nullable String link, String kind, String more) {
        Html html = sheet.html();
        html.begin(
                link == null ? "div" : "a",
                "class",
                "tile " + kind,
                "href",
                link == null ? null : sheet.view().url(link));
        html.element("span", sheet.text(key), "class", "tile-label").text(" ");
        html.element("strong", figure, "class", "figure").text(" ");
        html.element("span", more, "class", "tile-more");
        html.end();
    }

    private void pie(OverviewQueries.Flow flow) {
        Map<String, Long> counts = new HashMap<>();
        flow.hours().forEach(row -> counts.merge(row.word("outcome"), row.count("callbacks"), Long::sum));
        List<Charts.Slice> slices = counts.entrySet().stream()
                .map(each -> new Charts.Slice(each.getKey(), each.getValue()))
                .sorted(Comparator.comparingLong(Charts.Slice::count).reversed().thenComparing(Charts.Slice::word))
                .toList();
        long all = slices.stream().mapToLong(Charts.Slice::count).sum();
        Texts texts = sheet.view().texts();
        Html html = sheet.html();
        sheet.section("overview.outcomes", () -> {
            html.begin("div", "class", "pie-and-legend");
            Charts.pie(
                    html,
                    slices,
                    sheet.text("overview.pie", Formats.count(all)),
                    (slice, part) -> texts.word("outcome.", slice.word()) + ": " + Formats.count(slice.count()));
            html.begin("table", "class", "legend").begin("thead").begin("tr");
            html.element("th", sheet.text("column.outcome"), "scope", "col");
            html.element("th", sheet.text("overview.callbacks"), "scope", "col", "class", "number");
            html.element("th", "%", "scope", "col", "class", "number")
                    .end()
                    .end()
                    .begin("tbody");
            for (Charts.Slice slice : slices) {
                html.begin("tr").begin("td");
                html.begin(
                        "a",
                        "href",
                        sheet.view().url("/search", "outcome", slice.word(), "from", Formats.field(first())));
                sheet.outcome(slice.word());
                html.end().end();
                html.element("td", Formats.count(slice.count()), "class", "number");
                html.element("td", percent(slice.count(), all), "class", "number")
                        .end();
            }
            html.begin("tr", "class", "sum").element("td", sheet.text("overview.sum"));
            html.element("td", Formats.count(all), "class", "number")
                    .element("td", "")
                    .end();
            html.end().end().end();
        });
    }

    private static String percent(long part, long all) {
        double percent = 100.0 * part / all;
        return percent >= 0.1 ? String.format(Locale.ROOT, "%.1f", percent) : "< 0.1";
    }

    private Instant first() {
        return span.first(sheet.view().now());
    }

    private void bars(OverviewQueries.Flow flow) {
        Map<Instant, long[]> hours = new TreeMap<>();
        for (TableRow row : flow.hours()) {
            Instant hour = row.time("hour");
            if (hour != null) {
                hours.computeIfAbsent(hour, key -> new long[Charts.GROUPS.size()])[group(row.word("outcome"))] +=
                        row.count("callbacks");
            }
        }
        Html html = sheet.html();
        sheet.section("overview.hours", () -> {
            html.begin("div", "class", "legend-line");
            for (String group : Charts.GROUPS) {
                html.begin("span", "class", "key");
                html.element("span", "", "class", "swatch g-" + group, "aria-hidden", "true");
                html.text(sheet.text("group." + group)).end();
            }
            html.end();
            html.begin("div", "class", "plot");
            html.element("span", Formats.count(Charts.top(hours)), "class", "axis-top");
            Charts.bars(
                    html,
                    first(),
                    span.hours,
                    hours,
                    sheet.text("overview.bars", sheet.text("span." + span.word)),
                    this::hour);
            html.end();
            labels();
            figures(hours);
        });
    }

    private String hour(Instant hour, long[] counts) {
        StringBuilder said =
                new StringBuilder(Formats.hour(hour)).append(": ").append(Formats.count(Charts.sum(counts)));
        for (int group = 0; group < counts.length; group++) {
            if (counts[group] > 0) {
                said.append(", ")
                        .append(sheet.text("group." + Charts.GROUPS.get(group)))
                        .append(' ')
                        .append(Formats.count(counts[group]));
            }
        }
        return said.toString();
    }

    private void labels() {
        Html html = sheet.html();
        html.begin("div", "class", "axis", "aria-hidden", "true");
        for (int i = 0; i <= LABELS; i++) {
            Instant at = first().plus(Duration.ofHours((long) i * span.hours / LABELS));
            html.element("span", span == Span.DAY ? Formats.hour(at).substring(6) : Formats.day(at));
        }
        html.end();
    }

    /** The same for who can't see the bars: by hour for a day, else by day. */
    private void figures(Map<Instant, long[]> hours) {
        Map<String, long[]> lines = new LinkedHashMap<>();
        hours.forEach((hour, counts) -> {
            long[] line = lines.computeIfAbsent(
                    span == Span.DAY ? Formats.hour(hour) : Formats.day(hour), key -> new long[counts.length]);
            for (int group = 0; group < counts.length; group++) {
                line[group] += counts[group];
            }
        });
        Html html = sheet.html();
        html.begin("details").element("summary", sheet.text("overview.figures"));
        html.begin("table", "class", "figures").begin("thead").begin("tr");
        html.element("th", sheet.text("overview.time"), "scope", "col");
        Charts.GROUPS.forEach(
                group -> html.element("th", sheet.text("group." + group), "scope", "col", "class", "number"));
        html.end().end().begin("tbody");
        lines.forEach((at, counts) -> {
            html.begin("tr").element("th", at, "scope", "row");
            for (long count : counts) {
                html.element("td", Formats.count(count), "class", "number");
            }
            html.end();
        });
        html.end().end().end();
    }

    private static int group(String word) {
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

    private void keys() {
        List<Desk.Key> keys = desk.keys().get();
        Html html = sheet.html();
        sheet.section("overview.keys", () -> {
            if (keys.isEmpty()) {
                html.element("p", sheet.text("keys.none"), "class", "empty");
                return;
            }
            html.begin("div", "class", "scroll").begin("table").begin("thead").begin("tr");
            for (String column : List.of("keys.name", "keys.expires")) {
                html.element("th", sheet.text(column), "scope", "col");
            }
            html.end().end().begin("tbody");
            for (Desk.Key key : keys) {
                html.begin("tr");
                html.begin("td", "data-label", sheet.text("keys.name"), "class", "id");
                sheet.foreign(key.name());
                html.end().begin("td", "data-label", sheet.text("keys.expires"));
                expiry(key.expires());
                html.end().end();
            }
            html.end().end().end();
        });
    }

    private void expiry(@Nullable Instant expires) {
        if (expires == null) {
            sheet.html().text(sheet.text("keys.never"));
            return;
        }
        Instant now = sheet.view().now();
        sheet.time(expires);
        sheet.html().text(" ");
        if (expires.isBefore(now)) {
            sheet.chip("EXPIRED", "BAD_SIGNATURE", "expiry.");
        } else if (expires.isBefore(now.plus(EXPIRES_SOON))) {
            sheet.chip("SOON", "AMOUNT_MISMATCH", "expiry.");
        }
    }
}
