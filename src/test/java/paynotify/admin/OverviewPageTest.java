package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import paynotify.config.Secret;
import paynotify.store.OverviewQueries.Flow;
import paynotify.store.OverviewQueries.State;
import paynotify.store.Store;
import paynotify.store.TableRow;

class OverviewPageTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:30:00Z");

    private final List<Desk.Key> keys = new ArrayList<>();

    private OverviewPage page(Span span) {
        Desk desk = new Desk(
                mock(Store.class),
                new AdminSettings(true, new Secret("secret")),
                List.of(),
                () -> keys,
                Clock.systemUTC());
        View view = new View(Texts.ENGLISH, "li", false, "/notify/admin", "/notify/admin/", "token", NOW);
        return new OverviewPage(new Sheet(view), desk, span);
    }

    private static TableRow hour(String hour, String outcome, long callbacks) {
        TableRow row = mock(TableRow.class);
        when(row.time("hour")).thenReturn(Instant.parse(hour));
        when(row.word("outcome")).thenReturn(outcome);
        when(row.count("callbacks")).thenReturn(callbacks);
        return row;
    }

    @Test
    void page_withoutDatabase_saysSoAndStillShowsTheKeys() {
        keys.add(new Desk.Key("account.a.public-key.A", NOW.minus(Duration.ofDays(1))));
        keys.add(new Desk.Key("account.a.public-key.B", NOW.plus(Duration.ofDays(29))));
        keys.add(new Desk.Key("account.a.public-key.C", NOW.plus(Duration.ofDays(31))));
        keys.add(new Desk.Key("account.a.public-key.D", null));
        String page = page(Span.DAY).page(null, null, "No answer from the database.");
        assertTrue(page.contains("No answer from the database."), page);
        assertFalse(page.contains("class=\"charts\""), page);
        assertTrue(page.contains("class=\"tile bad\""), page);
        // One has expired, and one will soon.
        assertEquals(1, page.split("chip c-BAD_SIGNATURE", -1).length - 1, page);
        assertEquals(1, page.split("chip c-AMOUNT_MISMATCH", -1).length - 1, page);
        assertEquals(4, page.split("account\\.a\\.public-key", -1).length - 1, page);
    }

    @Test
    void page_withFiguresAndNothingOpen_isCalm() {
        State state = new State(List.of(), mock(TableRow.class), mock(TableRow.class), List.of(), 0);
        TableRow took = mock(TableRow.class);
        when(took.number("median")).thenReturn(null);
        when(took.number("p99")).thenReturn(null);
        Flow flow = new Flow(List.of(), took);
        String page = page(Span.WEEK).page(flow, state, null);
        assertFalse(page.contains("tile warn"), page);
        assertTrue(page.contains("No callback came in this time."), page);
        assertTrue(page.contains("class=\"nothing\""), page);
    }

    @Test
    void page_withCasesAndDifferences_warns() {
        TableRow attention = mock(TableRow.class);
        when(attention.text("outcome")).thenReturn("CONFLICT");
        when(attention.count("cases")).thenReturn(3L);
        TableRow events = mock(TableRow.class);
        when(events.time("oldest")).thenReturn(NOW);
        TableRow took = mock(TableRow.class);
        when(took.number("median")).thenReturn(1_500L);
        when(took.number("p99")).thenReturn(9_000L);
        State state = new State(List.of(attention), mock(TableRow.class), events, List.of(), 2);
        String page = page(Span.WEEK)
                .page(
                        new Flow(
                                List.of(
                                        hour("2026-11-28T10:00:00Z", "APPLIED", 4_000),
                                        hour("2026-11-28T11:00:00Z", "APPLIED", 2),
                                        hour("2026-11-28T11:00:00Z", "BAD_SIGNATURE", 1)),
                                took),
                        state,
                        null);
        assertEquals(2, page.split("tile warn", -1).length - 1, page);
        // By day, for a week: all of these hours in one line.
        assertTrue(page.contains("4,002</td>"), page);
        assertTrue(page.contains("&lt; 0.1"), page);
    }
}
