package paynotify.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.background.Daily;
import paynotify.background.HttpClient.Received;
import paynotify.config.Config;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Receiver;
import paynotify.kit.Wait;
import paynotify.store.DatabaseSettings;
import paynotify.store.EventQueue;
import paynotify.store.Store;
import paynotify.store.Unavailable;
import paynotify.store.UnverifiedLimit;

/** Accounts a and b, each with three places, and a shop that answers when the test says so. */
class DelivererTest {
    private static final int PLACES = 3;

    private final Database shop = Postgres.shared().newDatabase();
    private final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    private final Map<String, Semaphore> answers = Map.of("a", new Semaphore(0), "b", new Semaphore(0));
    private final CountDownLatch brokenOff = new CountDownLatch(1);
    private Store store;
    private Deliverer deliverer;
    private RuntimeException broken;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
        Path file = Files.writeString(
                folder.resolve("notify.properties"),
                "webhook.url = https://shop/hook\nwebhook.secret = " + Receiver.newSecret(24));
        Config config = ConfigFile.read(file, new Environment(property -> null, variable -> null));
        List<Delivery> deliveries = new ArrayList<>();
        EventSettings.read(config, Set.of("a", "b"))
                .webhooks()
                .forEach((account, webhook) -> deliveries.add(new Delivery(
                        account,
                        webhook,
                        List.of(Duration.ofHours(1)),
                        (url, headers, body) -> post(account, headers.get("webhook-id")),
                        Clock.systemUTC(),
                        () -> 0.5,
                        PLACES)));
        deliverer = new Deliverer(deliveries, store.events(), 2 * PLACES, brokenOff::countDown);
    }

    private static Deliverer over(EventQueue queue) {
        return new Deliverer(List.of(), queue, 1, () -> {});
    }

    @Test
    void tick_tablesNotReady_doesNothing() throws Exception {
        EventQueue away = mock(EventQueue.class);
        over(away).tick();
        verify(away, never()).exchange(any(), any());
    }

    @Test
    void tick_interrupted_saysSo() throws Exception {
        EventQueue queue = mock(EventQueue.class);
        when(queue.isReady()).thenReturn(true);
        Thread.currentThread().interrupt();
        over(queue).tick();
        assertTrue(Thread.interrupted());
    }

    @Test
    void close_interrupted_saysSo() {
        Deliverer waiting = over(mock(EventQueue.class));
        Thread.currentThread().interrupt();
        waiting.close();
        Thread.interrupted();
    }

    /** What was heard and can't be noted is sent again after its lease. */
    @Test
    void close_databaseAway_leavesTheLeases() throws Exception {
        shop.execute("insert into payment_event (type, account, outcome, occurred_at, next_at)"
                + " values ('payment.paid', 'a', 'APPLIED', now(), now())");
        deliverer.tick();
        answers.get("a").release();
        Wait.until(Duration.ofSeconds(10), () -> heard.size() == 1, () -> "not heard");
        shop.execute("alter table payment_event rename to away");
        deliverer.close();
        assertEquals(1, shop.count("away where leased_until is not null and delivered_at is null"));
    }

    @AfterEach
    void close() {
        brokenOff.countDown();
        deliverer.close();
        store.close();
    }

    private Received post(String account, String id) throws IOException {
        heard.add(account);
        if (broken != null) {
            throw broken;
        }
        try {
            while (!answers.get(account).tryAcquire(10, TimeUnit.MILLISECONDS)) {
                if (brokenOff.getCount() == 0) {
                    throw new IOException("broken off");
                }
            }
        } catch (InterruptedException e) {
            throw new IOException(id, e);
        }
        return new Received(200, Map.of(), new byte[0], false);
    }

    private void add(String account, int number) {
        shop.execute("insert into payment_event (type, account, outcome, occurred_at, next_at)"
                + " select 'payment.paid', '" + account + "', 'APPLIED', now(), now() from generate_series(1, " + number
                + ")");
    }

    private long heard(String account) {
        return heard.stream().filter(account::equals).count();
    }

    /** Until nothing more happens. */
    private void ticks(int times) throws Unavailable {
        for (int i = 0; i < times; i++) {
            deliverer.tick();
        }
    }

    @Test
    void tick_accountThatHangs_hasItsPlacesAndNoMore() throws Exception {
        add("a", 10);
        add("b", 10);
        answers.get("b").release(10);
        ticks(8);
        assertEquals(PLACES, heard("a"));
        assertEquals(10, heard("b"));
        assertEquals(10, shop.count("payment_event where account = 'b' and delivered_at is not null"));
        assertEquals(0, shop.count("payment_event where account = 'a' and delivered_at is not null"));
        assertEquals(PLACES, shop.count("payment_event where account = 'a' and leased_until is not null"));
        answers.get("a").release(10);
        ticks(8);
        assertEquals(20, shop.count("payment_event where delivered_at is not null and tries = 1"));
    }

    @Test
    void tick_somethingOfOurOwnBreaks_isTriedAgain() throws Exception {
        broken = new IllegalArgumentException("nobody thought of it");
        add("a", 1);
        ticks(2);
        assertEquals(
                1,
                shop.count("payment_event where tries = 1 and next_at > now() + interval '30 minutes' and last_error ="
                        + " 'expected that it can be sent, found java.lang.IllegalArgumentException'"));
    }

    /** What was heard is noted as soon as the database is back. */
    @Test
    void tick_databaseThatRefuses_notesItLater() throws Exception {
        add("a", 1);
        ticks(1);
        shop.execute(
                "create function no() returns trigger language plpgsql as" + " $$ begin raise exception 'no'; end $$");
        shop.execute("create trigger no before update on payment_event for each row execute function no()");
        answers.get("a").release(1);
        int refused = 0;
        for (int i = 0; i < 3; i++) {
            try {
                deliverer.tick();
            } catch (Unavailable e) {
                refused++;
            }
        }
        assertTrue(refused >= 2, "refused: " + refused);
        shop.execute("drop trigger no on payment_event");
        ticks(1);
        assertEquals(1, shop.count("payment_event where delivered_at is not null"));
        assertEquals(1, heard("a"));
    }

    @Test
    void close_givesBackWhatIsUnderWay() throws Exception {
        add("a", 2);
        add("b", 1);
        answers.get("b").release(1);
        ticks(1);
        long start = System.nanoTime();
        deliverer.close();
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
        assertEquals(1, shop.count("payment_event where delivered_at is not null"));
        assertEquals(2, shop.count("payment_event where tries = 0 and next_at <= now() and leased_until is null"));
        // A tick that comes late takes nothing up.
        ticks(1);
        assertEquals(0, shop.count("payment_event where leased_until is not null"));
    }

    @Test
    void forget_deletesWhatIsOldInPieces() throws Exception {
        shop.execute("insert into payment_event (type, account, outcome, occurred_at, created_at)"
                + " select 'payment.paid', 'a', 'APPLIED', now(), now() - n * interval '30 days 1 minute'"
                + " from generate_series(0, 1500) n");
        assertEquals(Daily.Rest.MORE, EventWork.forget(store.events(), 30));
        assertEquals(501, shop.count("payment_event"));
        assertEquals(Daily.Rest.NONE, EventWork.forget(store.events(), 30));
        assertEquals(1, shop.count("payment_event"));
    }
}
