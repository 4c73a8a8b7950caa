package paynotify.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import paynotify.sender.Outcome;
import paynotify.sender.Source;
import paynotify.store.Decision;
import paynotify.store.Meter;
import paynotify.store.OwnFault;

/** Counts what happens. Thread-safe. */
final class EventMeter implements Meter {
    /** What an answer may be called; others, which a sender may invent, are all called alike. */
    private static final Set<String> ANSWERS = Set.of(
            "SUCCESS",
            "REFUND",
            "NOTPAY",
            "CLOSED",
            "REVOKED",
            "USERPAYING",
            "PAYERROR",
            "ACCEPT",
            "PROCESSING",
            "ABNORMAL",
            "ORDER_NOT_EXIST",
            "REFUND_NOT_EXIST",
            "SYSTEM_ERROR",
            "FREQUENCY_LIMITED",
            "BAD_SIGNATURE",
            "UNREACHABLE",
            "OTHER_ORDER",
            "TOO_LARGE",
            "MALFORMED");

    private static final String HTTP_STATUS = "HTTP [1-5][0-9][0-9]";
    private static final String OTHER_ANSWER = "OTHER";
    /** From what a busy machine needs to the 5 s that WeChat waits. */
    private static final double[] SECONDS_UP_TO = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private static final double[] CALLBACKS_UP_TO = {1, 2, 4, 8, 16, 32, 64, 128};
    private static final double NANOS = SECONDS.toNanos(1);

    private final Counter callbacks;
    private final Histogram callbackSeconds;
    private final Counter unlogged;
    private final Counter ownFaults;
    private final Histogram groupSize;
    private final Counter inquiries;
    private final Counter events;

    /** @param accounts the names of all there are, so that their rows begin at 0 and not with the first event */
    EventMeter(PrometheusRegistry registry, Collection<String> accounts) {
        callbacks = Counter.builder()
                .name("notify_callbacks_total")
                .help("What was decided about callbacks, answers and replayed rows, for each order that they tell of")
                .labelNames("account", "channel", "source", "outcome")
                .withoutExemplars()
                .register(registry);
        // Neither exemplars nor native buckets: the library's thread for them would outlive us.
        callbackSeconds = Histogram.builder()
                .name("notify_callback_seconds")
                .help("From a callback's arrival to its answer")
                .labelNames("account")
                .classicOnly()
                .classicUpperBounds(SECONDS_UP_TO)
                .withoutExemplars()
                .register(registry);
        unlogged = Counter.builder()
                .name("notify_unlogged_total")
                .help("Callbacks that are not verified and were only counted, without a row of their own")
                .labelNames("outcome")
                .withoutExemplars()
                .register(registry);
        ownFaults = Counter.builder()
                .name("notify_own_faults_total")
                .help("Callbacks that were answered 503, by cause")
                .labelNames("cause")
                .withoutExemplars()
                .register(registry);
        groupSize = Histogram.builder()
                .name("notify_group_size")
                .help("Callbacks that were settled in one transaction")
                .classicOnly()
                .classicUpperBounds(CALLBACKS_UP_TO)
                .withoutExemplars()
                .register(registry);
        inquiries = Counter.builder()
                .name("notify_inquiries_total")
                .help("Questions to the sender, by its answer")
                .labelNames("account", "answer")
                .withoutExemplars()
                .register(registry);
        events = Counter.builder()
                .name("notify_events_total")
                .help("Tries to tell the shop's software of an event, by result")
                .labelNames("account", "result")
                .withoutExemplars()
                .register(registry);
        accounts.forEach(callbackSeconds::initLabelValues);
        for (OwnFault fault : OwnFault.values()) {
            ownFaults.initLabelValues(fault.word());
        }
    }

    @Override
    public void decided(String account, String channel, Source source, List<Decision> decisions) {
        for (Decision decision : decisions) {
            callbacks
                    .labelValues(
                            account, channel, source.name(), decision.outcome().name())
                    .inc();
        }
    }

    @Override
    public void answered(String account, long startNanos) {
        callbackSeconds.labelValues(account).observe((System.nanoTime() - startNanos) / NANOS);
    }

    @Override
    public void unlogged(Outcome outcome) {
        unlogged.labelValues(outcome.name()).inc();
    }

    @Override
    public void failed(OwnFault fault) {
        ownFaults.labelValues(fault.word()).inc();
    }

    @Override
    public void settledTogether(int callbacksAtOnce) {
        groupSize.observe(callbacksAtOnce);
    }

    @Override
    public void asked(String account, String answer) {
        boolean known = ANSWERS.contains(answer) || answer.matches(HTTP_STATUS);
        inquiries.labelValues(account, known ? answer : OTHER_ANSWER).inc();
    }

    @Override
    public void told(String account, boolean delivered) {
        events.labelValues(account, delivered ? "delivered" : "failed").inc();
    }
}
