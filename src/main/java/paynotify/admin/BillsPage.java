package paynotify.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.store.ListQueries;
import paynotify.store.TableRow;

/** The bills of the days, and where the tables say something else. */
final class BillsPage {
    private final Sheet sheet;

    BillsPage(Sheet sheet) {
        this.sheet = sheet;
    }

    /**
     * The whole page.
     *
     * @param bill whose differences are shown; null for the open ones of all
     * @param first whether the lists begin at their beginnings
     */
    String page(
            ListQueries.Page bills, ListQueries.Page differences, ListQueries.@Nullable BillKey bill, boolean first) {
        View view = sheet.view();
        return Frame.page(sheet, "bills", sheet.text("nav.bills"), () -> {
            sheet.title(sheet.text("nav.bills"));
            sheet.html().element("p", sheet.text("bills.lead"), "class", "lead");
            if (bill != null) {
                sheet.html().element("h2", sheet.text("bills.of", bill.mchId(), bill.date()));
            }
            sheet.section(bill == null ? "bills.open" : "bills.all", () -> {
                sheet.table(null, differenceColumns(), differences.rows(), "bills.agree");
                sheet.pages(
                        first && bill == null ? null : view.url("/bills"),
                        differences.more()
                                ? view.url(
                                        "/bills",
                                        "mch_id",
                                        bill == null ? null : bill.mchId(),
                                        "bill_date",
                                        bill == null ? null : bill.date().toString(),
                                        "before",
                                        last(differences).text("id"))
                                : null,
                        "pages.older");
            });
            if (bill == null) {
                sheet.section("bills.days", () -> {
                    bills(sheet, bills.rows());
                    sheet.pages(
                            null,
                            bills.more()
                                    ? view.url(
                                            "/bills",
                                            "before_date",
                                            last(bills).text("bill_date"),
                                            "before_mch",
                                            last(bills).text("mch_id"))
                                    : null,
                            "pages.older");
                });
            }
        });
    }

    private static TableRow last(ListQueries.Page page) {
        return page.rows().get(page.rows().size() - 1);
    }

    /** A table of bills. */
    static void bills(Sheet sheet, List<TableRow> rows) {
        sheet.table(
                null,
                List.of(
                        Sheet.Column.of("column.bill_date", row -> sheet.bill(row)),
                        Sheet.Column.of("column.mch_id", row -> sheet.foreign(row.text("mch_id"))),
                        Sheet.Column.of("column.status", row -> sheet.chip(row.text("state"), colour(row), "bill.")),
                        Sheet.Column.number("column.lines", row -> sheet.count(row.number("lines"))),
                        Sheet.Column.number("column.paid_fee", row -> sheet.amount(row.number("paid_fee"), null)),
                        Sheet.Column.number("column.refund_fee", row -> sheet.amount(row.number("refund_fee"), null)),
                        Sheet.Column.number("column.differences", row -> sheet.count(row.number("differences"))),
                        Sheet.Column.of("column.fetched_at", row -> sheet.time(row.time("fetched_at"))),
                        new Sheet.Column<>("column.detail", "long", row -> sheet.foreign(row.text("detail")))),
                rows,
                "bills.none");
    }

    private static String colour(TableRow row) {
        return switch (row.word("state")) {
            case "COMPLETE" -> "APPLIED";
            case "UNUSABLE" -> "AMOUNT_MISMATCH";
            case "WAITING" -> "NOT_PAID";
            default -> "IGNORED";
        };
    }

    private List<Sheet.Column<TableRow>> differenceColumns() {
        return List.of(
                Sheet.Column.of("column.bill_date", row -> sheet.html().element("time", row.text("bill_date"))),
                Sheet.Column.of(
                        "column.kind",
                        row -> sheet.chip(
                                row.text("kind"),
                                row.time("settled_at") == null ? "AMOUNT_MISMATCH" : "APPLIED",
                                "kind.")),
                Sheet.Column.of(
                        "column.out_trade_no", row -> sheet.order(row.text("mch_id"), row.text("out_trade_no"))),
                Sheet.Column.of("column.out_refund_no", row -> sheet.foreign(row.text("out_refund_no"))),
                Sheet.Column.number("column.bill_fee", row -> sheet.amount(row.number("bill_fee"), null)),
                Sheet.Column.number("column.our_fee", row -> sheet.amount(row.number("our_fee"), null)),
                Sheet.Column.of("column.found_at", row -> sheet.time(row.time("found_at"))),
                Sheet.Column.of("column.settled_at", row -> sheet.time(row.time("settled_at"))),
                new Sheet.Column<>("column.detail", "long", row -> sheet.foreign(row.text("detail"))));
    }
}
