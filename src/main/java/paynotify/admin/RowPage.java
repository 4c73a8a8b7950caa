package paynotify.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.store.StoryQueries.LogRow;
import paynotify.store.TableRow;

/** One row of the log, with all that it has: the only page that shows whole payers. */
final class RowPage {
    /** Shown below the others, for they are long. */
    private static final List<String> LONG = List.of("headers", "body");

    private final Sheet sheet;

    RowPage(Sheet sheet) {
        this.sheet = sheet;
    }

    /** @param did what an operator has just done; null for nothing */
    String page(LogRow found, @Nullable String did) {
        TableRow row = found.row();
        String title = sheet.text("row.title", row.word("id"));
        return Frame.page(sheet, null, title, () -> {
            sheet.title(title);
            if (did != null) {
                sheet.message("good", did);
            }
            sheet.html().begin("section", "class", "panel");
            sheet.facts(() -> row.names().stream()
                    .filter(name -> !LONG.contains(name))
                    .forEach(name -> sheet.column(name, () -> value(row, name))));
            sheet.html().begin("div", "class", "acts");
            ActForm.button(sheet, "replay", "log_id", row.text("id"));
            sheet.html().end().end();
            replay(found.replay());
            raw("headers", row.text("headers"));
            body(row.word("body"));
        });
    }

    private void value(TableRow row, String name) {
        switch (name) {
            case "outcome" -> sheet.outcome(row.text(name));
            case "received_at" -> sheet.time(row.time(name));
            case "total_fee" -> sheet.amount(row.number(name), row.text("currency"));
            case "out_trade_no" -> sheet.order(row.text("mch_id"), row.text(name));
            case "took_us" -> sheet.html().text(Formats.micros(row.count(name)));
            case "event" -> sheet.what(row.text("event"), null);
            case "source" -> sheet.html().text(sheet.view().texts().word("source.", row.text(name)));
            default -> sheet.foreign(row.text(name));
        }
    }

    private void replay(@Nullable TableRow replay) {
        if (replay == null) {
            return;
        }
        sheet.section(
                "row.replay",
                () -> sheet.facts(() -> {
                    sheet.fact(sheet.text("moment.requested"), () -> sheet.time(replay.time("requested_at")));
                    sheet.fact(sheet.text("row.by"), () -> sheet.foreign(replay.text("requested_by")));
                    sheet.fact(sheet.text("moment.replayed"), () -> sheet.time(replay.time("done_at")));
                    sheet.fact(sheet.text("column.outcome"), () -> sheet.outcome(replay.text("outcome")));
                    sheet.fact(sheet.text("column.detail"), () -> sheet.foreign(replay.text("detail")));
                }));
    }

    private void body(String body) {
        raw("body", body);
        String readable = BrokenLines.of(body);
        if (!readable.equals(body)) {
            Html html = sheet.html();
            html.begin("details", "class", "panel", "open", "open").element("summary", sheet.text("row.readable"));
            pre(sheet.text("row.readable"), readable);
            html.end();
        }
    }

    private void raw(String name, @Nullable String text) {
        if (text != null) {
            sheet.section("row." + name, () -> pre(sheet.text("row." + name), text));
        }
    }

    /** It can be scrolled by keys. */
    private void pre(String label, String text) {
        sheet.html().begin("pre", "class", "raw", "tabindex", "0", "role", "region", "aria-label", label, "dir", "ltr");
        sheet.html().text(text).end();
    }
}
