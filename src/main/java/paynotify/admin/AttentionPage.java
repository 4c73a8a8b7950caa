package paynotify.admin;

import org.jspecify.annotations.Nullable;
import paynotify.store.ListQueries;
import paynotify.store.TableRow;

/** The cases that somebody must look at: each with what happened, what to do, and buttons for an operator. */
final class AttentionPage {
    private final Sheet sheet;

    AttentionPage(Sheet sheet) {
        this.sheet = sheet;
    }

    /** @param did what an operator has just done; null for nothing */
    String page(ListQueries.Page cases, boolean first, @Nullable String did) {
        return Frame.page(sheet, "attention", sheet.text("nav.attention"), () -> {
            sheet.title(sheet.text("nav.attention"));
            sheet.html().element("p", sheet.text("attention.lead"), "class", "lead");
            if (did != null) {
                sheet.message("good", did);
            }
            if (cases.rows().isEmpty()) {
                sheet.html().element("p", sheet.text("attention.none"), "class", "empty");
            }
            cases.rows().forEach(row -> one(sheet, row, true));
            sheet.pages(
                    first ? null : sheet.view().url("/attention"),
                    cases.more()
                            ? sheet.view()
                                    .url(
                                            "/attention",
                                            "before",
                                            cases.rows()
                                                    .get(cases.rows().size() - 1)
                                                    .text("log_id"))
                            : null,
                    "pages.older");
        });
    }

    /** @param withOrder whether the order is named, which on its own page it need not be */
    static void one(Sheet sheet, TableRow row, boolean withOrder) {
        Html html = sheet.html();
        String outcome = row.word("outcome");
        boolean refund = !"".equals(row.text("out_refund_no"));
        html.begin("article", "class", "case c-" + outcome);
        html.begin("div", "class", "case-head");
        sheet.outcome(outcome);
        html.begin(withOrder ? "h2" : "h3");
        if (withOrder) {
            sheet.order(row.text("mch_id"), row.text("out_trade_no"));
        } else {
            html.text(sheet.text(refund ? "event.REFUND" : "event.PAYMENT"));
        }
        html.end();
        sheet.amount(row.number("total_fee"), null);
        html.end();
        Texts texts = sheet.view().texts();
        String kind = refund ? "case.refund." : "case.payment.";
        html.begin("p").element("strong", sheet.text("case.what")).text(" ");
        html.text(texts.word(kind, outcome)).end();
        html.begin("p").element("strong", sheet.text("case.do")).text(" ");
        html.text(texts.word(kind + "do.", outcome)).end();
        sheet.facts(() -> facts(sheet, row, refund));
        buttons(sheet, row);
        html.end();
    }

    private static void facts(Sheet sheet, TableRow row, boolean refund) {
        sheet.fact(sheet.text("column.detail"), () -> sheet.foreign(row.text("detail")));
        sheet.fact(sheet.text("column.mch_id"), () -> sheet.foreign(row.text("mch_id")));
        if (refund) {
            sheet.fact(sheet.text("column.out_refund_no"), () -> sheet.foreign(row.text("out_refund_no")));
        }
        sheet.fact(sheet.text("column.transaction_id"), () -> sheet.foreign(row.text("transaction_id")));
        sheet.fact(sheet.text("case.first"), () -> sheet.time(row.time("first_at")));
        sheet.fact(sheet.text("case.last"), () -> sheet.time(row.time("last_at")));
        sheet.fact(sheet.text("case.times"), () -> sheet.count(row.number("times")));
        sheet.fact(sheet.text("column.id"), () -> sheet.row(row.count("log_id")));
    }

    private static void buttons(Sheet sheet, TableRow row) {
        String mchId = row.text("mch_id");
        String outTradeNo = row.text("out_trade_no");
        sheet.html().begin("div", "class", "acts");
        if (mchId != null && outTradeNo != null) {
            ActForm.button(
                    sheet,
                    "ask",
                    "mch_id",
                    mchId,
                    "out_trade_no",
                    outTradeNo,
                    "out_refund_no",
                    row.text("out_refund_no"));
        }
        ActForm.button(sheet, "replay", "log_id", row.text("log_id"));
        if (mchId != null && outTradeNo != null) {
            ActForm.buttonWithRemark(
                    sheet,
                    "done",
                    "remark-" + row.text("log_id"),
                    "mch_id",
                    mchId,
                    "out_trade_no",
                    outTradeNo,
                    "out_refund_no",
                    row.text("out_refund_no"),
                    "transaction_id",
                    row.text("transaction_id"));
        }
        sheet.html().end();
    }
}
