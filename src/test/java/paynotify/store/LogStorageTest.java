package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;

/** V18 and V22: how orders and log rows lie in their pages, whatever the server was built with, and whose table the order's is. */
class LogStorageTest {
    private static final String OPTIONS =
            "select coalesce(array_to_string(reloptions, ','), '') from pg_class" + " where oid = cast(? as regclass)";

    private static Store open(Database shop) throws Exception {
        return Store.open(
                new DatabaseSettings(null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                new UnverifiedLimit(20, 65_536, Clock.systemUTC()));
    }

    @Test
    void migrate_onTheNewestServer_setsRoomAndCompression() throws Exception {
        assertSet(Postgres.shared());
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void migrate_onTheOldestServer_setsRoomAndCompression() throws Exception {
        try (Postgres oldest = Postgres.startOldest()) {
            assertSet(oldest);
        }
    }

    /** Tables that were there before, and a month that is made later. */
    private static void assertSet(Postgres server) throws Exception {
        Database shop = server.newDatabase();
        Migrations.upTo(shop, "16");
        open(shop).close();
        assertEquals("fillfactor=50", shop.value(OPTIONS, "payment_order"));
        YearMonth later = YearMonth.now(ZoneOffset.UTC).plusMonths(7);
        shop.rows(
                "select payment_log_add_month(cast(? as timestamptz))",
                later.atDay(1).toString() + "T00:00:00Z");
        boolean lz4 = shop.count("(select unnest(enumvals) as word from pg_settings"
                        + " where name = 'default_toast_compression') e where word = 'lz4'")
                > 0;
        List<?> parts = shop
                .rows("select 'payment_log'::regclass::text as part union all select inhrelid::regclass::text"
                        + " from pg_inherits where inhparent = 'payment_log'::regclass")
                .stream()
                .map(row -> row.get("part"))
                .toList();
        assertTrue(parts.contains("payment_log_" + later.format(DateTimeFormatter.ofPattern("yyyy_MM"))));
        for (Object part : parts) {
            assertEquals(
                    lz4 ? 2 : 0,
                    shop.count(
                            "pg_attribute where attrelid = cast(? as regclass) and attname in ('body', 'headers')"
                                    + " and attcompression = 'l'",
                            part),
                    part.toString());
        }
    }

    @Test
    void migrate_shopsOwnFillfactor_stays() throws Exception {
        Database shop = Postgres.shared().newDatabase();
        Migrations.upTo(shop, "16");
        shop.execute("alter table payment_order set (autovacuum_enabled = true, fillfactor = 90)");
        open(shop).close();
        assertEquals("autovacuum_enabled=true,fillfactor=90", shop.value(OPTIONS, "payment_order"));
    }

    /** Measured by the server: those of a page are paid one after the other, and none leaves it. */
    @Test
    void migrate_ordersOfOnePage_stayThereWhenAllArePaid() throws Exception {
        Database shop = Postgres.shared().newDatabase();
        open(shop).close();
        shop.execute("insert into payment_order (mch_id, out_trade_no, total_fee)"
                + " select '1900000109', '20251129' || lpad(n::text, 12, '0'), 4990 from generate_series(1, 1000) n");
        String inFirstPage = "payment_order where (ctid::text::point)[0] = 0";
        long orders = shop.count(inFirstPage);
        for (int n = 1; n <= orders; n++) {
            shop.execute(
                    "update payment_order set status = 'PAID', transaction_id = ?, paid_at = now(), payer = ?"
                            + " where mch_id = '1900000109' and out_trade_no = '20251129' || lpad(?::text, 12, '0')",
                    "4200002512202511291234567890",
                    "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
                    n);
        }
        assertEquals(orders, shop.count(inFirstPage + " and status = 'PAID'"));
    }

    @Test
    void migrate_viewOrTableOfAnotherOwner_isLeftAlone() throws Exception {
        Database view = Postgres.shared().newDatabase();
        view.execute(
                "create table shop_order (mch_id text, out_trade_no text, total_fee bigint, currency text, status text,"
                        + " transaction_id text, paid_at timestamptz, payer text, created_at timestamptz,"
                        + " primary key (mch_id, out_trade_no))");
        view.execute("create view payment_order as select * from shop_order");
        open(view).close();
        assertEquals("", view.value(OPTIONS, "shop_order"));
        assertEquals("", view.value(OPTIONS, "payment_order"));

        Database shops = Postgres.shared().newDatabase();
        Migrations.upTo(shops, "16");
        String name = shops.url().replaceFirst(".*/", "");
        Database admin = Postgres.shared().admin(name);
        admin.execute("alter table payment_order owner to postgres");
        admin.execute("grant select, update on payment_order to " + shops.user());
        open(shops).close();
        assertEquals("", shops.value(OPTIONS, "payment_order"));
    }
}
