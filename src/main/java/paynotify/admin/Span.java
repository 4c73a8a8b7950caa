package paynotify.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/** How far the overview looks back. */
enum Span {
    DAY("24h", 24),
    WEEK("7d", 7 * 24),
    MONTH("30d", 30 * 24);

    private final String word;
    private final int hours;

    Span(String word, int hours) {
        this.word = word;
        this.hours = hours;
    }

    /** The one of this word; a day for any other. */
    static Span of(String word) {
        return Arrays.stream(values())
                .filter(span -> span.word.equals(word))
                .findFirst()
                .orElse(DAY);
    }

    String word() {
        return word;
    }

    int hours() {
        return hours;
    }

    /** Of the bars: the last one is the hour that is under way. */
    Instant first(Instant now) {
        return now.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(hours - 1L));
    }
}
