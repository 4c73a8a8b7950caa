package paynotify.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import paynotify.store.OverviewQueries;
import paynotify.store.TableRow;

/** What came in during a span, as a pie of outcomes and as bars of hours, each with its figures beside it. */
final class FlowCharts {
    /** Labels below the bars. */
    private static final int LABELS = 6;

    private final Sheet sheet;
    private final Span span;

    FlowCharts(Sheet sheet, Span span) {
        this.sheet = sheet;
        this.span = span;
    }

    void write(OverviewQueries.Flow flow) {
        sheet.html().begin("div", "class", "charts");
        pie(flow);
        bars(flow);
        sheet.html().end();
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
                hours.computeIfAbsent(hour, key -> new long[Charts.GROUPS.size()])[Charts.group(row.word("outcome"))] +=
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
                    span.hours(),
                    hours,
                    sheet.text("overview.bars", sheet.text("span." + span.word())),
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
            Instant at = first().plus(Duration.ofHours((long) i * span.hours() / LABELS));
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
        List<Sheet.Column<Map.Entry<String, long[]>>> columns = new ArrayList<>();
        columns.add(Sheet.Column.of("overview.time", line -> sheet.html().text(line.getKey())));
        for (int i = 0; i < Charts.GROUPS.size(); i++) {
            int group = i;
            columns.add(Sheet.Column.number(
                    "group." + Charts.GROUPS.get(group), line -> sheet.count(line.getValue()[group])));
        }
        sheet.html().begin("details").element("summary", sheet.text("overview.figures"));
        sheet.table(null, columns, lines.entrySet(), "overview.none");
        sheet.html().end();
    }
}
