package paynotify.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import paynotify.kit.Scrape;
import paynotify.sender.Accounts;
import paynotify.store.Figures.Figure;
import paynotify.store.Figures.Row;

class TableGaugesTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private final Map<Figure, List<Row>> tables = new EnumMap<>(Figure.class);
    private final CountDownLatch open = new CountDownLatch(1);
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private volatile boolean slow;
    private volatile boolean hangs;
    private final TableGauges gauges = new TableGauges(
            this::read,
            Map.of(
                    "wechat",
                    Accounts.wechat(
                            "mch-id = 1900000109",
                            "app-id = wx1",
                            "api-key = 8934e7d15453e97507ef794cf7b0519d",
                            "inquiry = v2"),
                    "other",
                    Accounts.wechat("mch-id = 1230000109", "api-key = 8934e7d15453e97507ef794cf7b0519d")),
            nanos::get);

    @BeforeEach
    void register() {
        gauges.register(registry);
    }

    @AfterEach
    void close() {
        open.countDown();
        gauges.close();
    }

    private List<Row> read(Figure figure) {
        reads.incrementAndGet();
        if (slow) {
            nanos.addAndGet(2 * SECOND);
        }
        if (hangs) {
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        List<Row> rows = tables.get(figure);
        if (rows == null) {
            throw new IllegalStateException("not readable");
        }
        return rows;
    }

    private Scrape scrape() {
        gauges.refresh();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter.create()
                    .write(text, registry.scrape(), io.prometheus.metrics.config.EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Scrape.of(text.toString(StandardCharsets.UTF_8));
    }

    private static Row row(double number, String... words) {
        return new Row(List.of(words), number);
    }

    private void allReadable() {
        for (Figure figure : Figure.values()) {
            tables.putIfAbsent(figure, List.of());
        }
    }

    @Test
    void rows_areShownUnderConfiguredNames_andZeroWhereThereIsNone() {
        allReadable();
        tables.put(Figure.INQUIRIES_DUE, List.of(row(3, "1900000109"), row(9, "1230000109"), row(9, "77")));
        tables.put(Figure.EVENTS_DUE, List.of(row(4, "other"), row(5, "gone")));
        tables.put(Figure.EVENT_OLDEST, List.of(row(61.5, "other")));
        tables.put(Figure.ATTENTION, List.of(row(2, "CONFLICT")));
        tables.put(Figure.BILL_DIFFERENCES, List.of(row(7, "wechat", "AMOUNT"), row(1, "gone", "AMOUNT")));
        tables.put(Figure.BILL_LAST_DAY, List.of(row(1.7e9, "wechat"), row(1, "gone")));
        Scrape scrape = scrape();
        assertEquals(3, scrape.value("notify_inquiries_due", "account", "wechat"));
        assertFalse(scrape.has("notify_inquiries_due", "account", "other"), "it does not inquire");
        assertEquals(4, scrape.value("notify_events_due", "account", "other"));
        assertTrue(scrape.has("notify_events_due", "account", "wechat"));
        assertEquals(61.5, scrape.value("notify_event_oldest_seconds", "account", "other"));
        assertEquals(2, scrape.value("notify_attention", "outcome", "CONFLICT"));
        assertTrue(scrape.has("notify_attention", "outcome", "AMOUNT_MISMATCH"));
        assertEquals(7, scrape.value("notify_bill_differences", "account", "wechat", "kind", "AMOUNT"));
        assertEquals(1.7e9, scrape.value("notify_bill_last_day", "account", "wechat"));
        assertFalse(scrape.toString().contains("gone"), scrape::toString);
        assertFalse(scrape.toString().contains("77"), scrape::toString);
    }

    @Test
    void tables_areReadAgainAfterFifteenSecondsAndNotBefore() {
        allReadable();
        scrape();
        int once = reads.get();
        assertEquals(Figure.values().length, once);
        nanos.addAndGet(14 * SECOND);
        scrape();
        assertEquals(once, reads.get());
        nanos.addAndGet(2 * SECOND);
        tables.put(Figure.ATTENTION, List.of(row(5, "CONFLICT")));
        assertEquals(5, scrape().value("notify_attention", "outcome", "CONFLICT"));
        assertEquals(2 * once, reads.get());
    }

    @Test
    void slowTables_areReadMoreSeldom() {
        allReadable();
        slow = true;
        scrape();
        int once = reads.get();
        nanos.addAndGet(25 * SECOND);
        scrape();
        assertEquals(once, reads.get());
    }

    @Test
    void whatCantBeRead_isLeftOut_andTheOthersAreThere() {
        allReadable();
        tables.remove(Figure.ATTENTION);
        Scrape scrape = scrape();
        assertFalse(scrape.names().contains("notify_attention"), scrape::toString);
        assertTrue(scrape.names().contains("notify_inquiries_due"), scrape::toString);
        tables.put(Figure.ATTENTION, List.of());
        tables.remove(Figure.INQUIRIES_DUE);
        nanos.addAndGet(31 * SECOND);
        scrape = scrape();
        assertTrue(scrape.names().contains("notify_attention"), scrape::toString);
        assertFalse(scrape.names().contains("notify_inquiries_due"), scrape::toString);
    }

    @Test
    void tablesThatHang_holdNoScrapeUp_andOldNumbersGo() {
        allReadable();
        scrape();
        hangs = true;
        nanos.addAndGet(16 * SECOND);
        long start = System.nanoTime();
        assertTrue(scrape().names().contains("notify_attention"), "of a moment ago");
        assertTrue(System.nanoTime() - start < 10 * SECOND, "it hung");
        nanos.addAndGet(60 * SECOND);
        assertFalse(scrape().names().contains("notify_attention"), "of long ago");
    }

    /** However many ask, and however often: what hangs is asked once. */
    @Test
    void tablesThatHang_areAskedByOneAtATime() throws InterruptedException {
        allReadable();
        hangs = true;
        List<Thread> scrapes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread scrape = new Thread(gauges::refresh);
            scrape.start();
            scrapes.add(scrape);
        }
        for (Thread scrape : scrapes) {
            scrape.join();
        }
        nanos.addAndGet(60 * SECOND);
        gauges.refresh();
        assertEquals(1, reads.get());
    }

    @Test
    void closed_itStillAnswers() {
        allReadable();
        gauges.close();
        assertFalse(scrape().names().contains("notify_attention"));
    }
}
