package paynotify.bill;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.message.Text;
import paynotify.sender.Bill;
import paynotify.sender.Bill.Answer;
import paynotify.sender.Bill.Next;
import paynotify.store.BillComparison;
import paynotify.store.Bills;
import paynotify.store.Bills.Claim;
import paynotify.store.Bills.End;
import paynotify.store.Bills.State;
import paynotify.store.Unavailable;

/**
 * One account's bills: what is missing is fetched, the oldest day first, read to its end before anything of it is believed,
 * then stored and compared (contract, section 14). Belongs to one thread.
 */
final class Fetch {
    private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);

    /** What is read of a bill, packed or not. */
    static final long BYTES_MAX = 1L << 30;

    /** A sender that doesn't answer is asked about the next day only after that time. */
    private static final long PAUSE_NANOS = SECONDS.toNanos(60);
    /** A lease is renewed so often while a bill comes, or is read. */
    private static final long RENEW_NANOS = SECONDS.toNanos(15);

    private static final int DETAIL_CHARS_MAX = 1_000;

    private final String account;
    private final String mchId;
    private final Download download;
    private final BillFile file;
    private final Bills bills;
    private final BillSettings settings;
    private final Path folder;
    private final Clock clock;
    private final LongSupplier nanos;
    private @Nullable Long pauseEndsNanos;

    /**
     * @param folder where a bill lies while it is read
     * @param nanos as {@link System#nanoTime}
     */
    Fetch(
            String account,
            String mchId,
            Bill bill,
            Download download,
            Bills bills,
            BillSettings settings,
            Path folder,
            Clock clock,
            LongSupplier nanos) {
        this.account = account;
        this.mchId = mchId;
        this.file = new BillFile(mchId, bill, bills);
        this.download = download;
        this.bills = bills;
        this.settings = settings;
        this.folder = folder;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** Does what is to be done now. */
    void tick() throws Unavailable {
        try {
            if (bills.isReady()) {
                run();
            }
        } catch (Unavailable e) {
            if (!bills.isStopped()) {
                throw e;
            }
        }
    }

    private void run() throws Unavailable {
        Instant now = clock.instant();
        LocalDate first = BillSettings.first(now);
        LocalDate last = settings.last(now);
        bills.enlist(mchId, account, first, last);
        while (!isPausing()) {
            Claim claim = bills.claim(mchId, account, first, last);
            if (claim == null) {
                break;
            }
            work(claim, () -> fetch(claim));
        }
        for (Claim claim = bills.claimDecision(mchId); claim != null; claim = bills.claimDecision(mchId)) {
            Claim each = claim;
            work(each, () -> decide(each));
        }
    }

    private boolean isPausing() {
        return pauseEndsNanos != null && nanos.getAsLong() - pauseEndsNanos < 0;
    }

    /** A step of the work, which may find that it is not ours any more. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException, Unavailable, Bills.NotOurs;
    }

    private void work(Claim claim, Step step) throws Unavailable {
        try {
            try {
                step.run();
            } catch (Unavailable e) {
                if (bills.isStopped()) {
                    // So that another Tomcat need not wait for the lease's end.
                    bills.release(claim);
                }
                if (!Bills.isRefusal(e)) {
                    // Its lease ends, and then it is done by whoever finds the database again.
                    throw e;
                }
                end(claim, End.without(State.UNUSABLE, "the database refused it: " + e.getMessage(), false));
            } catch (IOException e) {
                end(claim, End.without(State.WAITING, "expected room for a file, found " + e, false));
            }
        } catch (Bills.NotOurs e) {
            LOG.info("the bill of {} is left to others [account={}]", claim.day(), account);
        }
    }

    private void end(Claim claim, End end) throws Unavailable, Bills.NotOurs {
        bills.end(
                claim,
                new End(
                        end.state(),
                        end.lines(),
                        end.paidFee(),
                        end.refundFee(),
                        end.differences(),
                        end.detail() == null ? null : cut(Text.inOneLine(end.detail())),
                        end.noStatement()));
        String line = "the bill of {} is {} [account={}] [lines={}] [differences={}] [detail={}]";
        Object[] values = {claim.day(), end.state(), account, end.lines(), end.differences(), end.detail()};
        boolean differs = end.differences() != null && end.differences() > 0;
        if (end.state() == State.UNUSABLE || differs) {
            LOG.warn(line, values);
        } else {
            LOG.info(line, values);
        }
    }

    private static String cut(String detail) {
        return detail.length() <= DETAIL_CHARS_MAX ? detail : detail.substring(0, DETAIL_CHARS_MAX);
    }

    private void fetch(Claim claim) throws IOException, Unavailable, Bills.NotOurs {
        try (Spool spool = Spool.open(folder, BYTES_MAX)) {
            Download.Alive alive = alive(claim);
            Download.Result result = download.run(claim.day(), spool, alive);
            Answer answer = result.answer();
            pauseEndsNanos = answer != null && answer.next() == Next.REFUSED ? nanos.getAsLong() + PAUSE_NANOS : null;
            end(claim, answer == null ? file.store(claim, spool, result.sha1(), alive) : none(claim, answer));
        }
    }

    /** The lease is renewed now and then, not at each call. */
    private Download.Alive alive(Claim claim) {
        long[] renewed = {nanos.getAsLong()};
        return () -> {
            if (nanos.getAsLong() - renewed[0] >= RENEW_NANOS) {
                bills.keep(claim);
                renewed[0] = nanos.getAsLong();
            }
        };
    }

    private End none(Claim claim, Answer answer) throws Unavailable, Bills.NotOurs {
        if (answer.next() != Next.NONE) {
            boolean waits = answer.next() == Next.LATER || answer.next() == Next.REFUSED;
            return End.without(waits ? State.WAITING : State.UNUSABLE, answer.detail(), false);
        }
        if (bills.comparison(claim).isAnyPaid(clock.instant().atOffset(ZoneOffset.UTC))) {
            return End.without(
                    State.UNUSABLE, "expected a bill, for orders were paid here that day; " + answer.detail(), true);
        }
        bills.clear(claim);
        return new End(State.EMPTY, 0, 0L, 0L, 0L, answer.detail(), true);
    }

    private void decide(Claim claim) throws Unavailable, Bills.NotOurs {
        Instant now = clock.instant();
        BillComparison comparison = bills.comparison(claim);
        comparison.decide(now.atOffset(ZoneOffset.UTC), BillSettings.today(now).minusDays(settings.keepDays()));
        if (comparison.found() > 0) {
            LOG.warn(
                    "payments or refunds of {} are in no bill [account={}] [differences={}]",
                    claim.day(),
                    account,
                    comparison.found());
        }
    }
}
