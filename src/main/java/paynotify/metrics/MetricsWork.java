package paynotify.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Sender;
import paynotify.store.Meter;
import paynotify.store.Store;

/**
 * All figures of one application, in a registry of its own, so that nothing of it is left in the JVM when it is closed. First comes
 * the meter, which the store is opened with, then the rest. Thread-safe.
 */
public final class MetricsWork implements AutoCloseable {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Map<String, Sender> accounts;
    private final EventMeter meter;
    private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
    private volatile @Nullable TableGauges tables;

    /** @param accounts the senders by the names of their accounts */
    public MetricsWork(Map<String, Sender> accounts) {
        this.accounts = Map.copyOf(accounts);
        this.meter = new EventMeter(registry, this.accounts.keySet());
        // Each for itself: JvmMetrics would also register a listener at the JVM's garbage collectors, for ever, and
        // with it
        // our class loader.
        JvmBufferPoolMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
        JvmCompilationMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        ProcessMetrics.builder().register(registry);
    }

    /** Is to be told of what happens. */
    public Meter meter() {
        return meter;
    }

    /** Once the store is there: what can be seen in it. Once. */
    public void watch(Store store, Clock clock) {
        StateGauges.register(registry, accounts, store, clock);
        TableGauges gauges = new TableGauges(store.figures()::read, accounts, System::nanoTime);
        gauges.register(registry);
        tables = gauges;
    }

    /**
     * Writes all there is now.
     *
     * @param accept the header of this name, or null
     * @return the content type, with the form's version
     */
    String scrape(@Nullable String accept, OutputStream body) throws IOException {
        TableGauges gauges = tables;
        if (gauges != null) {
            gauges.refresh();
        }
        ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : text;
        writer.write(body, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        return writer.getContentType();
    }

    @Override
    public void close() {
        TableGauges gauges = tables;
        if (gauges != null) {
            gauges.close();
        }
    }
}
