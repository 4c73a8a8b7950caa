package paynotify.inquiry;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.background.DaemonThreads;
import paynotify.inquiry.Conversation.Line;
import paynotify.message.Text;
import paynotify.sender.Inquiry;
import paynotify.sender.Inquiry.Answer;
import paynotify.sender.Inquiry.Question;
import paynotify.sender.Sender;
import paynotify.sender.Source;
import paynotify.store.Decision;
import paynotify.store.Enrolment;
import paynotify.store.Inquiries;
import paynotify.store.Inquiries.Due;
import paynotify.store.Meter;
import paynotify.store.Store;
import paynotify.store.Unavailable;

/**
 * Asks senders about orders whose callback did not come (contract, section 7). {@link #tick} and {@link #look} have a
 * thread each, and so has each question. Nothing here is waited for by a callback.
 */
final class Inquirer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inquirer.class);

    private static final long FORGET_EVERY_NANOS = MINUTES.toNanos(1);
    private static final long ABANDON_EVERY_NANOS = MINUTES.toNanos(60);
    private static final int CLOSE_MS = 5_000;

    private final List<Asker> askers = new ArrayList<>();
    private final List<String> mchIds;
    private final InquirySettings settings;
    private final Enrolment enrolment;
    private final Inquiries inquiries;
    private final Meter meter;
    private final List<Enroller> enrollers;
    private final Conversation conversation;
    private final ThreadPoolExecutor questions;
    private final LongSupplier nanos;
    private final Every forget;
    private final Every abandon;
    private boolean checked;

    /**
     * @param senders of the accounts, by their names
     * @param nanos as {@link System#nanoTime}
     */
    Inquirer(
            InquirySettings settings,
            Map<String, Sender> senders,
            Store store,
            Line line,
            Clock clock,
            LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
        senders.forEach((account, sender) -> {
            Inquiry inquiry = sender.inquiry();
            if (inquiry != null) {
                askers.add(new Asker(account, sender.mchId(), inquiry, settings.perSecond(), nanos));
            }
        });
        this.mchIds = askers.stream().map(Asker::mchId).toList();
        this.enrolment = store.enrolment();
        this.inquiries = store.inquiries();
        this.meter = store.meter();
        this.enrollers = List.of(
                new Enroller(Enrolment.Kind.PAYMENT, enrolment, mchIds, settings.at(), nanos),
                new Enroller(Enrolment.Kind.REFUND, enrolment, mchIds, settings.refundAt(), nanos));
        this.conversation = new Conversation(settings.addresses(), line, clock);
        this.forget = new Every(FORGET_EVERY_NANOS);
        this.abandon = new Every(ABANDON_EVERY_NANOS);
        // As many as may be under way, so none is ever refused.
        this.questions = DaemonThreads.upTo(Math.max(1, connections(senders.values())), "notify-question");
    }

    /** How many questions may be under way at once. */
    static int connections(Collection<Sender> senders) {
        return Asker.UNDER_WAY_MAX
                * (int) senders.stream().filter(each -> each.inquiry() != null).count();
    }

    /** Something that is done now and then. */
    private final class Every {
        private final long everyNanos;
        private long dueNanos = nanos.getAsLong();

        Every(long everyNanos) {
            this.everyNanos = everyNanos;
        }

        boolean isDue() {
            boolean due = nanos.getAsLong() - dueNanos >= 0;
            if (due) {
                dueNanos = nanos.getAsLong() + everyNanos;
            }
            return due;
        }
    }

    /** Takes up what is due. Returns as soon as the questions are under way. Belongs to one thread. */
    void tick() throws Unavailable {
        if (!inquiries.isReady()) {
            return;
        }
        inquiries.adopt(mchIds);
        for (Asker asker : askers) {
            claim(asker);
        }
    }

    /** Looks for what comes of age, and for what may go. Belongs to another thread, for it may take a while. */
    void look() throws Unavailable {
        if (!inquiries.isReady()) {
            return;
        }
        if (abandon.isDue()) {
            repeat(() -> inquiries.abandon(mchIds));
        }
        if (askers.isEmpty()) {
            return;
        }
        if (!checked) {
            enrolment.checkIndex(mchIds, settings.at());
            checked = true;
        }
        for (Enroller each : enrollers) {
            each.run();
        }
        if (forget.isDue()) {
            repeat(inquiries::forget);
        }
    }

    /** Work in pieces of a thousand. */
    @FunctionalInterface
    private interface Pieces {
        int next() throws Unavailable;
    }

    private static void repeat(Pieces pieces) throws Unavailable {
        int rounds = 0;
        while (pieces.next() >= 1_000 && rounds < 20) {
            rounds++;
        }
    }

    private void claim(Asker asker) throws Unavailable {
        int room = asker.room();
        if (room <= 0) {
            return;
        }
        for (Due due : inquiries.claim(asker.mchId(), room)) {
            int turn = asker.begin();
            try {
                questions.execute(() -> ask(asker, due, turn));
            } catch (RejectedExecutionException e) {
                // Stopped meanwhile.
                release(due);
            }
        }
    }

    private void ask(Asker asker, Due due, int turn) {
        try {
            Answer answer = conversation.ask(asker, due.question());
            if (questions.isShutdown()) {
                // Broken off by us: that says nothing of the sender.
                release(due);
                return;
            }
            report(asker, turn, answer);
            meter.asked(asker.account(), answer.word());
            List<Duration> ages = due.question().outRefundNo().isEmpty() ? settings.at() : settings.refundAt();
            List<Decision> decisions = inquiries.answered(due, answer, ages);
            if (answer.reading() != null) {
                meter.decided(asker.account(), answer.reading().channel(), Source.INQUIRY, decisions);
            }
            for (Decision decision : decisions) {
                report(asker, due.question(), decision);
            }
        } catch (InterruptedException e) {
            release(due);
        } catch (Unavailable e) {
            // Its lease ends, and then it is asked about again.
            LOG.warn("an answer can't be noted [account={}] [cause={}]", asker.account(), e.getMessage());
        } catch (RuntimeException | Error e) {
            if (questions.isShutdown()) {
                release(due);
            } else {
                LOG.error("a question failed [account={}]", asker.account(), e);
            }
        } finally {
            asker.end();
        }
    }

    /** So that another Tomcat need not wait for the lease's end. */
    private void release(Due due) {
        // It has done its work, and would stop this, too.
        boolean stopped = Thread.interrupted();
        try {
            inquiries.release(due);
        } catch (Unavailable e) {
            LOG.debug("a question is not given back before its lease ends [cause={}]", e.getMessage());
        } finally {
            if (stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void report(Asker asker, int turn, Answer answer) {
        boolean refused = answer.next() == Inquiry.Next.REFUSED;
        if (!refused && answer.next() != Inquiry.Next.BACK_OFF) {
            asker.answered(turn);
            LOG.debug("{} [account={}] [detail={}]", answer.word(), asker.account(), answer.detail());
            return;
        }
        long seconds = asker.refused(turn);
        if (seconds == 0) {
            return;
        }
        String line =
                "the sender does not answer our questions; the next one in {} s [account={}] [answer={}] [detail={}]";
        if (refused) {
            LOG.error(line, seconds, asker.account(), answer.word(), answer.detail());
        } else {
            LOG.warn(line, seconds, asker.account(), answer.word(), answer.detail());
        }
    }

    private static void report(Asker asker, Question question, Decision decision) {
        if (decision.alarming()) {
            LOG.warn(
                    "{} [account={}] [out_trade_no={}] [source=INQUIRY] [detail={}]",
                    decision.outcome(),
                    asker.account(),
                    Text.quoted(question.outTradeNo()),
                    decision.detail());
        } else {
            LOG.info(
                    "{} [account={}] [out_trade_no={}] [source=INQUIRY]",
                    decision.outcome(),
                    asker.account(),
                    Text.quoted(question.outTradeNo()));
        }
    }

    /** Asks no more. What is under way is broken off when the line is closed. */
    void stop() {
        questions.shutdownNow();
    }

    /** Gives back what was under way. {@link #stop} has been called, and the line is closed. */
    @Override
    public void close() {
        try {
            questions.awaitTermination(CLOSE_MS, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
