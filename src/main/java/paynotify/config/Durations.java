package paynotify.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations like {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d} with commas between them. */
final class Durations {
    static final int COUNT_MAX = 100;

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,7})([smhd])");

    private Durations() {}

    /**
     * Reads all of them.
     *
     * @param ascending whether each must be longer than the one before
     * @return nothing where one of them is none, or too long, or out of order, or where there are more than {@value #COUNT_MAX}
     */
    static List<Duration> read(String text, boolean ascending, Duration most) {
        List<Duration> durations = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            Matcher matcher = DURATION.matcher(item.strip());
            if (!matcher.matches()) {
                return List.of();
            }
            Duration duration = Duration.of(
                    Long.parseLong(matcher.group(1)),
                    switch (matcher.group(2)) {
                        case "s" -> ChronoUnit.SECONDS;
                        case "m" -> ChronoUnit.MINUTES;
                        case "h" -> ChronoUnit.HOURS;
                        default -> ChronoUnit.DAYS;
                    });
            Duration before = durations.isEmpty() || !ascending ? Duration.ZERO : durations.get(durations.size() - 1);
            if (duration.compareTo(before) <= 0 || duration.compareTo(most) > 0) {
                return List.of();
            }
            durations.add(duration);
        }
        return durations.size() <= COUNT_MAX ? durations : List.of();
    }
}
