package paynotify.message;

import org.jspecify.annotations.Nullable;

/** Amounts as the senders write them: digits only, no sign, no blank, no leading zero, and it fits a bigint. */
public final class WholeNumber {
    /** The digits of {@link Long#MAX_VALUE}. */
    private static final int DIGITS_MAX = 19;

    private WholeNumber() {}

    /** The number that is written there; null if none is. */
    public static @Nullable Long parseOrNull(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > DIGITS_MAX) {
            return null;
        }
        if (text.charAt(0) == '0' && text.length() > 1) {
            return null;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            number = 10 * number + digit;
        }
        // 19 digits are less than twice the range of a long, so one that doesn't fit is negative.
        return number < 0 ? null : number;
    }
}
