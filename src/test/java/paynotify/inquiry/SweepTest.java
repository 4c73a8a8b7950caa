package paynotify.inquiry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import paynotify.inquiry.Enroller.Sweep;
import paynotify.store.Unavailable;

/** Pieces of a span of ages, as long as reading them is cheap. */
class SweepTest {
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration LAST = Duration.ofDays(7);

    private final List<Duration> edges = new ArrayList<>();
    private long now;
    private long costNanosPerMinute;
    private boolean fails;

    private final Sweep sweep = new Sweep(this::look, FIRST, LAST, () -> now);

    private void look(Duration older, Duration younger) {
        if (fails) {
            throw new IllegalStateException();
        }
        assertTrue(older.compareTo(younger) > 0);
        assertEquals(
                edges.isEmpty() || edges.get(edges.size() - 1).equals(LAST) ? FIRST : edges.get(edges.size() - 1),
                younger,
                "no gap");
        edges.add(older);
        now += costNanosPerMinute * older.minus(younger).toMinutes();
    }

    private int stepsForAll() throws Unavailable {
        edges.clear();
        do {
            sweep.step();
        } while (!edges.get(edges.size() - 1).equals(LAST));
        return edges.size();
    }

    @Test
    void step_cheapPieces_becomeLong() throws Exception {
        assertTrue(stepsForAll() < 25);
    }

    @Test
    void step_dearPieces_becomeShortAndMissNothing() throws Exception {
        costNanosPerMinute = 5_000_000;
        int steps = stepsForAll();
        assertTrue(steps > 7 * 24 * 60 / 25 && steps < 7 * 24 * 60 / 4, "steps: " + steps);
    }

    @Test
    void step_failed_isDoneAgainInASmallerPiece() throws Exception {
        sweep.step();
        Duration reached = edges.get(0);
        fails = true;
        assertThrows(IllegalStateException.class, sweep::step);
        fails = false;
        sweep.step();
        assertEquals(reached.plusMinutes(15), edges.get(1), "30 min would have been next, and are halved");
    }
}
