package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.admin.Charts.Slice;

class ChartsTest {
    private static final Instant HOUR = Instant.parse("2026-11-28T16:00:00Z");

    private static String pie(List<Slice> slices) {
        Html html = new Html();
        Charts.pie(html, slices, "label", (slice, part) -> slice.word() + " " + part);
        return html.page();
    }

    @Test
    void pie_ofHalves_hasTwoHalfRings() {
        String page = pie(List.of(new Slice("APPLIED", 5), new Slice("CONFLICT", 5)));
        assertTrue(page.contains("class=\"slice c-APPLIED\" d=\"M0.000 -46.000A46.000 46.000 0 0 1 "), page);
        assertTrue(page.contains("<title>CONFLICT 0.5</title>"), page);
    }

    @Test
    void pie_ofOne_isAWholeRing() {
        String page = pie(List.of(new Slice("APPLIED", 7)));
        assertTrue(page.contains(" 0 1 1 "), page);
        assertFalse(page.contains("NaN"), page);
    }

    @Test
    void pie_ofNothing_isAnEmptyRing() {
        assertTrue(pie(List.of()).contains("class=\"nothing\""));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "7, 8", "53, 60", "100, 100", "101, 120", "7001, 8000", "999999, 1000000"})
    void top_isRoundAndJustAbove(long most, long top) {
        assertEquals(top, Charts.top(Map.of(HOUR, new long[] {most, 0, 0, 0})));
    }

    @Test
    void bars_haveOneForEachHourThatHasAny() {
        Html html = new Html();
        Charts.bars(
                html,
                HOUR,
                3,
                Map.of(HOUR.plusSeconds(3_600), new long[] {9_999, 1, 0, 0}),
                "label",
                (hour, counts) -> hour + " " + Charts.sum(counts));
        String page = html.page();
        assertTrue(page.contains("viewBox=\"0 0 30 100\""), page);
        assertTrue(page.contains("<title>2026-11-28T17:00:00Z 10000</title>"), page);
        // The one of ten thousand is seen.
        assertTrue(
                page.contains("class=\"bar g-quiet\" d=\"M11 0.01H19V0.00H11Z\"")
                        || page.contains("g-quiet\" d=\"M11 "),
                page);
        assertTrue(page.contains("class=\"bar g-attention\" d=\"\""), page);
    }

    @ParameterizedTest
    @CsvSource({
        "APPLIED, good",
        "DUPLICATE, good",
        "SIGNATURE_PROBE, quiet",
        "NOT_PAID, quiet",
        "AMOUNT_MISMATCH, attention",
        "BAD_SIGNATURE, refused",
        "A_WORD_OF_A_LATER_VERSION, refused"
    })
    void group_isWhatTheOutcomeMeans(String outcome, String group) {
        assertEquals(group, Charts.GROUPS.get(Charts.group(outcome)));
    }
}
