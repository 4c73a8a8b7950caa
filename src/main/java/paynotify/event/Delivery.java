package paynotify.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.background.HttpClient.Received;
import paynotify.message.Text;
import paynotify.store.EventQueue.Due;
import paynotify.store.EventQueue.Result;

/**
 * One account's events on their way to its webhook: how many may be under way, what is sent, and what follows from the
 * answer. Thread-safe.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** Contract, section 11. */
    static final Duration RETRY_AFTER_MAX = Duration.ofHours(1);
    /** A delay is between this part of what is configured and {@link #CHANCE} more: so that not all come at once. */
    private static final double LEAST = 0.8;

    private static final double CHANCE = 0.4;
    /** Of the answer, in {@code last_error}. */
    private static final int SHOWN_BYTES = 200;

    private static final int STATUS_OK = 200;
    private static final int STATUS_NOT_OK = 300;

    private final String account;
    private final WebhookSettings webhook;
    private final List<Duration> retry;
    private final Line line;
    private final Clock clock;
    private final DoubleSupplier chance;
    private final int underWayMax;

    private int underWay;
    private boolean failing;

    /** By what a request goes out. */
    @FunctionalInterface
    interface Line {
        /**
         * Sends a request.
         *
         * @throws IOException if there is no answer in time
         */
        Received post(URI url, Map<String, String> headers, byte[] body) throws IOException;
    }

    /**
     * @param retry after what time a try is followed by the next one, for each
     * @param clock tells {@code webhook-timestamp}
     * @param chance from 0 to 1
     * @param underWayMax so many events are under way at once
     */
    Delivery(
            String account,
            WebhookSettings webhook,
            List<Duration> retry,
            Line line,
            Clock clock,
            DoubleSupplier chance,
            int underWayMax) {
        this.account = account;
        this.webhook = webhook;
        this.retry = retry;
        this.line = line;
        this.clock = clock;
        this.chance = chance;
        this.underWayMax = underWayMax;
    }

    String account() {
        return account;
    }

    /** How many more may be taken up now. */
    synchronized int room() {
        return underWayMax - underWay;
    }

    /** An event is taken up. */
    synchronized void begin() {
        underWay++;
    }

    /** What became of it is noted. */
    synchronized void end() {
        underWay--;
    }

    /** Sends an event once. Never throws for anything that the other side does. */
    Result send(Due event) {
        byte[] body = EventBody.of(event);
        String id = "evt_" + event.id();
        long timestamp = clock.instant().getEpochSecond();
        Map<String, String> headers = Map.of(
                "Content-Type",
                "application/json",
                "User-Agent",
                "notify.war",
                "webhook-id",
                id,
                "webhook-timestamp",
                Long.toString(timestamp),
                "webhook-signature",
                WebhookSigner.sign(webhook.secrets(), id, timestamp, body));
        Received answer;
        try {
            answer = line.post(webhook.url(), headers, body);
        } catch (IOException e) {
            return failed(event, null, "expected an answer, found " + Text.inOneLine(e.toString()), null);
        }
        if (answer.status() >= STATUS_OK && answer.status() < STATUS_NOT_OK) {
            heard(event);
            return Result.delivered(event, answer.status());
        }
        return failed(
                event,
                answer.status(),
                "expected a status of 200 to 299, found " + answer.status() + start(answer.body()),
                answer.header("Retry-After"));
    }

    /** Of what the shop's software says for people. */
    private static String start(byte[] body) {
        String text = Text.inOneLine(new String(body, 0, Math.min(body.length, SHOWN_BYTES), UTF_8));
        return text.isEmpty() ? "" : ": " + text;
    }

    private Result failed(Due event, @Nullable Integer status, String error, @Nullable String retryAfter) {
        Duration again = again(event.tries(), retryAfter);
        boolean first;
        synchronized (this) {
            first = !failing;
            failing = true;
        }
        if (first) {
            LOG.warn("events are not heard; they are sent again [account={}] [cause={}]", account, error);
        }
        if (again == null) {
            LOG.warn(
                    "an event is given up after {} tries [account={}] [id={}] [type={}]",
                    event.tries() + 1,
                    account,
                    event.id(),
                    event.type());
        }
        return Result.failed(event, status, error, again);
    }

    private void heard(Due event) {
        boolean again;
        synchronized (this) {
            again = failing;
            failing = false;
        }
        if (again) {
            LOG.info("events are heard again [account={}]", account);
        }
        LOG.debug("delivered [account={}] [id={}]", account, event.id());
    }

    /** @param tries before the one that has failed now */
    private @Nullable Duration again(int tries, @Nullable String retryAfter) {
        if (tries >= retry.size()) {
            return null;
        }
        Duration delay = retry.get(Math.max(0, tries));
        Duration planned = Duration.ofMillis((long) (delay.toMillis() * (LEAST + CHANCE * chance.getAsDouble())));
        Duration asked = retryAfter(retryAfter);
        return asked.compareTo(planned) > 0 ? asked : planned;
    }

    /** Seconds, or a date as HTTP writes it; nothing else is heeded. */
    private Duration retryAfter(@Nullable String header) {
        if (header == null) {
            return Duration.ZERO;
        }
        String text = header.strip();
        Duration asked = Duration.ZERO;
        if (text.matches("[0-9]{1,18}")) {
            asked = Duration.ofSeconds(Long.parseLong(text));
        } else {
            try {
                Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                asked = Duration.between(clock.instant(), date);
            } catch (DateTimeException e) {
                LOG.debug("no Retry-After that can be read [account={}]", account);
            }
        }
        return asked.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : asked;
    }

    /** Something of ours that nobody has thought of: the event is tried again like one that was not heard. */
    Result broken(Due event, Throwable failure) {
        LOG.error("an event can't be sent [account={}] [id={}]", account, event.id(), failure);
        return Result.failed(
                event,
                null,
                "expected that it can be sent, found " + failure.getClass().getName(),
                again(event.tries(), null));
    }
}
