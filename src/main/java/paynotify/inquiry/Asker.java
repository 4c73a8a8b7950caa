package paynotify.inquiry;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.function.LongSupplier;
import paynotify.sender.Inquiry;

/**
 * One account that inquires, and how fast it may: so many questions under way, so many a second, and ever more seldom while
 * the sender is busy or broken (contract, section 7). In this Tomcat; another has its own. Thread-safe.
 */
final class Asker {
    /** So many questions are under way, at most. */
    static final int UNDER_WAY_MAX = 20;

    private static final long BACK_OFF_LEAST_NANOS = SECONDS.toNanos(30);
    private static final long BACK_OFF_MOST_NANOS = SECONDS.toNanos(30 * 60);

    private final String account;
    private final String mchId;
    private final Inquiry inquiry;
    private final int perSecond;
    private final LongSupplier nanos;

    private int underWay;
    /** Of these, those that may not be sent yet. */
    private int waiting;
    /** No question is sent before. */
    private long nextSendNanos;
    /** How often in a row the sender would not answer; 0: all is well. */
    private int failures;
    /** While it does not: when it is tried again, by one question. */
    private long pauseEndsNanos;
    /** Counts each change between well and not, so that an answer to an older question changes nothing. */
    private int turn;

    /** @param nanos as {@link System#nanoTime} */
    Asker(String account, String mchId, Inquiry inquiry, int perSecond, LongSupplier nanos) {
        this.account = account;
        this.mchId = mchId;
        this.inquiry = inquiry;
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.nextSendNanos = nanos.getAsLong();
    }

    String account() {
        return account;
    }

    String mchId() {
        return mchId;
    }

    Inquiry inquiry() {
        return inquiry;
    }

    /** How many questions may be taken up now: no more than can be sent within about a second. */
    synchronized int room() {
        if (failures > 0) {
            return underWay == 0 && nanos.getAsLong() - pauseEndsNanos >= 0 ? 1 : 0;
        }
        return Math.min(UNDER_WAY_MAX - underWay, perSecond - waiting);
    }

    /** Takes a question up. Returns its turn, to be given back with its answer. */
    synchronized int begin() {
        underWay++;
        return turn;
    }

    /** A question's end, however it came. */
    synchronized void end() {
        underWay--;
    }

    /** Waits until one more may be sent, so that no second brings more than {@code perSecond}. */
    synchronized void pace() throws InterruptedException {
        waiting++;
        try {
            for (long left = nextSendNanos - nanos.getAsLong(); left > 0; left = nextSendNanos - nanos.getAsLong()) {
                // Frees the monitor meanwhile; whoever wakes first sends first.
                NANOSECONDS.timedWait(this, left);
            }
            nextSendNanos = nanos.getAsLong() + SECONDS.toNanos(1) / perSecond;
        } finally {
            waiting--;
        }
    }

    /** The sender has answered a question of this turn, whatever it said. */
    synchronized void answered(int ofTurn) {
        if (failures > 0 && ofTurn == turn) {
            failures = 0;
            turn++;
        }
    }

    /**
     * The sender would not answer a question of this turn: it is left alone for a while.
     *
     * @return the seconds until it is asked again; 0 if that was known already
     */
    synchronized long refused(int ofTurn) {
        if (ofTurn != turn) {
            return 0;
        }
        long pause = Math.min(BACK_OFF_LEAST_NANOS << Math.min(failures, 10), BACK_OFF_MOST_NANOS);
        failures++;
        turn++;
        pauseEndsNanos = nanos.getAsLong() + pause;
        return pause / SECONDS.toNanos(1);
    }
}
