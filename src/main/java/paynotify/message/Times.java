package paynotify.message;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Times as the senders' documents write them: real ones, in exactly their form. */
public final class Times {
    /** "All times are standard Beijing time, UTC+8" (参数规定, wiki chapter 4_2). */
    private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

    // A 0 stands for any digit.
    private static final String COMPACT = "00000000000000";
    private static final String DATE_AND_TIME = "0000-00-00 00:00:00";
    private static final String DATE_T_TIME = "0000-00-00T00:00:00";
    private static final String EAST = "+00:00";
    private static final String WEST = "-00:00";
    private static final int FRACTION_DIGITS_MAX = 9;

    // Of the years 1 to 9999 in UTC, too: others have no four digits.
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Times() {}

    /** {@code yyyyMMddHHmmss}, Beijing time. */
    public static Instant compact(String name, String text) throws Malformed {
        return instant(name, "yyyyMMddHHmmss", text, hasForm(text, COMPACT), 0, 0, BEIJING);
    }

    /** {@code yyyy-MM-dd HH:mm:ss}, Beijing time. */
    public static Instant dateAndTime(String name, String text) throws Malformed {
        return instant(name, "yyyy-MM-dd HH:mm:ss", text, hasForm(text, DATE_AND_TIME), 1, 0, BEIJING);
    }

    /** RFC 3339 with a zone, to the second or finer. */
    public static Instant rfc3339(String name, String text) throws Malformed {
        int end = Math.min(DATE_T_TIME.length(), text.length());
        boolean hasForm = hasForm(text.substring(0, end), DATE_T_TIME);
        int zoneFrom = end;
        if (text.startsWith(".", end)) {
            zoneFrom++;
            while (zoneFrom < text.length() && isDigit(text.charAt(zoneFrom))) {
                zoneFrom++;
            }
            int count = zoneFrom - end - 1;
            hasForm &= count >= 1 && count <= FRACTION_DIGITS_MAX;
        }
        int nanos = !hasForm ? 0 : nanos(text.substring(Math.min(end + 1, zoneFrom), zoneFrom));
        return instant(name, "RFC 3339", text, hasForm, 1, nanos, zone(text.substring(zoneFrom)));
    }

    private static @Nullable ZoneOffset zone(String text) {
        if (text.equals("Z")) {
            return ZoneOffset.UTC;
        }
        if (!hasForm(text, EAST) && !hasForm(text, WEST)) {
            return null;
        }
        int sign = text.charAt(0) == '-' ? -1 : 1;
        try {
            return ZoneOffset.ofHoursMinutes(sign * twoDigits(text, 1), sign * twoDigits(text, 4));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static int nanos(String fraction) {
        return fraction.isEmpty() ? 0 : Integer.parseInt((fraction + "00000000").substring(0, FRACTION_DIGITS_MAX));
    }

    /**
     * @param gap how many characters stand between two numbers
     * @param zone null if the text names none
     */
    private static Instant instant(
            String name, String form, String text, boolean hasForm, int gap, int nanos, @Nullable ZoneOffset zone)
            throws Malformed {
        try {
            // The year 0 is one to Java, to the calendar it is none.
            if (hasForm && zone != null && number(text, 0, 4) > 0) {
                Instant time = LocalDateTime.of(
                                number(text, 0, 4),
                                twoDigits(text, 4 + gap),
                                twoDigits(text, 6 + 2 * gap),
                                twoDigits(text, 8 + 3 * gap),
                                twoDigits(text, 10 + 4 * gap),
                                twoDigits(text, 12 + 5 * gap),
                                nanos)
                        .toInstant(zone);
                if (!time.isBefore(FIRST) && !time.isAfter(LAST)) {
                    return time;
                }
            }
        } catch (DateTimeException e) {
            // Of the form, but no time: said below.
        }
        throw new Malformed("expected a time as " + name + " in the form " + form + ", found " + Text.quoted(text));
    }

    private static boolean hasForm(String text, String form) {
        if (text.length() != form.length()) {
            return false;
        }
        for (int i = 0; i < form.length(); i++) {
            char expected = form.charAt(i);
            if (expected == '0' ? !isDigit(text.charAt(i)) : text.charAt(i) != expected) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int twoDigits(String text, int from) {
        return number(text, from, from + 2);
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
