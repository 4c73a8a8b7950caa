package paynotify.inquiry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import paynotify.background.HttpClient;
import paynotify.background.PeriodicThreads;
import paynotify.sender.Sender;
import paynotify.store.Store;

/**
 * The threads of questions and replays: one that replays, and where an account inquires, one that asks and one that looks
 * for what comes of age. They begin at once. Closed before the store is. Thread-safe.
 */
public final class InquiryWork implements AutoCloseable {
    private static final int REPLAY_EVERY_MS = 1_000;
    private static final int INQUIRE_EVERY_MS = 500;
    private static final int LOOK_EVERY_MS = 2_000;
    /** Contract, section 7: for each address. */
    private static final int QUESTION_MS = 10_000;

    private final PeriodicThreads threads = new PeriodicThreads();
    private final @Nullable HttpClient client;
    private final Inquirer inquirer;
    private final Replay replay;

    /** @param accounts the senders by the names of their accounts */
    public InquiryWork(InquirySettings settings, Map<String, Sender> accounts, Store store, Clock clock) {
        int connections = Inquirer.connections(accounts.values());
        HttpClient opened = connections == 0
                ? null
                : new HttpClient(
                        new HttpClient.Limits("question", connections, QUESTION_MS, settings.answerMaxBytes()),
                        settings.proxy());
        this.client = opened;
        this.inquirer = new Inquirer(
                settings,
                accounts,
                store,
                (address, request) -> Objects.requireNonNull(opened, "no account inquires")
                        .send(
                                request.method(),
                                URI.create(address + request.path()),
                                request.headers(),
                                request.body().getBytes(UTF_8)),
                clock,
                System::nanoTime);
        this.replay = new Replay(accounts, store.replays());
        if (opened == null) {
            // One thread for both: all there is to do is to tell who asks that no account does.
            threads.every("notify-replay", REPLAY_EVERY_MS, () -> {
                replay.tick();
                inquirer.tick();
                inquirer.look();
            });
        } else {
            threads.every("notify-replay", REPLAY_EVERY_MS, replay::tick);
            threads.every("notify-inquiry", INQUIRE_EVERY_MS, inquirer::tick);
            threads.every("notify-enrol", LOOK_EVERY_MS, inquirer::look);
        }
    }

    @Override
    public void close() {
        threads.stop();
        replay.stop();
        inquirer.stop();
        if (client != null) {
            client.close();
        }
        inquirer.close();
        threads.close();
    }
}
