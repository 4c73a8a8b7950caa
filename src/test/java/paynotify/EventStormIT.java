package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Database;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Receiver;
import paynotify.kit.Receiver.Heard;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;

/**
 * Payments of all forms through two Tomcats, which are killed, on a PostgreSQL that is killed, and a shop's software that
 * answers 500, cuts, says nothing, or dies after it has heard: each payment that was applied is heard of, and no other.
 */
@ExtendWith(NoSecretInLogs.class)
class EventStormIT {
    private static final Duration ALL_HEARD = Duration.ofSeconds(60);
    private static final String SECRET = Receiver.newSecret(32);

    @Test
    void everyAppliedPayment_isHeardAndNothingElse() throws Exception {
        Random random = new Random(4200);
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Postgres postgres = Postgres.start();
                Receiver receiver = Receiver.start(SECRET)
                        .behave(each -> broken.get() ? manner(random.nextInt(20)) : Receiver.status(204))) {
            Database database = postgres.newDatabase();
            String webhook = "webhook.url = " + receiver.url("/") + "\nwebhook.secret = " + SECRET
                    + "\nwebhook.retry = " + "1s,".repeat(60) + "1s\nevent.channel = storm\n";
            try (Tomcat one = Shop.tomcat(TomcatVersion.TOMCAT_11, database, webhook)
                            .start();
                    Tomcat two = Shop.tomcat(TomcatVersion.TOMCAT_10, database, webhook)
                            .start()) {
                Shop first = Shop.of(one, "notify", database);
                Shop second = Shop.of(two, "notify", database);
                first.awaitUp();
                second.awaitUp();
                Storm storm = Storm.over("events", database, first, second).mayCutOff();
                storm.run(3 * Storm.ROUNDS, round -> {
                    if (round % 3 == 1) {
                        postgres.kill();
                        postgres.startAgain();
                        storm.mark("PostgreSQL started again");
                    } else {
                        Tomcat killed = round % 3 == 0 ? one : two;
                        killed.kill();
                        killed.startAgain();
                        storm.mark("Tomcat started again");
                    }
                });
                broken.set(false);
                // As if a minute had gone by: what the killed ones had taken up.
                database.execute("update payment_event set leased_until = now() where leased_until is not null");
                Wait.until(
                        ALL_HEARD,
                        () -> database.count("payment_event where delivered_at is null") == 0,
                        () -> database.rows("select * from payment_event where delivered_at is null") + one.log());
            }
            judge(database, receiver);
        }
    }

    private static Receiver.Manner manner(int dice) {
        return switch (dice) {
            case 0 -> Receiver.HANG;
            case 1, 2, 3, 4 -> Receiver.status(500);
            case 5, 6 -> Receiver.CUT;
            case 7 -> Receiver.status(503, "Retry-After", "1");
            default -> Receiver.status(204);
        };
    }

    private static void judge(Database database, Receiver receiver) {
        assertEquals(
                0,
                database.count("payment_log l where l.outcome = 'APPLIED' and l.event = 'PAYMENT' and 1 <>"
                        + " (select count(*) from payment_event e where e.type = 'payment.paid' and e.mch_id = l.mch_id"
                        + " and e.out_trade_no = l.out_trade_no and e.account = l.account)"),
                "applied and not told, or told twice");
        assertEquals(
                0,
                database.count(
                        "payment_event e where e.type = 'payment.paid' and not exists (select from payment_order o"
                                + " where o.mch_id = e.mch_id and o.out_trade_no = e.out_trade_no and o.status = 'PAID'"
                                + " and o.transaction_id is not distinct from e.transaction_id)"),
                "told and not paid");
        Set<String> written = database.rows("select 'evt_' || id as id from payment_event").stream()
                .map(row -> (String) row.get("id"))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> heard = receiver.heard().stream().map(Heard::id).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(written, heard, "events written, and heard");
        assertTrue(receiver.heard().stream().allMatch(Heard::genuine));
        System.out.printf(
                "event storm: %d events, heard %d times, by tries %s%n",
                written.size(),
                receiver.heard().size(),
                database.rows("select tries, count(*) from payment_event group by 1 order by 1"));
    }
}
