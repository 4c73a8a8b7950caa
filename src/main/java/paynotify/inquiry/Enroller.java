package paynotify.inquiry;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import paynotify.store.Enrolment;
import paynotify.store.Enrolment.Kind;
import paynotify.store.Unavailable;

/**
 * Sees to it that every order and refund is enrolled when it comes of age, also where it came late: a row is seen by us
 * only when the shop commits it, and may bear a {@code created_at} of long before. So three spans of ages are looked at:
 * each time the minute after the first age; the quarter of an hour after it, again and again; and all that may still be
 * asked about, piece by piece. A piece is as long as reading it is cheap. Belongs to one thread.
 */
final class Enroller {
    /** Orders that are older than all ages are asked about once, if they are younger (contract, section 7). */
    static final Duration NEVER_ASKED_MAX = Duration.ofDays(7);

    private static final Duration JUST_OF_AGE = Duration.ofMinutes(1);
    private static final Duration LATE = Duration.ofMinutes(15);

    private final Kind kind;
    private final Enrolment enrolment;
    private final Collection<String> askers;
    private final List<Duration> ages;
    private final Sweep late;
    private final Sweep all;

    /**
     * @param askers the mch-ids of the accounts that inquire
     * @param ages when such rows are asked about, ascending
     */
    Enroller(Kind kind, Enrolment enrolment, Collection<String> askers, List<Duration> ages, LongSupplier nanos) {
        this.kind = kind;
        this.enrolment = enrolment;
        this.askers = List.copyOf(askers);
        this.ages = List.copyOf(ages);
        Duration first = ages.get(0);
        Duration last = ages.get(ages.size() - 1);
        this.late = new Sweep(this::enrol, first, first.plus(LATE), nanos);
        this.all = new Sweep(
                this::enrol, first, last.compareTo(NEVER_ASKED_MAX) > 0 ? last : first.plus(NEVER_ASKED_MAX), nanos);
    }

    void run() throws Unavailable {
        Duration first = ages.get(0);
        enrol(first.plus(JUST_OF_AGE), first);
        late.step();
        all.step();
    }

    private void enrol(Duration older, Duration younger) throws Unavailable {
        enrolment.enrol(kind, askers, ages, older, younger);
    }

    /** Looks at a span of ages piece by piece, the youngest first, and then again. */
    static final class Sweep {
        private static final Duration PIECE_FIRST = Duration.ofMinutes(15);
        private static final Duration PIECE_LEAST = Duration.ofSeconds(10);
        private static final Duration PIECE_MOST = Duration.ofHours(12);
        private static final long CHEAP_NANOS = MILLISECONDS.toNanos(20);
        private static final long DEAR_NANOS = MILLISECONDS.toNanos(100);

        private final Piece work;
        private final Duration youngest;
        private final Duration oldest;
        private final LongSupplier nanos;
        private Duration next;
        private Duration piece = PIECE_FIRST;

        /** What is done with a piece. */
        @FunctionalInterface
        interface Piece {
            void look(Duration older, Duration younger) throws Unavailable;
        }

        Sweep(Piece work, Duration youngest, Duration oldest, LongSupplier nanos) {
            this.work = work;
            this.youngest = youngest;
            this.oldest = oldest;
            this.nanos = nanos;
            this.next = youngest;
        }

        /** One piece. What failed is looked at again, in smaller ones. */
        void step() throws Unavailable {
            Duration end = next.plus(piece);
            Duration older = end.compareTo(oldest) < 0 ? end : oldest;
            long start = nanos.getAsLong();
            boolean done = false;
            try {
                work.look(older, next);
                done = true;
            } finally {
                fit(done ? nanos.getAsLong() - start : Long.MAX_VALUE);
            }
            // Time goes on while we look: what was a little younger than this piece is a little older at the next step.
            next = older.equals(oldest) ? youngest : older;
        }

        private void fit(long tookNanos) {
            if (tookNanos > DEAR_NANOS) {
                piece = piece.dividedBy(2).compareTo(PIECE_LEAST) > 0 ? piece.dividedBy(2) : PIECE_LEAST;
            } else if (tookNanos < CHEAP_NANOS && piece.compareTo(PIECE_MOST) < 0) {
                piece = piece.multipliedBy(2);
            }
        }
    }
}
