package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Database;
import paynotify.kit.History;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;

/**
 * How long each page takes: with {@code -Dadmin.rows=5000000 -Dadmin.days=730} the measurement (contract, section 12), without it
 * that none has become slow.
 */
@ExtendWith(NoSecretInLogs.class)
class AdminSpeedIT {
    private static final int ROWS = Integer.getInteger("admin.rows", 30_000);
    private static final int DAYS = Integer.getInteger("admin.days", 60);
    private static final int ROUNDS = 9;
    private static final long PAGE_MS = 300;

    @Test
    void pages_onALogOfYears_areThereAtOnce() {
        try (Shop shop =
                AdminClient.open(TomcatVersion.TOMCAT_11, Postgres.shared().newDatabase())) {
            Database database = shop.database();
            // As if it had run all the time: a month for each.
            database.rows(
                    "select payment_log_add_month((date_trunc('month', now() at time zone 'UTC') - n * interval '1 month')"
                            + " at time zone 'UTC') from generate_series(1, ?) n",
                    1 + DAYS / 28);
            History.write(database, ROWS, DAYS);
            for (String table : List.of(
                    "payment_log", "payment_order", "payment_attention_done", "payment_inquiry", "payment_event")) {
                database.execute("vacuum analyze " + table);
            }
            AdminClient admin = new AdminClient(shop);
            Map<String, List<Long>> took = new LinkedHashMap<>();
            for (int round = 0; round <= ROUNDS; round++) {
                for (Map.Entry<String, String> page : pages(database).entrySet()) {
                    long begin = System.nanoTime();
                    assertEquals(200, admin.get(page.getValue()).status(), page.getValue());
                    long micros = (System.nanoTime() - begin) / 1_000;
                    if (round > 0) {
                        took.computeIfAbsent(page.getKey(), key -> new ArrayList<>())
                                .add(micros);
                    }
                }
            }
            took.forEach((page, micros) -> {
                micros.sort(null);
                System.out.printf(
                        Locale.ROOT,
                        "%s on %,d rows: median %.1f ms, longest %.1f ms%n",
                        page,
                        ROWS,
                        micros.get(ROUNDS / 2) / 1e3,
                        micros.get(ROUNDS - 1) / 1e3);
            });
            took.forEach((page, micros) -> assertTrue(micros.get(ROUNDS / 2) < PAGE_MS * 1_000, page + " " + micros));
        }
    }

    private static Map<String, String> pages(Database database) {
        Map<String, Object> row = database.row("select id, transaction_id, out_trade_no from payment_log"
                + " where outcome = 'APPLIED' and out_trade_no like 'H%' order by id desc offset 1000 limit 1");
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("overview, 24 hours", "/");
        pages.put("overview, 7 days", "/?span=7d");
        pages.put("overview, 30 days", "/?span=30d");
        pages.put("attention", "/attention");
        pages.put("search, newest", "/search");
        pages.put("search by order", "/search?q=" + row.get("out_trade_no"));
        pages.put("search by transaction", "/search?q=" + row.get("transaction_id"));
        pages.put("search by row", "/search?q=" + row.get("id"));
        pages.put("search by refund", "/search?q=R-" + History.STORY);
        pages.put("search by a number that is not there", "/search?q=NOT-THERE");
        pages.put("search by rare outcome", "/search?outcome=WRONG_MERCHANT");
        pages.put("search by outcome that is not there", "/search?outcome=REFUNDED");
        pages.put("search by account that is not there", "/search?account=other&from=2020-01-01T00:00");
        pages.put("search of one day long ago", "/search?from=2026-05-01T00:00&to=2026-05-02T00:00");
        pages.put("order", "/order?mch_id=" + History.MCH_ID + "&out_trade_no=" + History.STORY);
        pages.put("row", "/row/" + row.get("id"));
        pages.put("bills", "/bills");
        pages.put("waiting", "/waiting");
        return pages;
    }
}
