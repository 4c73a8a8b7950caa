package paynotify.sender;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/** Times as the senders' documents write them: real ones, in exactly their form. */
final class Times {
    /** "All times are standard Beijing time, UTC+8" (参数规定, wiki chapter 4_2). */
    private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

    /** To Java a year, to the calendar none. */
    private static final String YEAR_0 = "0000";

    private static final int COMPACT_LENGTH = 14;
    private static final Pattern RFC_3339 =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)");
    private static final Pattern DATE_AND_TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");

    private Times() {}

    /** {@code yyyyMMddHHmmss}, Beijing time. */
    static Instant compact(String name, String text) throws Refused {
        boolean digits = text.length() == COMPACT_LENGTH && text.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            if (digits && !text.startsWith(YEAR_0)) {
                return LocalDateTime.of(
                                Integer.parseInt(text, 0, 4, 10),
                                Integer.parseInt(text, 4, 6, 10),
                                Integer.parseInt(text, 6, 8, 10),
                                Integer.parseInt(text, 8, 10, 10),
                                Integer.parseInt(text, 10, 12, 10),
                                Integer.parseInt(text, 12, 14, 10))
                        .toInstant(BEIJING);
            }
        } catch (DateTimeException e) {
            // Of the form, but no time: said below.
        }
        throw no(name, "yyyyMMddHHmmss", text);
    }

    /** {@code yyyy-MM-dd HH:mm:ss}, Beijing time. */
    static Instant dateAndTime(String name, String text) throws Refused {
        try {
            if (DATE_AND_TIME.matcher(text).matches() && !text.startsWith(YEAR_0)) {
                return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(BEIJING);
            }
        } catch (DateTimeException e) {
            // Of the form, but no time: said below.
        }
        throw no(name, "yyyy-MM-dd HH:mm:ss", text);
    }

    /** RFC 3339 with a zone, to the second or finer. */
    static Instant rfc3339(String name, String text) throws Refused {
        try {
            if (RFC_3339.matcher(text).matches() && !text.startsWith(YEAR_0)) {
                return OffsetDateTime.parse(text).toInstant();
            }
        } catch (DateTimeException e) {
            // Of the form, but no time: said below.
        }
        throw no(name, "RFC 3339", text);
    }

    private static Refused no(String name, String form, String text) {
        return Refused.malformed(
                "expected a time as " + name + " in the form " + form + ", found " + Text.quoted(text));
    }
}
