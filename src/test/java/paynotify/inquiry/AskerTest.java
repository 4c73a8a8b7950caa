package paynotify.inquiry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import paynotify.sender.Inquiry;

/** How fast an account may ask, by a clock that the test sets. */
class AskerTest {
    private long now;

    private Asker asker(int perSecond) {
        return new Asker("a", "m", new FakeInquiry(), perSecond, () -> now);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void room_questionsUnderWay_isTwentyAtMost() {
        Asker asker = asker(300);
        assertEquals(20, asker.room());
        for (int i = 0; i < 20; i++) {
            asker.begin();
        }
        assertEquals(0, asker.room());
        asker.end();
        assertEquals(1, asker.room());
        assertEquals(5, asker(5).room(), "no more than can be sent within a second");
    }

    @Test
    void refused_againAndAgain_doublesUpToHalfAnHour() {
        Asker asker = asker(20);
        long[] pauses = {30, 60, 120, 240, 480, 960, 1800, 1800};
        for (long pause : pauses) {
            assertTrue(asker.room() > 0);
            int turn = asker.begin();
            int together = asker.begin();
            assertEquals(pause, asker.refused(turn));
            assertEquals(0, asker.refused(together), "the same failure counts once");
            asker.end();
            asker.end();
            pass(Duration.ofSeconds(pause).minusNanos(1));
            assertEquals(0, asker.room());
            pass(Duration.ofNanos(1));
            assertEquals(1, asker.room(), "one question first");
        }
        int turn = asker.begin();
        assertEquals(0, asker.room(), "and no other before it is answered");
        asker.answered(turn);
        asker.end();
        assertEquals(20, asker.room());
        assertEquals(30, asker.refused(asker.begin()));
    }

    /** What was asked before the sender went down says nothing of now. */
    @Test
    void answered_questionFromBefore_changesNothing() {
        Asker asker = asker(20);
        int before = asker.begin();
        asker.refused(asker.begin());
        asker.answered(before);
        assertEquals(0, asker.room());
    }

    @Test
    void pace_manyAtOnce_keepsToTheRate() throws Exception {
        int perSecond = 50;
        Asker asker = new Asker("a", "m", new FakeInquiry(), perSecond, System::nanoTime);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Long>> sent = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                sent.add(threads.submit(() -> {
                    asker.pace();
                    return System.nanoTime();
                }));
            }
            List<Long> times = new ArrayList<>();
            for (Future<Long> each : sent) {
                times.add(each.get());
            }
            times.sort(null);
            long span = times.get(59) - times.get(0);
            assertTrue(span >= 58 * 1_000_000_000L / perSecond, "59 steps of 20 ms took " + span + " ns");
        } finally {
            threads.shutdownNow();
        }
    }

    /** An account that is not asked here. */
    static final class FakeInquiry implements Inquiry {
        @Override
        public String channel() {
            return "wechat-v3";
        }

        @Override
        public Request request(Question question, boolean olderKey) {
            throw new AssertionError();
        }

        @Override
        public Answer read(Question question, int status, paynotify.sender.Callback received, boolean olderKey) {
            throw new AssertionError();
        }
    }
}
