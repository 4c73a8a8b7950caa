package paynotify.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.kit.Scrape;
import paynotify.sender.Outcome;
import paynotify.sender.Source;
import paynotify.store.Decision;
import paynotify.store.OwnFault;

class EventMeterTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final EventMeter meter = new EventMeter(registry, List.of("wechat"));

    private Scrape scrape() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        return Scrape.of(text.toString(StandardCharsets.UTF_8));
    }

    @Test
    void fromTheStart_whatAlarmsLookAtIsThereWithZero() throws IOException {
        Scrape scrape = scrape();
        for (OwnFault fault : OwnFault.values()) {
            assertTrue(scrape.has("notify_own_faults_total", "cause", fault.word()), fault::word);
        }
        assertTrue(scrape.has("notify_callback_seconds_count", "account", "wechat"));
        assertTrue(scrape.has("notify_group_size_count"));
    }

    @Test
    void eachEvent_movesItsOwnNumber() throws IOException {
        meter.decided(
                "wechat",
                "wechat-v3",
                Source.CALLBACK,
                List.of(
                        new Decision(Outcome.APPLIED, "", false),
                        new Decision(Outcome.APPLIED, "", false),
                        new Decision(Outcome.CONFLICT, "", true)));
        meter.answered("wechat", System.nanoTime() - 3_000_000_000L);
        meter.unlogged(Outcome.BAD_SIGNATURE);
        meter.failed(OwnFault.LOCK);
        meter.settledTogether(17);
        meter.told("wechat", true);
        meter.told("wechat", false);
        Scrape scrape = scrape();
        String[] applied = {"account", "wechat", "channel", "wechat-v3", "source", "CALLBACK", "outcome", "APPLIED"};
        assertEquals(2, scrape.value("notify_callbacks_total", applied));
        applied[7] = "CONFLICT";
        assertEquals(1, scrape.value("notify_callbacks_total", applied));
        assertEquals(0, scrape.value("notify_callback_seconds_bucket", "account", "wechat", "le", "2.5"));
        assertEquals(1, scrape.value("notify_callback_seconds_bucket", "account", "wechat", "le", "5.0"));
        assertEquals(1, scrape.value("notify_unlogged_total", "outcome", "BAD_SIGNATURE"));
        assertEquals(1, scrape.value("notify_own_faults_total", "cause", "lock"));
        assertEquals(0, scrape.value("notify_own_faults_total", "cause", "database"));
        assertEquals(17, scrape.value("notify_group_size_sum"));
        assertEquals(1, scrape.value("notify_events_total", "account", "wechat", "result", "delivered"));
        assertEquals(1, scrape.value("notify_events_total", "account", "wechat", "result", "failed"));
        assertEquals("histogram", scrape.type("notify_callback_seconds"));
        assertEquals("counter", scrape.type("notify_callbacks_total"));
    }

    @ParameterizedTest
    @CsvSource({"SUCCESS, SUCCESS", "HTTP 502, HTTP 502", "HTTP 999, OTHER", "WHO_KNOWS, OTHER", "'', OTHER"})
    void answers_areOfAFewWords(String answer, String shown) throws IOException {
        meter.asked("wechat", answer);
        assertEquals(1, scrape().value("notify_inquiries_total", "account", "wechat", "answer", shown));
    }
}
