package paynotify.admin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.store.StoryQueries.Story;
import paynotify.store.TableRow;

/** One order's whole story, in one line of time. */
final class OrderPage {
    private final Sheet sheet;
    private final String mchId;
    private final String outTradeNo;

    OrderPage(Sheet sheet, String mchId, String outTradeNo) {
        this.sheet = sheet;
        this.mchId = mchId;
        this.outTradeNo = outTradeNo;
    }

    /** @param did what an operator has just done; null for nothing */
    String page(Story story, @Nullable String did) {
        String title = sheet.text("order.title", Html.visible(outTradeNo));
        return Frame.page(sheet, null, title, () -> {
            sheet.html()
                    .begin("h1")
                    .text(sheet.text("order.title", ""))
                    .foreign(outTradeNo)
                    .end();
            if (did != null) {
                sheet.message("good", did);
            }
            sheet.html().begin("section", "class", "panel");
            order(story.order());
            sheet.html().begin("div", "class", "acts");
            ActForm.button(sheet, "ask", "mch_id", mchId, "out_trade_no", outTradeNo, "out_refund_no", "");
            sheet.html().end().end();
            story.cases().forEach(row -> AttentionPage.one(sheet, row, false));
            sheet.section("order.story", () -> moments(story));
        });
    }

    private void order(@Nullable TableRow order) {
        if (order == null) {
            sheet.html().element("p", sheet.text("order.unknown"), "class", "message warn");
            sheet.facts(() -> sheet.fact(sheet.text("column.mch_id"), () -> sheet.foreign(mchId)));
            return;
        }
        String payer = order.text("payer");
        sheet.facts(() -> {
            sheet.fact(sheet.text("column.status"), () -> status(sheet, order.text("status")));
            sheet.fact(
                    sheet.text("column.total_fee"),
                    () -> sheet.amount(order.number("total_fee"), order.text("currency")));
            sheet.fact(sheet.text("column.mch_id"), () -> sheet.foreign(mchId));
            sheet.fact(sheet.text("column.transaction_id"), () -> sheet.foreign(order.text("transaction_id")));
            sheet.fact(sheet.text("column.created_at"), () -> sheet.time(order.time("created_at")));
            sheet.fact(sheet.text("column.paid_at"), () -> sheet.time(order.time("paid_at")));
            sheet.fact(sheet.text("column.payer"), () -> sheet.foreign(payer == null ? null : Formats.payer(payer)));
        });
    }

    /** A state of an order or a refund. */
    static void status(Sheet sheet, @Nullable String status) {
        String colour =
                switch (status == null ? "" : status) {
                    case "PAID", "SUCCESS" -> "APPLIED";
                    case "ABNORMAL" -> "AMOUNT_MISMATCH";
                    case "PENDING" -> "NOT_PAID";
                    default -> "IGNORED";
                };
        sheet.chip(status, colour, "status.");
    }

    private void moments(Story story) {
        List<Moment> moments = new ArrayList<>(new Moments(sheet).of(story));
        if (moments.isEmpty()) {
            sheet.html().element("p", sheet.text("search.none"), "class", "empty");
            return;
        }
        // What has no time yet stands at the end.
        moments.sort(Comparator.comparing(Moment::at, Comparator.nullsLast(Comparator.naturalOrder())));
        Html html = sheet.html();
        html.begin("ol", "class", "story");
        for (Moment moment : moments) {
            html.begin("li", "class", "k-" + moment.kind());
            html.begin("div", "class", "at");
            sheet.time(moment.at());
            html.end().begin("div", "class", "happened");
            html.element("strong", sheet.text("moment." + moment.kind())).text(" ");
            moment.content().run();
            html.end().end();
        }
        html.end();
    }
}
