package paynotify.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How values look to people. */
final class Formats {
    static final ZoneId BEIJING = ZoneId.of("Asia/Shanghai");

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(BEIJING);
    private static final DateTimeFormatter FIELD =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(BEIJING);
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT).withZone(BEIJING);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("MM-dd", Locale.ROOT).withZone(BEIJING);

    private static final int FEN_PER_YUAN = 100;
    private static final int PAYER_BEGIN = 6;
    private static final int PAYER_END = 5;
    private static final int YEAR_LEAST = 1970;
    private static final int YEAR_MOST = 9999;
    private static final int CURRENCY_CHARS = 8;
    private static final int MICROS_PER_MILLI = 1_000;

    private Formats() {}

    /** {@code ¥49.90}; other currencies by their letters. */
    static String amount(long fen, @Nullable String currency) {
        String sign = fen < 0 ? "-" : "";
        String yuan =
                String.format(Locale.ROOT, "%,d.%02d", Math.abs(fen / FEN_PER_YUAN), Math.abs(fen % FEN_PER_YUAN));
        if (currency == null || currency.equals("CNY")) {
            return sign + "¥" + yuan;
        }
        // Whoever sends it may say anything; its own column has it whole.
        String letters = currency.length() <= CURRENCY_CHARS ? currency : currency.substring(0, CURRENCY_CHARS) + "…";
        return letters + " " + sign + yuan;
    }

    /** In Beijing, to the second. */
    static String time(Instant time) {
        return SECONDS.format(time);
    }

    /** As a field of a form has it. */
    static String field(@Nullable Instant time) {
        return time == null ? "" : FIELD.format(time);
    }

    /**
     * What a form has sent; null for nothing.
     *
     * @throws DateTimeException if it is no time
     */
    static @Nullable Instant parseField(String text) {
        if (text.isEmpty()) {
            return null;
        }
        LocalDateTime time = LocalDateTime.parse(text);
        if (time.getYear() < YEAR_LEAST || time.getYear() > YEAR_MOST) {
            throw new DateTimeException("no year of ours");
        }
        return time.atZone(BEIJING).toInstant();
    }

    static String hour(Instant time) {
        return HOUR.format(time);
    }

    static String day(Instant time) {
        return DAY.format(time);
    }

    static String micros(long micros) {
        return micros < MICROS_PER_MILLI
                ? micros + " µs"
                : String.format(Locale.ROOT, "%.1f ms", micros / (double) MICROS_PER_MILLI);
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code oUpF8u…WeS6o}: enough to compare two, too little to know one. */
    static String payer(String payer) {
        int length = payer.codePointCount(0, payer.length());
        if (length <= PAYER_BEGIN + PAYER_END + 1) {
            return payer.substring(0, payer.offsetByCodePoints(0, Math.min(length, 2))) + "…";
        }
        return payer.substring(0, payer.offsetByCodePoints(0, PAYER_BEGIN)) + "…"
                + payer.substring(payer.offsetByCodePoints(payer.length(), -PAYER_END));
    }

    /** A link's query. */
    static String query(@Nullable String... namesAndValues) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null && !value.isEmpty()) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(namesAndValues[i])
                        .append('=')
                        .append(URLEncoder.encode(value, UTF_8));
            }
        }
        return query.toString();
    }
}
