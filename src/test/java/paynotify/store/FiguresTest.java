package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.store.Figures.Figure;

/** What is counted again and again never holds the database for long. */
class FiguresTest {
    private static final Duration CANCELLED_WITHIN = Duration.ofMillis(2_900);

    @Test
    void figureThatTakesLong_isCancelledByTheServer_andTheOthersAreTold() throws Exception {
        Database shop = Postgres.shared().newDatabase();
        try (Store store = Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 1 << 30, Clock.systemUTC()))) {
            for (Figure figure : Figure.values()) {
                assertEquals(List.of(), store.figures().read(figure), figure.name());
            }
            shop.execute("alter view payment_attention rename to attention_before");
            shop.execute("create view payment_attention as select 'CONFLICT'::text as outcome"
                    + " where pg_sleep(30)::text is not null");
            long begin = System.nanoTime();
            Unavailable slow =
                    assertThrows(Unavailable.class, () -> store.figures().read(Figure.ATTENTION));
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertTrue(took.compareTo(CANCELLED_WITHIN) < 0, took::toString);
            SQLException sql = Loggable.sql(slow);
            assertNotNull(sql);
            assertEquals("57014", sql.getSQLState());
            assertEquals(
                    0L,
                    shop.value(
                            "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
                                    + " and datname = current_database()"));
            assertEquals(List.of(), store.figures().read(Figure.EVENTS_DUE));
        }
    }
}
