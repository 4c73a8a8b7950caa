package paynotify.admin;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import paynotify.message.WholeNumber;
import paynotify.store.ListQueries;
import paynotify.store.OverviewQueries;
import paynotify.store.SearchQueries;
import paynotify.store.StoryQueries;
import paynotify.store.TooSlow;
import paynotify.store.Unavailable;

/** Which page a path is, and what it needs from the tables. Thread-safe. */
final class Pages {
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_THERE = 503;
    private static final int BILLS_SHOWN = 7;
    private static final String ROW = "/row/";

    private final Desk desk;
    private final SearchQueries search;
    private final StoryQueries stories;
    private final ListQueries lists;
    private final Map<Span, Cached<OverviewQueries.Flow>> flows = new EnumMap<>(Span.class);
    private final Cached<OverviewQueries.State> state;
    private final Cached<ListQueries.Page> newestCases;

    /** A page with its HTTP status. */
    record Answer(int status, String html) {
        static Answer ok(String html) {
            return new Answer(OK, html);
        }
    }

    Pages(Desk desk) {
        this.desk = desk;
        this.search = desk.store().search();
        this.stories = desk.store().stories();
        this.lists = desk.store().lists();
        OverviewQueries overview = desk.store().overview();
        Spending spending = new Spending(System::nanoTime);
        for (Span span : Span.values()) {
            flows.put(
                    span,
                    new Cached<>(() -> overview.flow(span.first(desk.clock().instant())), spending));
        }
        this.state = new Cached<>(() -> overview.state(BILLS_SHOWN), spending);
        this.newestCases = new Cached<>(() -> lists.cases(null), spending);
    }

    /** After an operator has done something, which the next page must show. */
    void changed() {
        state.forget();
        newestCases.forget();
    }

    /** Returns null if there is no such page. */
    @Nullable
    Answer page(View view, String path, Parameters parameters) throws Unavailable {
        Sheet sheet = new Sheet(view);
        return switch (path) {
            case "/" -> overview(sheet, parameters);
            case "/attention" -> attention(sheet, parameters);
            case "/search" -> search(sheet, parameters);
            case "/order" -> order(sheet, parameters);
            case "/bills" -> bills(sheet, parameters);
            case "/waiting" -> waiting(sheet, parameters);
            default -> path.startsWith(ROW) ? row(sheet, path.substring(ROW.length()), parameters) : null;
        };
    }

    /** It is shown without a database, too: it says so. */
    private Answer overview(Sheet sheet, Parameters parameters) {
        Span span = Span.of(parameters.text("span"));
        OverviewPage page = new OverviewPage(sheet, desk, span);
        try {
            // Each takes its own connection, if both must be counted.
            FutureTask<OverviewQueries.State> beside = new FutureTask<>(state::get);
            Cached<OverviewQueries.Flow> flow = Objects.requireNonNull(flows.get(span));
            if (state.isDue() && flow.isDue()) {
                Thread second = new Thread(beside, "notify-admin-overview");
                second.setDaemon(true);
                second.start();
            } else {
                beside.run();
            }
            return Answer.ok(page.page(flow.get(), result(beside), null));
        } catch (TooSlow e) {
            return new Answer(NOT_THERE, page.page(null, null, sheet.text("problem.slow")));
        } catch (Unavailable e) {
            return new Answer(NOT_THERE, page.page(null, null, sheet.text("problem.database")));
        }
    }

    /** What has been counted beside. */
    static <T> T result(FutureTask<T> task) throws Unavailable {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Unavailable unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Answer attention(Sheet sheet, Parameters parameters) throws Unavailable {
        Long before = parameters.number("before");
        ListQueries.Page cases = before == null ? newestCases.get() : lists.cases(before);
        return Answer.ok(new AttentionPage(sheet).page(cases, before == null, did(sheet, parameters)));
    }

    private Answer search(Sheet sheet, Parameters parameters) throws Unavailable {
        Instant from = null;
        Instant to = null;
        String problem = null;
        try {
            from = Formats.parseField(parameters.text("from"));
            to = Formats.parseField(parameters.text("to"));
        } catch (DateTimeException e) {
            problem = sheet.text("search.badtime");
        }
        SearchQueries.Wanted wanted = new SearchQueries.Wanted(
                parameters.text("q"),
                parameters.text("mch_id"),
                parameters.text("account"),
                parameters.text("outcome"),
                from,
                to,
                parameters.number("before"));
        SearchPage page = new SearchPage(sheet, desk, wanted);
        if (problem != null) {
            return new Answer(BAD_REQUEST, page.page(null, problem));
        }
        return Answer.ok(
                page.page(search.find(wanted, desk.mchIds(), sheet.view().now()), null));
    }

    private Answer order(Sheet sheet, Parameters parameters) throws Unavailable {
        String mchId = parameters.exact("mch_id");
        String outTradeNo = parameters.exact("out_trade_no");
        return Answer.ok(
                new OrderPage(sheet, mchId, outTradeNo).page(stories.story(mchId, outTradeNo), did(sheet, parameters)));
    }

    private @Nullable Answer row(Sheet sheet, String id, Parameters parameters) throws Unavailable {
        Long number = WholeNumber.parseOrNull(id);
        StoryQueries.LogRow row = number == null ? null : stories.row(number);
        return row == null ? null : Answer.ok(new RowPage(sheet).page(row, did(sheet, parameters)));
    }

    private Answer bills(Sheet sheet, Parameters parameters) throws Unavailable {
        ListQueries.BillKey bill = billKey(parameters, "bill_date", "mch_id");
        ListQueries.BillKey beforeBill = billKey(parameters, "before_date", "before_mch");
        Long before = parameters.number("before");
        return Answer.ok(new BillsPage(sheet)
                .page(
                        lists.bills(beforeBill),
                        lists.differences(bill, before),
                        bill,
                        before == null && beforeBill == null));
    }

    private static ListQueries.@Nullable BillKey billKey(Parameters parameters, String date, String mchId) {
        try {
            return parameters.text(date).isEmpty()
                    ? null
                    : new ListQueries.BillKey(LocalDate.parse(parameters.text(date)), parameters.exact(mchId));
        } catch (DateTimeException e) {
            throw new Parameters.BadRequest();
        }
    }

    private Answer waiting(Sheet sheet, Parameters parameters) throws Unavailable {
        Long afterEvent = parameters.number("after_event");
        ListQueries.InquiryKey after = null;
        try {
            if (!parameters.text("after").isEmpty()) {
                after = new ListQueries.InquiryKey(
                        Instant.parse(parameters.text("after")).toString(),
                        parameters.exact("mch_id"),
                        parameters.exact("out_trade_no"),
                        parameters.exact("out_refund_no"));
            }
        } catch (DateTimeException e) {
            throw new Parameters.BadRequest();
        }
        return Answer.ok(new WaitingPage(sheet)
                .page(
                        lists.inquiries(after),
                        lists.events(afterEvent),
                        lists.eventsGivenUp(),
                        after == null && afterEvent == null,
                        did(sheet, parameters)));
    }

    /** What an operator has just done, as our own redirect says; a word that we don't know says nothing. */
    private static @Nullable String did(Sheet sheet, Parameters parameters) {
        String did = parameters.text("did");
        String said = sheet.view().texts().word("did.", did);
        return did.isEmpty() || said.equals(did) ? null : said;
    }
}
