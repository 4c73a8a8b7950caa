package paynotify.bill;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import paynotify.config.Config;

/**
 * When bills are fetched, and how long their lines are kept (contract, section 14).
 *
 * @param at Beijing time
 */
public record BillSettings(LocalTime at, int keepDays) {
    static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
    /** Days that have no bill yet are made up for. */
    private static final int DAYS = 30;

    private static final String AT_WHERE_LEFT_OUT = "10:15";
    private static final int KEEP_DAYS_MOST = 3_650;
    private static final int KEEP_DAYS_WHERE_LEFT_OUT = 90;

    /** Takes the keys {@code bill.*}. WeChat has the bill of a day at 10:00 of the next one. */
    public static BillSettings read(Config bill) {
        String at = bill.has("at")
                ? bill.text("at", "a time of Beijing from 10:00 to 23:59", "(1[0-9]|2[0-3]):[0-5][0-9]")
                : AT_WHERE_LEFT_OUT;
        return new BillSettings(
                LocalTime.parse(at.isEmpty() ? AT_WHERE_LEFT_OUT : at),
                bill.number("keep-days", 1, KEEP_DAYS_MOST, KEEP_DAYS_WHERE_LEFT_OUT));
    }

    static LocalDate today(Instant now) {
        return now.atOffset(BEIJING).toLocalDate();
    }

    /** The last day whose bill may be asked for. */
    LocalDate last(Instant now) {
        boolean isTime = !now.atOffset(BEIJING).toLocalTime().isBefore(at);
        return today(now).minusDays(isTime ? 1 : 2);
    }

    /** The first day that is still fetched. */
    static LocalDate first(Instant now) {
        return today(now).minusDays(DAYS);
    }
}
