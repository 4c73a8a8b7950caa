package paynotify.admin;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Outcome;
import paynotify.store.TableRow;

/** One page being written: the parts that pages are put together from, inside a {@link Frame}. Belongs to one thread. */
final class Sheet {
    private static final Set<String> OUTCOMES =
            Arrays.stream(Outcome.values()).map(Outcome::name).collect(Collectors.toUnmodifiableSet());

    private final View view;
    private final Html html = new Html();

    Sheet(View view) {
        this.view = view;
    }

    /**
     * A column of a table.
     *
     * @param <T> what a row of it is made of
     * @param key of its heading's text
     * @param kind a class for the style; null for none
     */
    record Column<T>(String key, @Nullable String kind, Consumer<T> cell) {
        static <T> Column<T> of(String key, Consumer<T> cell) {
            return new Column<>(key, null, cell);
        }

        static <T> Column<T> number(String key, Consumer<T> cell) {
            return new Column<>(key, "number", cell);
        }
    }

    View view() {
        return view;
    }

    Html html() {
        return html;
    }

    String text(String key, Object... values) {
        return view.text(key, values);
    }

    /** The page's heading. */
    void title(String title) {
        html.element("h1", title);
    }

    void section(String key, Runnable content) {
        html.begin("section", "class", "panel").element("h2", text(key));
        content.run();
        html.end();
    }

    /** Something that a screen reader says at once. */
    void message(String kind, String text) {
        html.element("p", text, "class", "message " + kind, "role", kind.equals("bad") ? "alert" : "status");
    }

    /** An outcome in its colour and its word. */
    void outcome(@Nullable String word) {
        chip(word, word == null || !OUTCOMES.contains(word) ? "other" : word, "outcome.");
    }

    /** A word of some table's, coloured by what it means. */
    void chip(@Nullable String word, String colour, String prefix) {
        if (word == null) {
            none();
            return;
        }
        String said = view.texts().word(prefix, word);
        html.begin("span", "class", "chip c-" + colour).element("span", "", "class", "dot", "aria-hidden", "true");
        html.element("span", said);
        if (!said.equals(word)) {
            html.text(" ").element("code", word);
        }
        html.end();
    }

    void none() {
        html.element("span", "–", "class", "none");
    }

    /** An amount in yuan, with the fen in its title. */
    void amount(@Nullable Long fen, @Nullable String currency) {
        if (fen == null) {
            none();
            return;
        }
        html.element(
                "data",
                Formats.amount(fen, currency),
                "class",
                "amount",
                "value",
                fen.toString(),
                "title",
                text("amount.fen", fen));
    }

    void time(@Nullable Instant time) {
        if (time == null) {
            none();
        } else {
            html.element("time", Formats.time(time), "datetime", time.toString());
        }
    }

    /** A text from outside, which may be long. */
    void foreign(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            none();
        } else {
            html.foreign(text);
        }
    }

    void count(@Nullable Long number) {
        if (number == null) {
            none();
        } else {
            html.text(Formats.count(number));
        }
    }

    /** A link to an order's page, where both of its numbers are known. */
    void order(@Nullable String mchId, @Nullable String outTradeNo) {
        if (mchId == null || outTradeNo == null || outTradeNo.isEmpty()) {
            foreign(outTradeNo);
            return;
        }
        html.begin("a", "class", "id", "href", view.url("/order", "mch_id", mchId, "out_trade_no", outTradeNo))
                .foreign(outTradeNo)
                .end();
    }

    /** A link to what the bill of a day differs in, from a row that has its mch_id and bill_date. */
    void bill(TableRow row) {
        html.element(
                "a",
                row.text("bill_date"),
                "href",
                view.url("/bills", "mch_id", row.text("mch_id"), "bill_date", row.text("bill_date")));
    }

    void row(long id) {
        html.element("a", "#" + id, "class", "id", "href", view.url("/row/" + id));
    }

    /**
     * A table that becomes cards where there is no room for it.
     *
     * @param key of its caption's text; null where a heading says it
     * @param empty of the text in its place where there is no row
     */
    <T> void table(@Nullable String key, List<Column<T>> columns, Collection<T> rows, String empty) {
        if (rows.isEmpty()) {
            html.element("p", text(empty), "class", "empty");
            return;
        }
        html.begin("div", "class", "scroll").begin("table");
        if (key != null) {
            html.element("caption", text(key));
        }
        html.begin("thead").begin("tr");
        for (Column<T> column : columns) {
            html.element("th", text(column.key()), "scope", "col", "class", column.kind());
        }
        html.end().end().begin("tbody");
        for (T row : rows) {
            html.begin("tr");
            for (Column<T> column : columns) {
                html.begin("td", "data-label", text(column.key()), "class", column.kind());
                column.cell().accept(row);
                html.end();
            }
            html.end();
        }
        html.end().end().end();
    }

    /** The columns of a list of the log's rows. */
    List<Column<TableRow>> logColumns() {
        return List.of(
                Column.number("column.id", row -> row(row.count("id"))),
                Column.of("column.received_at", row -> time(row.time("received_at"))),
                Column.of("column.outcome", row -> outcome(row.text("outcome"))),
                Column.of("column.event", row -> what(row.text("event"), row.text("source"))),
                Column.of("column.account", row -> foreign(row.text("account"))),
                Column.of("column.out_trade_no", row -> order(row.text("mch_id"), row.text("out_trade_no"))),
                Column.number("column.total_fee", row -> amount(row.number("total_fee"), row.text("currency"))),
                new Column<>("column.detail", "long", row -> foreign(row.text("detail"))));
    }

    /** Payment or refund, and how we know. */
    void what(@Nullable String event, @Nullable String source) {
        html.text(view.texts().word("event.", event == null ? "NONE" : event));
        if (source != null && !source.equals("CALLBACK")) {
            html.text(" · " + view.texts().word("source.", source));
        }
    }

    /** Links to the pages of a list. */
    void pages(@Nullable String first, @Nullable String next, String nextKey) {
        if (first == null && next == null) {
            return;
        }
        html.begin("nav", "class", "pages", "aria-label", text("pages.label"));
        if (first != null) {
            html.element("a", text("pages.first"), "href", first, "rel", "first");
        }
        if (next != null) {
            html.element("a", text(nextKey), "href", next, "rel", "next");
        }
        html.end();
    }

    /** A list of names and values. */
    void facts(Runnable content) {
        html.begin("dl", "class", "facts");
        content.run();
        html.end();
    }

    void fact(String name, Runnable value) {
        html.begin("div").element("dt", name).begin("dd");
        value.run();
        html.end().end();
    }

    /** The same of a column of a table, which is named in words and as SQL knows it. */
    void column(String name, Runnable value) {
        String said = view.texts().word("column.", name);
        html.begin("div").begin("dt");
        if (!said.equals(name)) {
            html.text(said + " ");
        }
        html.element("code", name).end().begin("dd");
        value.run();
        html.end().end();
    }
}
