package paynotify.message;

import org.jspecify.annotations.Nullable;

/** Amounts in yuan as some senders write them: a {@link WholeNumber}, or one with one or two decimals. */
public final class Yuan {
    private static final int DECIMALS = 2;

    private Yuan() {}

    /** The amount in fen, exactly; null where it is not of this form, or does not fit a bigint. */
    public static @Nullable Long parseFenOrNull(@Nullable String text) {
        if (text == null) {
            return null;
        }
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String decimals = point < 0 ? "" : text.substring(point + 1);
        if (WholeNumber.parseOrNull(whole) == null
                || decimals.length() > DECIMALS
                || (point >= 0 && decimals.isEmpty())) {
            return null;
        }
        // All digits of the fen stand there; those before the first one that counts are taken out.
        String fen = whole + decimals + "0".repeat(DECIMALS - decimals.length());
        int first = 0;
        while (first < fen.length() - 1 && fen.charAt(first) == '0') {
            first++;
        }
        return WholeNumber.parseOrNull(fen.substring(first));
    }
}
