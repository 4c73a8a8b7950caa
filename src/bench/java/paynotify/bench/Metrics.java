package paynotify.bench;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import paynotify.kit.Shop;
import paynotify.metrics.MetricsWork;
import paynotify.sender.Accounts;
import paynotify.sender.Outcome;
import paynotify.sender.Source;
import paynotify.store.Decision;
import paynotify.store.Meter;

/** What a callback pays for its figures; all threads of a Tomcat count in the same place. */
@State(Scope.Benchmark)
public class Metrics {
    private final Meter on = new MetricsWork(
                    Map.of("wechat", Accounts.wechat("mch-id = " + Shop.MCH_ID, "api-key = " + Shop.KEY)))
            .meter();
    private final List<Decision> decisions = List.of(new Decision(Outcome.APPLIED, "", false));

    private void callback(Meter meter) {
        meter.decided("wechat", "wechat-v2", Source.CALLBACK, decisions);
        meter.settledTogether(1);
        meter.answered("wechat", 0);
    }

    @Benchmark
    public void callbackOff() {
        callback(Meter.NONE);
    }

    @Benchmark
    public void callbackOn() {
        callback(on);
    }

    @Benchmark
    public void decidedOn() {
        on.decided("wechat", "wechat-v2", Source.CALLBACK, decisions);
    }

    @Benchmark
    public void answeredOn() {
        on.answered("wechat", 0);
    }
}
