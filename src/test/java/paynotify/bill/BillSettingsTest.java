package paynotify.bill;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which days' bills may be asked for: Beijing's days, after bill.at. */
class BillSettingsTest {
    private final BillSettings settings = new BillSettings(LocalTime.of(10, 15), 90);

    @ParameterizedTest
    @CsvSource({
        "2025-06-02T02:14:59Z, 2025-05-31",
        "2025-06-02T02:15:00Z, 2025-06-01",
        "2025-06-02T15:59:59Z, 2025-06-01",
        "2025-06-02T16:00:00Z, 2025-06-01",
        "2025-06-03T02:15:00Z, 2025-06-02",
    })
    void last_isTheDayBefore_afterBillAt(String now, String day) {
        assertEquals(LocalDate.parse(day), settings.last(Instant.parse(now)));
    }

    @Test
    void first_isThirtyDaysBack() {
        assertEquals(LocalDate.parse("2025-05-04"), BillSettings.first(Instant.parse("2025-06-02T16:00:00Z")));
    }
}
