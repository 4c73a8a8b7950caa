package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Next;
import paynotify.store.Enrolment.Kind;
import paynotify.store.Inquiries.Due;

/**
 * Years of orders, two of five of them abandoned, and what it costs to look for those that are due: with
 * {@code -Dscale.orders=5000000} the measurement, without it that no table is read from one end to the other.
 */
class EnrolmentScaleTest {
    private static final List<Duration> AGES =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofHours(48));
    private static final int ORDERS = Integer.getInteger("scale.orders", 200_000);
    private static final int ROUNDS = 50;

    private final Database shop = Postgres.shared().newDatabase();

    private interface Step {
        void run() throws Exception;
    }

    /** How often the tables that grow have been read from one end to the other. */
    private long scans() {
        shop.execute("select pg_stat_force_next_flush()");
        return ((Number) shop.value("select sum(seq_scan) from pg_stat_user_tables"
                        + " where relname in ('payment_order', 'payment_inquiry')"))
                .longValue();
    }

    private static void measure(String what, Step step) throws Exception {
        long worst = 0;
        long all = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            step.run();
            long took = System.nanoTime() - start;
            worst = Math.max(worst, took);
            all += took;
        }
        System.out.printf("%s on %d orders: %.1f ms, worst %.1f ms%n", what, ORDERS, all / 1e6 / ROUNDS, worst / 1e6);
    }

    @Test
    void looking_onYearsOfOrders_costsMilliseconds() throws Exception {
        long before;
        try (Store store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()))) {
            // A million a day, back from a second ago.
            shop.execute(
                    "insert into payment_order (mch_id, out_trade_no, total_fee, created_at, status, transaction_id)"
                            + " select 'm', 'o' || n, 101, now() - n * interval '86.4 milliseconds',"
                            + " case when n % 5 < 2 then 'PENDING' else 'PAID' end, case when n % 5 < 2 then null else 't' || n end"
                            + " from generate_series(1, " + ORDERS + ") n");
            shop.execute("analyze payment_order");
            // What came meanwhile.
            shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee, created_at, status)"
                    + " select 'm', 'new' || n, 101, now() - interval '58 seconds' - n * interval '86.4 milliseconds',"
                    + " case when n % 5 < 2 then 'PENDING' else 'PAID' end from generate_series(1, 1500) n");
            shop.execute("analyze payment_order");
            before = scans();
            Enrolment enrolment = store.enrolment();
            Inquiries inquiries = store.inquiries();
            // All that have come of age were enrolled and asked about long ago.
            shop.execute(
                    "insert into payment_inquiry (mch_id, out_trade_no, next_at, planned_at, asked_at, tries, asked_by)"
                            + " select mch_id, out_trade_no, due, due, created_at, 1, 'm' from (select *, case when created_at >"
                            + " now() - interval '47 hours' then created_at + interval '48 hours' end as due from payment_order"
                            + " where status = 'PENDING' and created_at < now() - interval '65 seconds') o");
            shop.execute("analyze payment_inquiry");
            List<String> askers = List.of("m");
            Duration first = AGES.get(0);
            int[] enrolled = {0};
            measure(
                    "just of age",
                    () -> enrolled[0] += enrolment.enrol(Kind.PAYMENT, askers, AGES, first.plusMinutes(1), first));
            assertTrue(enrolled[0] > 20, "enrolled: " + enrolled[0]);
            measure(
                    "a quarter of an hour",
                    () -> enrolment.enrol(Kind.PAYMENT, askers, AGES, first.plusMinutes(16), first));
            measure(
                    "a quarter of an hour of yesterday",
                    () -> enrolment.enrol(
                            Kind.PAYMENT, askers, AGES, Duration.ofMinutes(1455), Duration.ofMinutes(1440)));
            measure("what is requested", () -> inquiries.adopt(askers));
            measure("claim and answer of one", () -> {
                for (Due due : inquiries.claim("m", 1)) {
                    inquiries.answered(due, new Answer(Next.AT_NEXT_AGE, "NOTPAY", "", null), AGES);
                }
            });
            measure("what is old", inquiries::forget);
        }
        // Its connections have told their numbers now that they are closed.
        long more = scans() - before;
        assertTrue(more < ROUNDS, "each step ran " + ROUNDS + " times, and whole tables were read: " + more);
        assertTrue(shop.count("payment_inquiry where tries = 1 and asked_at > now() - interval '5 minutes'") > 0);
        assertEquals(0, shop.count("payment_inquiry where leased_until is not null"));
    }
}
