package paynotify.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.store.DatabaseSettings;
import paynotify.store.Store;
import paynotify.store.UnverifiedLimit;

class MetricsWorkTest {
    private static String scrape(MetricsWork metrics, String accept, String type) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String told = metrics.scrape(accept, body);
        assertTrue(told.startsWith(type), told);
        return body.toString(UTF_8);
    }

    @Test
    void scrape_beforeAndAfterTheStoreIsThere_tellsWhatThereIs() throws Exception {
        try (MetricsWork metrics = new MetricsWork(Map.of())) {
            assertTrue(scrape(metrics, null, "text/plain").contains("jvm_threads_current"));
        }
        Database shop = Postgres.shared().newDatabase();
        try (MetricsWork metrics = new MetricsWork(Map.of());
                Store store = Store.open(
                        new DatabaseSettings(
                                null, new Secret(shop.url()), shop.user(), new Secret(shop.password()), 4, true),
                        new UnverifiedLimit(20, 65_536, Clock.systemUTC()))) {
            metrics.watch(store, Clock.systemUTC());
            String text = scrape(metrics, "application/openmetrics-text", "application/openmetrics-text");
            assertTrue(text.endsWith("# EOF\n"), text);
            assertTrue(text.contains("hikaricp_connections"), text);
            assertTrue(text.contains("notify_attention{"), text);
            assertEquals(0, shop.count("payment_log"));
        }
    }
}
