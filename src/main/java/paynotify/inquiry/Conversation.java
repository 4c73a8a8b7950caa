package paynotify.inquiry;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import paynotify.background.HttpClient.Received;
import paynotify.message.Text;
import paynotify.sender.Callback;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Next;
import paynotify.sender.Inquiry.Question;
import paynotify.sender.Inquiry.Request;
import paynotify.sender.Source;

/**
 * One question until it has an answer: one address after another, and once more with the older key where the sender wants
 * that. Thread-safe.
 */
final class Conversation {
    /** After so long no further try is begun: with the 10 s that one may take, it ends within the question's lease. */
    private static final int TRIES_MS = 45_000;

    private static final int SERVER_ERROR = 500;

    private final List<URI> addresses;
    private final Line line;
    private final Clock clock;

    /** Where questions go out. */
    @FunctionalInterface
    interface Line {
        Received send(URI address, Request request) throws IOException;
    }

    /** @param addresses tried in this order */
    Conversation(List<URI> addresses, Line line, Clock clock) {
        this.addresses = List.copyOf(addresses);
        this.line = line;
        this.clock = clock;
    }

    /** @throws InterruptedException if the application is being stopped; nothing is known then */
    Answer ask(Asker asker, Question question) throws InterruptedException {
        long endNanos = System.nanoTime() + MILLISECONDS.toNanos(TRIES_MS);
        Answer answer = ask(asker, question, false, endNanos);
        return answer.next() == Next.OLDER_KEY ? ask(asker, question, true, endNanos) : answer;
    }

    private Answer ask(Asker asker, Question question, boolean olderKey, long endNanos) throws InterruptedException {
        Received broken = null;
        String unreachable = "no time left to ask";
        for (URI address : addresses) {
            if (System.nanoTime() - endNanos > 0) {
                break;
            }
            asker.pace();
            try {
                Received received = line.send(address, asker.inquiry().request(question, olderKey));
                if (received.status() < SERVER_ERROR) {
                    return read(asker, question, received, olderKey);
                }
                broken = received;
            } catch (IOException e) {
                unreachable = address + ": " + Text.inOneLine(e.toString());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return broken == null
                ? new Answer(Next.BACK_OFF, "UNREACHABLE", "expected an answer, found " + unreachable, null)
                : read(asker, question, broken, olderKey);
    }

    private Answer read(Asker asker, Question question, Received received, boolean olderKey) {
        if (received.tooLarge()) {
            return new Answer(
                    Next.RETRY,
                    "TOO_LARGE",
                    "expected an answer of less than " + received.body().length + " bytes, found more",
                    null);
        }
        Callback callback =
                Callback.of(Source.INQUIRY, asker.account(), received.body(), received::header, clock.instant());
        return asker.inquiry().read(question, received.status(), callback, olderKey);
    }
}
