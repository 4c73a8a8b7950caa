package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import paynotify.sender.Callback;
import paynotify.sender.Claims;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;
import paynotify.sender.Sender;
import paynotify.store.Decision;
import paynotify.store.Meter;
import paynotify.store.Store;

/** What of a flood gets into Tomcat's log: the first at once, and the number of all. */
class CallbackHandlerTest {
    private static final int TIMES = 500;
    private static final Callback CALLBACK =
            new Callback("a", new byte[0], false, name -> null, null, Instant.EPOCH, 0, 0);

    private final Store store = mock(Store.class);
    private final Sender sender = mock(Sender.class);
    private final CallbackHandler handler = new CallbackHandler(store, Meter.NONE);
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger log = Logger.getLogger(CallbackHandler.class.getName());
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.addHandler(listener);
        log.setUseParentHandlers(false);
        NothingToBook finding = new NothingToBook(Outcome.WRONG_MERCHANT, "other", Claims.NONE, false, false);
        when(sender.read(CALLBACK)).thenReturn(new Reading(CALLBACK, "form", null, finding));
    }

    @AfterEach
    void listenNoMore() {
        log.removeHandler(listener);
        log.setUseParentHandlers(true);
    }

    /** How many callbacks the lines stand for. */
    private long told() {
        return lines.stream()
                .mapToLong(line -> Long.parseLong(line.replaceAll("(?s).*\\[callbacks=(\\d+)].*", "$1")))
                .sum();
    }

    @Test
    void handle_othersMerchantsWhereOneKeySignsForMany_haveALineAMinute() throws Exception {
        when(store.settle(any())).thenReturn(List.of(new Decision(Outcome.WRONG_MERCHANT, "other", false)));
        for (int i = 0; i < TIMES; i++) {
            handler.handle(sender, CALLBACK);
        }
        assertEquals(List.of("WARNING WRONG_MERCHANT [account=a] [callbacks=1] [detail=other]"), lines);
        handler.close();
        assertEquals(2, lines.size());
        assertEquals(TIMES, told());
    }

    /** The account's own: each of them is money that somebody paid. */
    @Test
    void handle_alarming_hasALineEach() throws Exception {
        when(store.settle(any())).thenReturn(List.of(new Decision(Outcome.WRONG_MERCHANT, "other", true)));
        handler.handle(sender, CALLBACK);
        handler.handle(sender, CALLBACK);
        assertEquals(2, lines.size());
        handler.close();
        assertEquals(2, lines.size());
    }

    @Test
    void handle_faults_haveALineASecondAndNoneIsLost() throws Exception {
        when(store.settle(any())).thenThrow(new IllegalStateException("fault"));
        long start = System.nanoTime();
        for (int i = 0; i < TIMES; i++) {
            handler.handle(sender, CALLBACK);
        }
        assertEquals("SEVERE not settled, answered 503 [account=a] [callbacks=1] [cause=fault]", lines.get(0));
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        assertTrue(lines.size() <= seconds + 1, lines::toString);
        // When it is over, the next callback has the rest told.
        doReturn(List.of(new Decision(Outcome.APPLIED, "", false))).when(store).settle(any());
        Thread.sleep(1_100);
        handler.handle(sender, CALLBACK);
        assertEquals(TIMES, told());
        handler.close();
        assertEquals(TIMES, told());
    }
}
