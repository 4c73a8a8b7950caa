package paynotify.admin;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.store.StoryQueries.Story;
import paynotify.store.TableRow;

/** Makes moments of the rows of all tables that know an order. */
final class Moments {
    private final Sheet sheet;
    private final List<Moment> moments = new ArrayList<>();

    Moments(Sheet sheet) {
        this.sheet = sheet;
    }

    List<Moment> of(Story story) {
        if (story.order() != null) {
            order(story.order());
        }
        story.log().forEach(this::log);
        story.inquiries().forEach(this::inquiry);
        story.replays().forEach(this::replay);
        story.refunds().forEach(this::refund);
        story.events().forEach(this::event);
        story.billLines().forEach(this::billLine);
        story.differences().forEach(this::difference);
        story.done().forEach(this::done);
        return moments;
    }

    private void add(@Nullable Instant at, String kind, Runnable content) {
        moments.add(new Moment(at, kind, content));
    }

    /** Blanks between what is written one after the other. */
    private void all(Runnable... parts) {
        for (Runnable part : parts) {
            part.run();
            sheet.html().text(" ");
        }
    }

    private void line(String text) {
        sheet.html().begin("div", "class", "sub").text(text).end();
    }

    private void foreignLine(@Nullable String text) {
        if (text != null && !text.isEmpty()) {
            sheet.html().begin("div", "class", "sub").foreign(text).end();
        }
    }

    private void order(TableRow order) {
        add(order.time("created_at"), "placed", () -> sheet.amount(order.number("total_fee"), order.text("currency")));
        if (order.time("paid_at") != null) {
            add(order.time("paid_at"), "paid", () -> sheet.foreign(order.text("transaction_id")));
        }
    }

    private void log(TableRow row) {
        String source = row.word("source");
        String kind = source.equals("INQUIRY") ? "answer" : source.equals("REPLAY") ? "again" : "callback";
        add(row.time("received_at"), kind, () -> {
            all(
                    () -> sheet.outcome(row.text("outcome")),
                    () -> sheet.amount(row.number("total_fee"), row.text("currency")),
                    () -> sheet.row(row.count("id")));
            ActForm.button(sheet, "replay", "log_id", row.text("id"));
            line(sheet.text(
                    "moment.log", row.word("account"), row.word("channel"), Formats.micros(row.count("took_us"))));
            foreignLine(row.text("detail"));
        });
    }

    private void inquiry(TableRow row) {
        Runnable refund = () -> foreignLine(row.text("out_refund_no"));
        if (row.time("asked_at") != null) {
            add(row.time("asked_at"), "asked", () -> {
                sheet.foreign(row.text("answer"));
                line(sheet.text("moment.tries", row.word("tries")));
                refund.run();
                foreignLine(row.text("detail"));
            });
        }
        if (row.time("next_at") != null) {
            add(row.time("next_at"), "asks", refund);
        } else if (row.time("asked_at") == null) {
            add(row.time("planned_at"), "unasked", () -> foreignLine(row.text("detail")));
        }
    }

    private void replay(TableRow row) {
        add(row.time("requested_at"), "requested", () -> {
            all(() -> sheet.row(row.count("log_id")), () -> sheet.foreign(row.text("requested_by")));
        });
        if (row.time("done_at") != null) {
            add(row.time("done_at"), "replayed", () -> {
                all(() -> sheet.row(row.count("log_id")), () -> sheet.outcome(row.text("outcome")));
                foreignLine(row.text("detail"));
            });
        }
    }

    private void refund(TableRow row) {
        add(row.time("created_at"), "refund", () -> {
            all(
                    () -> sheet.foreign(row.text("out_refund_no")),
                    () -> sheet.amount(row.number("refund_fee"), row.text("currency")),
                    () -> OrderPage.status(sheet, row.text("status")));
            ActForm.button(
                    sheet,
                    "askrefund",
                    "mch_id",
                    row.text("mch_id"),
                    "out_trade_no",
                    row.text("out_trade_no"),
                    "out_refund_no",
                    row.text("out_refund_no"));
        });
        if (row.time("refunded_at") != null) {
            add(row.time("refunded_at"), "refunded", () -> {
                all(
                        () -> sheet.foreign(row.text("out_refund_no")),
                        () -> sheet.amount(row.number("refund_fee"), row.text("currency")));
            });
        }
    }

    private void event(TableRow row) {
        add(row.time("created_at"), "event", () -> {
            all(() -> sheet.html().element("code", row.text("type")), () -> sheet.foreign("evt_" + row.word("id")));
            ActForm.button(sheet, "resend", "event_id", row.text("id"));
            line(sheet.text("moment.tries", row.word("tries")));
            foreignLine(row.text("last_error"));
        });
        if (row.time("delivered_at") != null) {
            add(row.time("delivered_at"), "delivered", () -> sheet.foreign("evt_" + row.word("id")));
        }
        if (row.time("next_at") != null) {
            add(row.time("next_at"), "sends", () -> sheet.foreign("evt_" + row.word("id")));
        }
    }

    private void billLine(TableRow row) {
        String refund = row.text("out_refund_no");
        add(row.time("traded_at"), "bill", () -> {
            all(
                    () -> sheet.bill(row),
                    () -> sheet.foreign(row.text("state")),
                    () -> sheet.amount(row.number(refund == null ? "total_fee" : "refund_fee"), row.text("currency")));
            foreignLine(refund);
        });
    }

    private void difference(TableRow row) {
        add(row.time("found_at"), "difference", () -> {
            all(() -> sheet.chip(row.text("kind"), "AMOUNT_MISMATCH", "kind."));
            line(LocalDate.parse(row.word("bill_date")).toString());
            foreignLine(row.text("detail"));
        });
        if (row.time("settled_at") != null) {
            add(row.time("settled_at"), "settled", () -> sheet.chip(row.text("kind"), "APPLIED", "kind."));
        }
    }

    private void done(TableRow row) {
        add(row.time("done_at"), "done", () -> {
            sheet.foreign(row.text("done_by"));
            foreignLine(row.text("remark"));
        });
    }
}
