package paynotify.admin;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Outcome;
import paynotify.store.SearchQueries.Found;
import paynotify.store.SearchQueries.Wanted;
import paynotify.store.TableRow;

/** Looks for orders, refunds and rows of the log. */
final class SearchPage {
    private final Sheet sheet;
    private final Desk desk;
    private final Wanted wanted;

    SearchPage(Sheet sheet, Desk desk, Wanted wanted) {
        this.sheet = sheet;
        this.desk = desk;
        this.wanted = wanted;
    }

    /**
     * The whole page.
     *
     * @param found null where nothing could be looked for
     * @param problem what is wrong with what was asked; null for nothing
     */
    String page(@Nullable Found found, @Nullable String problem) {
        return Frame.page(sheet, "search", sheet.text("nav.search"), () -> {
            sheet.title(sheet.text("nav.search"));
            form();
            if (problem != null) {
                sheet.message("bad", problem);
            }
            if (found != null) {
                results(found);
            }
        });
    }

    private void form() {
        Html html = sheet.html();
        html.begin("form", "method", "get", "action", sheet.view().url("/search"), "class", "search", "role", "search");
        field("q", "search.number", "text", wanted.number(), "wide");
        field("mch_id", "column.mch_id", "text", wanted.mchId(), null);
        select(
                "account",
                "column.account",
                desk.accounts().stream().map(Desk.Account::name).toList(),
                wanted.account(),
                "");
        select(
                "outcome",
                "column.outcome",
                Arrays.stream(Outcome.values())
                        .filter(outcome -> outcome != Outcome.ERROR)
                        .map(Outcome::name)
                        .toList(),
                wanted.outcome(),
                "outcome.");
        field("from", "search.from", "datetime-local", Formats.field(wanted.from()), null);
        field("to", "search.to", "datetime-local", Formats.field(wanted.to()), null);
        html.begin("div", "class", "field button");
        html.element("button", sheet.text("search.go"), "type", "submit", "class", "primary");
        html.end().end();
    }

    private void field(String name, String key, String type, String value, @Nullable String kind) {
        Html html = sheet.html();
        html.begin("div", "class", kind == null ? "field" : "field " + kind);
        html.element("label", sheet.text(key), "for", name);
        boolean time = type.equals("datetime-local");
        html.begin(
                "input",
                "id",
                name,
                "name",
                name,
                "type",
                type,
                "value",
                value,
                "step",
                time ? "1" : null,
                "maxlength",
                time ? null : String.valueOf(Parameters.CHARS_MAX),
                "autocomplete",
                "off",
                "spellcheck",
                "false");
        html.end();
    }

    private void select(String name, String key, List<String> values, String chosen, String prefix) {
        Html html = sheet.html();
        html.begin("div", "class", "field").element("label", sheet.text(key), "for", name);
        html.begin("select", "id", name, "name", name).element("option", sheet.text("search.any"), "value", "");
        for (String value : values) {
            String said = prefix.isEmpty() ? value : sheet.view().texts().word(prefix, value);
            html.element(
                    "option",
                    said.equals(value) ? value : said + " " + value,
                    "value",
                    value,
                    "selected",
                    value.equals(chosen) ? "selected" : null);
        }
        html.end().end();
    }

    private void results(Found found) {
        if (!found.orders().isEmpty()) {
            sheet.section("search.orders", () -> sheet.table(null, orderColumns(), found.orders(), "search.none"));
        }
        if (!found.refunds().isEmpty()) {
            sheet.section("search.refunds", () -> sheet.table(null, refundColumns(), found.refunds(), "search.none"));
        }
        sheet.section("search.rows", () -> {
            sheet.table(null, sheet.logColumns(), found.rows(), "search.none");
            if (found.continueAt() != null) {
                sheet.html()
                        .element("p", sheet.text("search.until", Formats.time(found.continueAt())), "class", "note");
            }
            sheet.pages(wanted.before() == null ? null : link(null, null), next(found), nextKey(found));
        });
    }

    private static String nextKey(Found found) {
        return found.more() ? "pages.older" : "search.further";
    }

    private @Nullable String next(Found found) {
        if (found.more()) {
            TableRow last = found.rows().get(found.rows().size() - 1);
            return link(last.text("id"), null);
        }
        return found.continueAt() == null ? null : link(null, Formats.field(found.continueAt()));
    }

    private String link(@Nullable String before, @Nullable String to) {
        return sheet.view()
                .url(
                        "/search",
                        "q",
                        wanted.number(),
                        "mch_id",
                        wanted.mchId(),
                        "account",
                        wanted.account(),
                        "outcome",
                        wanted.outcome(),
                        "from",
                        Formats.field(wanted.from()),
                        "to",
                        to == null ? Formats.field(wanted.to()) : to,
                        "before",
                        before);
    }

    private List<Sheet.Column<TableRow>> orderColumns() {
        return List.of(
                Sheet.Column.of(
                        "column.out_trade_no", row -> sheet.order(row.text("mch_id"), row.text("out_trade_no"))),
                Sheet.Column.of("column.mch_id", row -> sheet.foreign(row.text("mch_id"))),
                Sheet.Column.of("column.status", row -> OrderPage.status(sheet, row.text("status"))),
                Sheet.Column.number(
                        "column.total_fee", row -> sheet.amount(row.number("total_fee"), row.text("currency"))),
                Sheet.Column.of("column.created_at", row -> sheet.time(row.time("created_at"))),
                Sheet.Column.of("column.paid_at", row -> sheet.time(row.time("paid_at"))));
    }

    private List<Sheet.Column<TableRow>> refundColumns() {
        return List.of(
                Sheet.Column.of("column.out_refund_no", row -> sheet.foreign(row.text("out_refund_no"))),
                Sheet.Column.of(
                        "column.out_trade_no", row -> sheet.order(row.text("mch_id"), row.text("out_trade_no"))),
                Sheet.Column.of("column.status", row -> OrderPage.status(sheet, row.text("status"))),
                Sheet.Column.number(
                        "column.refund_fee", row -> sheet.amount(row.number("refund_fee"), row.text("currency"))),
                Sheet.Column.of("column.created_at", row -> sheet.time(row.time("created_at"))),
                Sheet.Column.of("column.refunded_at", row -> sheet.time(row.time("refunded_at"))));
    }
}
