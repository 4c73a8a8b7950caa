package paynotify.background;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import paynotify.background.Daily.Rest;
import paynotify.store.Unavailable;

class DailyTest {
    private final Queue<Rest> rests = new ArrayDeque<>();
    private long nanos = Long.MAX_VALUE - 5;
    private boolean go = true;
    private int pieces;

    private final Daily daily = new Daily(() -> go, this::piece, () -> nanos);

    private Rest piece() throws Unavailable {
        pieces++;
        Rest rest = rests.poll();
        if (rest == null) {
            // Only the store makes one.
            throw mock(Unavailable.class);
        }
        return rest;
    }

    private int ticked() throws Unavailable {
        daily.tick();
        return pieces;
    }

    @Test
    void tick_atStartAndOnceADay_doesAllPieces() throws Exception {
        rests.addAll(List.of(Rest.MORE, Rest.MORE, Rest.NONE, Rest.NONE));
        assertEquals(3, ticked());
        assertEquals(3, ticked());
        nanos += TimeUnit.DAYS.toNanos(1) - 1;
        assertEquals(3, ticked());
        nanos++;
        assertEquals(4, ticked());
        assertEquals(4, ticked());
    }

    @Test
    void tick_whatCantBeDoneNow_isTriedAtTheNextTick() throws Exception {
        rests.addAll(List.of(Rest.LATER, Rest.MORE));
        assertEquals(1, ticked());
        assertThrows(Unavailable.class, daily::tick);
        assertEquals(3, pieces);
        rests.add(Rest.NONE);
        assertEquals(4, ticked());
        assertEquals(4, ticked());
    }

    @Test
    void tick_mayNotBegin_beginsNothingUntilItMay() throws Exception {
        go = false;
        assertEquals(0, ticked());
        go = true;
        rests.add(Rest.NONE);
        assertEquals(1, ticked());
    }
}
