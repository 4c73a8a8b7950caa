package paynotify.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.store.OverviewQueries;
import paynotify.store.TableRow;

/** How it goes: what came in, what is open, what will expire. */
final class OverviewPage {
    private static final Duration EXPIRES_SOON = Duration.ofDays(30);

    private final Sheet sheet;
    private final Desk desk;
    private final Span span;

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
        return Frame.page(sheet, "", sheet.text("nav.overview"), () -> {
            sheet.html().begin("div", "class", "head");
            sheet.title(sheet.text("nav.overview"));
            spans();
            sheet.html().end();
            if (problem != null) {
                sheet.message("bad", problem);
            }
            tiles(flow, state, problem == null);
            if (flow != null) {
                new FlowCharts(sheet, span).write(flow);
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
                    sheet.text("span." + each.word()),
                    "href",
                    sheet.view().url("/", "span", each.word()),
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

    private void keys() {
        List<Sheet.Column<Desk.Key>> columns = List.of(
                new Sheet.Column<>("keys.name", "id", key -> sheet.foreign(key.name())),
                Sheet.Column.of("keys.expires", key -> expiry(key.expires())));
        sheet.section(
                "overview.keys", () -> sheet.table(null, columns, desk.keys().get(), "keys.none"));
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
