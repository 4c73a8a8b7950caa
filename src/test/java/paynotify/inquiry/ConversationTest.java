package paynotify.inquiry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import paynotify.background.HttpClient.Received;
import paynotify.sender.Callback;
import paynotify.sender.Inquiry;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Next;
import paynotify.sender.Inquiry.Question;
import paynotify.sender.Inquiry.Request;
import paynotify.sender.Source;

/** Addresses one after another, and which answer counts. */
class ConversationTest {
    private static final URI ONE = URI.create("https://one.example");
    private static final URI TWO = URI.create("https://two.example");
    private static final Question QUESTION = new Question("m", "o", "", null, null);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-06-01T04:00:06Z"), ZoneOffset.UTC);

    private final List<String> sent = new ArrayList<>();
    private final Deque<Object> answers = new ArrayDeque<>();

    private final Conversation conversation = new Conversation(List.of(ONE, TWO), this::send, CLOCK);

    /** Tells what it was given as its word. */
    private static final class Told implements Inquiry {
        @Override
        public String channel() {
            return "wechat-v3";
        }

        @Override
        public Request request(Question question, boolean olderKey) {
            return new Request("GET", olderKey ? "/older" : "/newer", Map.of(), "");
        }

        @Override
        public Answer read(Question question, int status, Callback received, boolean olderKey) {
            assertEquals(Source.INQUIRY, received.source());
            assertEquals("a", received.account());
            assertEquals(CLOCK.instant(), received.receivedAt());
            assertEquals("value", received.headers().apply("name"));
            String body = new String(received.body(), UTF_8);
            return new Answer(
                    body.equals("older") && !olderKey ? Next.OLDER_KEY : Next.NEVER, status + " " + body, "", null);
        }
    }

    private Received send(URI address, Request request) throws IOException {
        sent.add(address.getHost() + request.path());
        Object answer = answers.remove();
        if (answer instanceof IOException e) {
            throw e;
        }
        if (answer instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            throw new IOException("broken off");
        }
        return (Received) answer;
    }

    private static Received answer(int status, String body) {
        return new Received(status, Map.of("name", "value"), body.getBytes(UTF_8), body.equals("too large"));
    }

    private Answer ask(Object... told) throws InterruptedException {
        answers.addAll(List.of(told));
        return conversation.ask(new Asker("a", "m", new Told(), 300, System::nanoTime), QUESTION);
    }

    @Test
    void ask_firstAddressAnswers_isTheAnswer() throws Exception {
        assertEquals("404 body", ask(answer(404, "body")).word());
        assertEquals(List.of("one.example/newer"), sent);
    }

    @Test
    void ask_unreachableOrBroken_triesTheNext() throws Exception {
        assertEquals("200 b", ask(new IOException("refused"), answer(200, "b")).word());
        assertEquals("200 b", ask(answer(502, "a"), answer(200, "b")).word());
        assertEquals("502 a", ask(answer(502, "a"), new IOException("refused")).word());
        Answer none = ask(new IOException("first"), new IOException("sec\nond"));
        assertEquals("UNREACHABLE", none.word());
        assertEquals(Next.BACK_OFF, none.next());
        assertEquals("expected an answer, found https://two.example: java.io.IOException: sec ond", none.detail());
    }

    @Test
    void ask_tooLarge_isNotRead() throws Exception {
        Answer answer = ask(answer(200, "too large"));
        assertEquals("TOO_LARGE", answer.word());
        assertEquals(Next.RETRY, answer.next());
    }

    @Test
    void ask_olderKeyWanted_isAskedOnceMore() throws Exception {
        assertEquals(
                "200 older", ask(answer(200, "older"), answer(200, "older")).word());
        assertEquals(List.of("one.example/newer", "one.example/older"), sent);
    }

    @Test
    void ask_stopped_says() {
        assertThrows(InterruptedException.class, () -> ask(new InterruptedException()));
    }
}
