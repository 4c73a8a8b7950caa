package paynotify.bill;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.background.HttpClient;
import paynotify.background.PeriodicThreads;
import paynotify.sender.Bill;
import paynotify.sender.Sender;
import paynotify.store.Bills;
import paynotify.store.Store;
import paynotify.store.Unavailable;

/**
 * The threads of bills: one for each account that has them, and one that looks for what agrees by now. They begin at once;
 * none does where no account has bills. Closed before the store is. Thread-safe.
 */
public final class BillWork implements AutoCloseable {
    private static final int FETCH_EVERY_MS = 3_000;
    private static final int SETTLE_EVERY_MS = 15_000;
    /** Contract, section 14: what a download may take, and how long no byte may come. */
    private static final int IN_ALL_MS = 600_000;

    private static final int SILENT_MS = 30_000;
    /** Of an answer that is not the bill itself. */
    private static final int ANSWER_BYTES_MAX = 64 << 10;

    private final PeriodicThreads threads = new PeriodicThreads();
    private final Bills bills;
    private final @Nullable HttpClient client;

    /**
     * @param addresses of whom we ask: scheme, host and port
     * @param proxy by which all but loopback is reached; null for none
     * @param accounts the senders by the names of their accounts
     */
    public BillWork(
            BillSettings settings,
            List<URI> addresses,
            @Nullable URI proxy,
            Map<String, Sender> accounts,
            Store store,
            Clock clock) {
        this.bills = store.bills();
        List<String> mchIds = new ArrayList<>();
        accounts.values().stream().filter(each -> each.bill() != null).forEach(each -> mchIds.add(each.mchId()));
        if (mchIds.isEmpty()) {
            this.client = null;
            return;
        }
        HttpClient opened = new HttpClient(
                new HttpClient.Limits("bill", mchIds.size(), IN_ALL_MS, SILENT_MS, ANSWER_BYTES_MAX), proxy);
        this.client = opened;
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        accounts.forEach((name, sender) -> {
            Bill bill = sender.bill();
            if (bill != null) {
                Download download = new Download(name, bill, addresses, opened, clock);
                Fetch fetch = new Fetch(
                        name, sender.mchId(), bill, download, bills, settings, folder, clock, System::nanoTime);
                threads.every("notify-bill-" + name, FETCH_EVERY_MS, fetch::tick);
            }
        });
        threads.every("notify-bill-settle", SETTLE_EVERY_MS, () -> settle(settings, mchIds, clock.instant()));
    }

    void settle(BillSettings settings, List<String> mchIds, Instant now) throws Unavailable {
        if (!bills.isReady() || bills.isStopped()) {
            return;
        }
        LocalDate today = BillSettings.today(now);
        bills.settle(today, Duration.ofDays(settings.keepDays()));
        while (bills.forget(mchIds, today.minusDays(settings.keepDays()), BillSettings.first(now))) {
            // There are more.
        }
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        threads.stop();
        bills.stop();
        if (client != null) {
            client.close();
        }
        threads.close();
    }
}
