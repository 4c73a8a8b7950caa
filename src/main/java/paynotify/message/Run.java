package paynotify.message;

/**
 * A run of characters of ASCII, from the blank on, that ends before one of three. Most of a message is in such runs, so
 * eight bytes are looked at in one step, as one number.
 *
 * @param first each of the three eight times, one in each byte of a number
 */
record Run(long first, long second, long third) {
    private static final long EACH = 0x01_01_01_01_01_01_01_01L;
    private static final long HIGHEST_BITS = EACH << 7;

    static Run upTo(char first, char second, char third) {
        return new Run(first * EACH, second * EACH, third * EACH);
    }

    /** The place behind the run that begins at this place; the same place if none does. */
    int end(byte[] in, int from) {
        int at = from;
        for (; Bytes.areEight(in, at); at += Long.BYTES) {
            long ends = ends(Bytes.eight(in, at));
            if (ends != 0) {
                return at + Long.numberOfTrailingZeros(ends) / Byte.SIZE;
            }
        }
        while (at < in.length && ends((in[at] & 0xFF) * EACH) == 0) {
            at++;
        }
        return at;
    }

    /**
     * Has the highest bit set of every byte that is not of the run, and of no other below the first such byte: a
     * subtraction borrows from the bytes above only where it has found one.
     */
    private long ends(long eight) {
        long control = eight - ' ' * EACH;
        long notAscii = eight;
        return (control | notAscii | zeros(eight ^ first) | zeros(eight ^ second) | zeros(eight ^ third))
                & HIGHEST_BITS;
    }

    private static long zeros(long bytes) {
        return (bytes - EACH) & ~bytes;
    }
}
