package paynotify.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.store.ListQueries.Page;
import paynotify.store.TableRow;

/** Questions that the sender is going to be asked, events that the shop is going to hear, and those that it never heard. */
final class WaitingPage {
    private final Sheet sheet;

    WaitingPage(Sheet sheet) {
        this.sheet = sheet;
    }

    /**
     * The whole page.
     *
     * @param first whether the lists begin at their beginnings
     * @param did what an operator has just done; null for nothing
     */
    String page(Page inquiries, Page events, Page givenUp, boolean first, @Nullable String did) {
        View view = sheet.view();
        return Frame.page(sheet, "waiting", sheet.text("nav.waiting"), () -> {
            sheet.title(sheet.text("nav.waiting"));
            if (did != null) {
                sheet.message("good", did);
            }
            sheet.section("waiting.inquiries", () -> {
                sheet.table(null, inquiryColumns(), inquiries.rows(), "waiting.noinquiry");
                sheet.pages(
                        first ? null : view.url("/waiting"),
                        inquiries.more() ? next(last(inquiries)) : null,
                        "pages.next");
            });
            sheet.section("waiting.events", () -> {
                sheet.table(null, eventColumns(), events.rows(), "waiting.noevent");
                sheet.pages(
                        first ? null : view.url("/waiting"),
                        events.more()
                                ? view.url(
                                        "/waiting", "after_event", last(events).text("id"))
                                : null,
                        "pages.next");
            });
            sheet.section(
                    "waiting.givenup", () -> sheet.table(null, eventColumns(), givenUp.rows(), "waiting.nogivenup"));
        });
    }

    private static TableRow last(Page page) {
        return page.rows().get(page.rows().size() - 1);
    }

    private String next(TableRow row) {
        return sheet.view()
                .url(
                        "/waiting",
                        "after",
                        row.text("next_at"),
                        "mch_id",
                        row.text("mch_id"),
                        "out_trade_no",
                        row.text("out_trade_no"),
                        "out_refund_no",
                        row.text("out_refund_no"));
    }

    private List<Sheet.Column<TableRow>> inquiryColumns() {
        return List.of(
                Sheet.Column.of("column.next_at", row -> sheet.time(row.time("next_at"))),
                Sheet.Column.of(
                        "column.out_trade_no", row -> sheet.order(row.text("mch_id"), row.text("out_trade_no"))),
                Sheet.Column.of("column.out_refund_no", row -> sheet.foreign(row.text("out_refund_no"))),
                Sheet.Column.of("column.mch_id", row -> sheet.foreign(row.text("mch_id"))),
                Sheet.Column.number("column.tries", row -> sheet.count(row.number("tries"))),
                Sheet.Column.of("column.answer", row -> sheet.foreign(row.text("answer"))),
                Sheet.Column.of("column.asked_at", row -> sheet.time(row.time("asked_at"))),
                Sheet.Column.of(
                        "act.label",
                        row -> ActForm.button(
                                sheet,
                                "ask",
                                "mch_id",
                                row.text("mch_id"),
                                "out_trade_no",
                                row.text("out_trade_no"),
                                "out_refund_no",
                                row.text("out_refund_no"))));
    }

    private List<Sheet.Column<TableRow>> eventColumns() {
        return List.of(
                Sheet.Column.number("column.event_id", row -> sheet.html().text("evt_" + row.text("id"))),
                Sheet.Column.of("column.type", row -> sheet.html().element("code", row.text("type"))),
                Sheet.Column.of("column.account", row -> sheet.foreign(row.text("account"))),
                Sheet.Column.of(
                        "column.out_trade_no", row -> sheet.order(row.text("mch_id"), row.text("out_trade_no"))),
                Sheet.Column.of("column.event_at", row -> sheet.time(row.time("created_at"))),
                Sheet.Column.of("column.next_at", row -> sheet.time(row.time("next_at"))),
                Sheet.Column.number("column.tries", row -> sheet.count(row.number("tries"))),
                new Sheet.Column<>("column.last_error", "long", row -> sheet.foreign(row.text("last_error"))),
                Sheet.Column.of("act.label", row -> ActForm.button(sheet, "resend", "event_id", row.text("id"))));
    }
}
