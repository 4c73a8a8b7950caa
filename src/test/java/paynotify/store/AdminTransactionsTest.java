package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;

/** What a page may ask, on a real PostgreSQL. */
class AdminTransactionsTest {
    @Test
    void look_readsOnly_andNotLongerThanAPageMayTake() throws Exception {
        Database shop = Postgres.shared().newDatabase();
        shop.execute("create table t (n int)");
        AtomicBoolean ready = new AtomicBoolean();
        Pool pool = Pool.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true));
        try (AdminTransactions admin = new AdminTransactions(pool, ready::get)) {
            assertThrows(Unavailable.class, () -> admin.look(queries -> queries.row("select 1 as n")));
            ready.set(true);
            int written = admin.act(queries -> queries.update("insert into t values (?)", 7));
            assertEquals(1, written);
            assertEquals(
                    "7", admin.look(queries -> queries.row("select n from t")).text("n"));
            Unavailable refused =
                    assertThrows(Unavailable.class, () -> admin.look(queries -> queries.update("delete from t")));
            assertFalse(refused instanceof TooSlow);
            assertInstanceOf(
                    TooSlow.class,
                    assertThrows(Unavailable.class, () -> admin.look(queries -> queries.rows("select pg_sleep(20)"))));
        } finally {
            pool.close();
        }
    }
}
