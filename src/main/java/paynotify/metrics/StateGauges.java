package paynotify.metrics;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.ToIntFunction;
import paynotify.sender.Sender;
import paynotify.signature.SenderKey;
import paynotify.store.PoolFigures;
import paynotify.store.Store;

/** What can be told at once, when it is asked for: who waits, the pool, keys and clocks. */
final class StateGauges {
    private static final double MILLIS = 1_000;
    /** As HikariCP calls its pool; the shop's own, where there is one, is Tomcat's to tell of. */
    private static final String POOL = "notify";

    private StateGauges() {}

    static void register(PrometheusRegistry registry, Map<String, Sender> accounts, Store store, Clock clock) {
        GaugeWithCallback.builder()
                .name("notify_waiting")
                .help("Callbacks that wait for a writer")
                .callback(gauge -> gauge.call(store.waiting()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("notify_key_expires_seconds")
                .help("Time until the sender's certificate expires; public keys without a certificate do not")
                .labelNames("account", "key_id")
                .callback(gauge -> eachKey(accounts, (account, key) -> {
                    Instant expires = key.expires();
                    if (expires != null) {
                        gauge.call(seconds(Duration.between(clock.instant(), expires)), account, key.id());
                    }
                }))
                .register(registry);
        GaugeWithCallback.builder()
                .name("notify_clock_skew_seconds")
                .help("How far this machine's clock was ahead of the sender's at the last verified message of API v3")
                .labelNames("account", "key_id")
                .callback(gauge -> eachKey(accounts, (account, key) -> {
                    Duration skew = key.skew();
                    if (skew != null) {
                        gauge.call(seconds(skew), account, key.id());
                    }
                }))
                .register(registry);
        // HikariCP's own Prometheus part needs the client library of before; these are its names and helps.
        pool(registry, store, "hikaricp_active_connections", "Active connections", PoolFigures::active);
        pool(registry, store, "hikaricp_idle_connections", "Idle connections", PoolFigures::idle);
        pool(registry, store, "hikaricp_pending_threads", "Pending threads", PoolFigures::pending);
        pool(registry, store, "hikaricp_connections", "The number of current connections", PoolFigures::total);
        pool(registry, store, "hikaricp_max_connections", "Max connections", PoolFigures::most);
        pool(registry, store, "hikaricp_min_connections", "Min connections", PoolFigures::least);
    }

    private static void pool(
            PrometheusRegistry registry, Store store, String name, String help, ToIntFunction<PoolFigures> figure) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("pool")
                .callback(gauge -> {
                    PoolFigures figures = store.connections();
                    if (figures != null) {
                        gauge.call(figure.applyAsInt(figures), POOL);
                    }
                })
                .register(registry);
    }

    /** What is done with a key. */
    @FunctionalInterface
    private interface KeyUse {
        void use(String account, SenderKey key);
    }

    private static void eachKey(Map<String, Sender> accounts, KeyUse use) {
        accounts.forEach((account, sender) -> sender.keys().forEach(key -> use.use(account, key)));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / MILLIS;
    }
}
