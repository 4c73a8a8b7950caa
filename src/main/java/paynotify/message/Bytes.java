package paynotify.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Eight bytes of an array as one number: a step over a message that is eight times as long. */
final class Bytes {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    /** Whether there are eight from this place on. */
    static boolean areEight(byte[] in, int at) {
        return at <= in.length - Long.BYTES;
    }

    /** The eight from this place on, the first one lowest. */
    static long eight(byte[] in, int at) {
        return (long) EIGHT.get(in, at);
    }

    /** Whether from two places on, the first one before the second, so many bytes are the same. */
    static boolean areSame(byte[] in, int first, int second, int length) {
        if (length > in.length - second) {
            return false;
        }
        int at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            if (eight(in, first + at) != eight(in, second + at)) {
                return false;
            }
        }
        if (at == length) {
            return true;
        }
        if (areEight(in, second + at)) {
            int others = (Long.BYTES - (length - at)) * Byte.SIZE;
            return (eight(in, first + at) ^ eight(in, second + at)) << others == 0;
        }
        return Arrays.equals(in, first + at, first + length, in, second + at, second + length);
    }

    /** The first of these bytes, up to eight, the first one highest, zeros behind: in their order, if taken as unsigned. */
    static long prefix(byte[] in, int from, int to) {
        int length = to - from;
        if (length == 0) {
            return 0;
        }
        if (areEight(in, from)) {
            int others = Math.max(Long.BYTES - length, 0) * Byte.SIZE;
            return Long.reverseBytes(eight(in, from)) >>> others << others;
        }
        long prefix = 0;
        for (int i = 0; i < Math.min(length, Long.BYTES); i++) {
            prefix |= (in[from + i] & 0xFFL) << (Long.SIZE - Byte.SIZE - i * Byte.SIZE);
        }
        return prefix;
    }

    /** The same of a text in ASCII. */
    static long prefix(String ascii) {
        long prefix = 0;
        for (int i = 0; i < Math.min(ascii.length(), Long.BYTES); i++) {
            prefix |= (long) ascii.charAt(i) << (Long.SIZE - Byte.SIZE - i * Byte.SIZE);
        }
        return prefix;
    }
}
