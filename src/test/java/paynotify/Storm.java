package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import paynotify.kit.Answer;
import paynotify.kit.Database;
import paynotify.kit.Repeater;
import paynotify.kit.Repeater.Letter;
import paynotify.kit.Repeater.Try;
import paynotify.kit.Request;
import paynotify.kit.Shop;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;

/**
 * Payments in all forms of message, sent until they hear success, while something is broken again and again; and the
 * judgement when it is over: what was called a success is one, nothing is doubled, nothing is lost.
 *
 * <p>How many orders, and how often something is broken, say the system properties faults.orders and faults.rounds.
 */
final class Storm {
    static final int ORDERS = Integer.getInteger("faults.orders");
    static final int ROUNDS = Integer.getInteger("faults.rounds");
    /** Under -Pfaults. */
    static final boolean LONG = ROUNDS > 1;

    private static final int CONNECTIONS = 16;
    /** Every so many orders, one is told of by two of the sender's machines at once. */
    private static final int TWINS = 8;

    private static final long FEN = 101;
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);
    /** After the fault is over. */
    private static final Duration SERVES_WITHIN = Duration.ofSeconds(10);

    private static final Duration CALM = Duration.ofSeconds(90);
    private static final AtomicInteger STORMS = new AtomicInteger();
    private static final String V3_KEY = Shop.key("wechat_platform_private.pem");

    private final String name;
    private final Database database;
    private final List<Shop> shops;
    private final String prefix = "S" + STORMS.incrementAndGet() + Long.toString(System.nanoTime(), 36) + "-";
    private final Map<String, Form> forms = new LinkedHashMap<>();
    private final Set<Integer> statuses = new TreeSet<>(Set.of(200, 503));
    private final List<Mark> marks = new ArrayList<>();
    private Database judged;
    private boolean cutsOff;
    private Repeater repeater;

    private Storm(String name, Database database, List<Shop> shops) {
        this.name = name;
        this.database = database;
        this.judged = database;
        this.shops = shops;
    }

    /** Over these shops, which share a database; a callback that failed at one of them goes to the next. */
    static Storm over(String name, Database database, Shop... shops) {
        return new Storm(name, database, List.of(shops));
    }

    /** Where the tables are when it is over. */
    Storm judgedAt(Database other) {
        judged = other;
        return this;
    }

    /** This answer may come, too, besides success and 503. */
    Storm mayAnswer(int status) {
        statuses.add(status);
        return this;
    }

    /** Tomcat itself dies: callers may find the connection refused or reset. */
    Storm mayCutOff() {
        cutsOff = true;
        return this;
    }

    /** Breaks something, and mends it. */
    @FunctionalInterface
    interface Fault {
        void strike(int round) throws Exception;
    }

    /** Something is mended now: from here on service must return by itself, and the report tells how soon. */
    void mark(String what) {
        marks.add(new Mark(what, System.nanoTime()));
    }

    private record Mark(String what, long nanos) {}

    /** As each sender writes a payment: to which account, and what its success is. */
    private record Form(
            String account,
            String mchId,
            Function<String, String> transactionId,
            boolean signedAnew,
            Function<String, Function<URI, Request>> payment,
            Words words) {}

    private static List<Form> allForms() {
        Form v2 = new Form(
                "wechat",
                Shop.MCH_ID,
                WechatV2Callback::transactionId,
                false,
                no -> uri -> Request.of(
                        "POST",
                        uri,
                        null,
                        WechatV2Callback.payment(Shop.MCH_ID, no, FEN).xml(Shop.KEY)),
                Words.XML);
        // Signed at the time of each attempt, as WeChat does it.
        Form v3 = new Form(
                "both", Shop.MCH_ID, WechatV2Callback::transactionId, true, no -> uri -> v3(uri, no), Words.JSON);
        Form combined = new Form(
                "both", Shop.MCH_ID, WechatV2Callback::transactionId, true, no -> uri -> combined(uri, no), Words.JSON);
        Stream<Form> others = SenderCases.all().stream()
                .map(way -> new Form(
                        way.account(),
                        way.mchId(),
                        way::transactionId,
                        false,
                        no -> way.payment(no, FEN)::request,
                        way.words()));
        // Half of them WeChat's own.
        Stream<Form> wechat = Stream.of(v2, v3).flatMap(form -> Stream.generate(() -> form)
                .limit(SenderCases.all().size() / 2));
        return Stream.of(others, wechat, Stream.of(combined))
                .flatMap(Function.identity())
                .toList();
    }

    private static Request v3(URI uri, String no) {
        return v3Payment(uri, WechatV3Callback.transaction(Shop.MCH_ID, no, FEN));
    }

    /** One that was paid, beside one that was not. */
    private static Request combined(URI uri, String no) {
        String notPaid = WechatV3Callback.subOrder(Shop.MCH_ID, no + "-2", FEN).replace("\"SUCCESS\"", "\"NOTPAY\"");
        return v3Payment(
                uri,
                WechatV3Callback.combined(
                        Shop.MCH_ID, "C-" + no, WechatV3Callback.subOrder(Shop.MCH_ID, no, FEN), notPaid));
    }

    private static Request v3Payment(URI uri, String resource) {
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification("TRANSACTION.SUCCESS", resource, Shop.V3_KEY),
                Instant.now().getEpochSecond(),
                Shop.PLATFORM_SERIAL,
                V3_KEY);
        List<String> headers = new ArrayList<>();
        callback.headers().forEach((name, value) -> headers.addAll(List.of(name, value)));
        return new Request("POST", uri, null, headers, callback.body());
    }

    /** Sends it all, strikes in between, waits until every callback has heard success, and judges. */
    void run(Fault fault) throws Exception {
        run(ROUNDS, fault);
    }

    void run(int rounds, Fault fault) throws Exception {
        List<Letter> letters = letters(ORDERS);
        insertOrders();
        try (Repeater started = Repeater.start(letters, CONNECTIONS)) {
            repeater = started;
            for (int round = 0; round < rounds; round++) {
                started.awaitDone((int) ((long) letters.size() * (round + 1) / (rounds + 1)), CALM);
                fault.strike(round);
            }
            started.awaitDone(letters.size(), CALM);
        }
        report();
        judgeAnswers();
        judgeTables();
    }

    /** How many callbacks have heard success so far. */
    int done() {
        return repeater.done();
    }

    private List<Letter> letters(int orders) {
        List<Form> all = allForms();
        List<Letter> letters = new ArrayList<>();
        for (int i = 0; i < orders; i++) {
            Form form = all.get(i % all.size());
            String no = prefix + i;
            forms.put(no, form);
            for (int twin = 0; twin < (i % TWINS == 0 ? 2 : 1); twin++) {
                letters.add(letter(form, no, i + twin));
            }
        }
        return letters;
    }

    private Letter letter(Form form, String no, int first) {
        Supplier<Function<URI, Request>> payment = () -> form.payment().apply(no);
        Function<URI, Request> always = form.signedAnew() ? null : payment.get();
        return new Letter(
                no,
                attempt -> {
                    URI uri = shops.get((first + attempt) % shops.size()).pay(form.account());
                    return (always == null ? payment.get() : always).apply(uri).send();
                },
                answer -> isSuccess(answer, form.words()));
    }

    private static boolean isSuccess(Answer answer, Words words) {
        return answer.status() == 200 && answer.text().equals(words.success());
    }

    private void insertOrders() {
        StringBuilder rows = new StringBuilder();
        forms.forEach((no, form) ->
                rows.append(rows.isEmpty() ? "" : ", ").append("('" + form.mchId() + "', '" + no + "', " + FEN + ")"));
        database.execute("insert into payment_order (mch_id, out_trade_no, total_fee) values " + rows);
    }

    /** Each came within 5 s, and was one of those that may be. */
    private void judgeAnswers() {
        for (Try one : repeater.tries()) {
            assertTrue(one.took().compareTo(ANSWERED_WITHIN) < 0, () -> name + ": not answered within 5 s: " + one);
            boolean cutOff = one.status() == 0 && cutsOff;
            assertTrue(cutOff || statuses.contains(one.status()), () -> name + ": an unexpected answer: " + one);
            assertTrue(one.success() || one.status() != 200, () -> name + ": 200 in other words: " + one);
        }
        for (Mark mark : marks) {
            Long success = repeater.firstSuccessAfter(mark.nanos);
            assertTrue(
                    success == null || success - mark.nanos < SERVES_WITHIN.toNanos(),
                    () -> name + ": no service within 10 s after: " + mark.what);
        }
    }

    /** Every callback has heard success by now: each order is PAID, by its own transaction, with one row that says so. */
    private void judgeTables() {
        Map<String, Integer> successes = new TreeMap<>();
        Map<String, Integer> others = new TreeMap<>();
        repeater.tries().forEach(one -> (one.success() ? successes : others).merge(one.no(), 1, Integer::sum));
        List<Map<String, Object>> rows = judged.rows(
                "select o.out_trade_no, o.mch_id, o.status, o.transaction_id,"
                        + " count(l.id) filter (where l.outcome = 'APPLIED' and l.event = 'PAYMENT') as applied,"
                        + " count(l.id) filter (where l.outcome in ('APPLIED', 'DUPLICATE')) as booked,"
                        + " min(l.took_us) as took_us_min, max(l.took_us) as took_us_max"
                        + " from payment_order o left join payment_log l using (mch_id, out_trade_no)"
                        + " where o.out_trade_no like ? group by o.mch_id, o.out_trade_no",
                prefix + "%");
        assertEquals(forms.size(), rows.size());
        for (Map<String, Object> row : rows) {
            String no = (String) row.get("out_trade_no");
            assertEquals("PAID", row.get("status"), () -> name + ": success without payment: " + row);
            assertEquals(forms.get(no).transactionId().apply(no), row.get("transaction_id"), row::toString);
            assertEquals(1L, row.get("applied"), () -> name + ": applied not once: " + row);
            // A row for each success, and more only where the caller could not know that it was one.
            long booked = (Long) row.get("booked");
            int heard = successes.get(no);
            assertTrue(
                    booked >= heard && booked <= heard + others.getOrDefault(no, 0),
                    () -> name + ": " + heard + " successes were told: " + row);
            assertTrue((Integer) row.get("took_us_min") >= 0, row::toString);
            // A caller who had to leave may be settled with those of his group who came later, in their time.
            assertTrue((Integer) row.get("took_us_max") <= 2 * ANSWERED_WITHIN.toNanos() / 1_000, row::toString);
        }
    }

    private void report() {
        List<Try> tries = repeater.tries();
        Map<Integer, Long> answers =
                tries.stream().collect(Collectors.groupingBy(Try::status, TreeMap::new, Collectors.counting()));
        double slowest =
                tries.stream().mapToLong(one -> one.took().toMillis()).max().orElse(0) / 1e3;
        List<Long> at = tries.stream().filter(Try::success).map(Try::atNanos).toList();
        long silence = 0;
        for (int i = 1; i < at.size(); i++) {
            silence = Math.max(silence, at.get(i) - at.get(i - 1));
        }
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "storm: %s: %d orders, %d attempts, by status (0: no answer) %s, slowest %.1f s, longest without success %.1f s",
                name, forms.size(), tries.size(), answers, slowest, silence / 1e9));
        for (Mark mark : marks) {
            Long success = repeater.firstSuccessAfter(mark.nanos);
            text.append(String.format(
                    "%n  success %.1f s after: %s", success == null ? 0 : (success - mark.nanos) / 1e9, mark.what));
        }
        System.out.println(text);
    }
}
