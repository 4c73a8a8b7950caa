package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A word that a language knows, of 16 bytes at most, found by looking at its first and its last eight bytes (which are
 * the same ones, if it is short).
 *
 * @param length in bytes
 * @param bits of eight bytes, those that the word has
 * @param lastAt where the last eight bytes begin
 */
record Word(int length, long bits, long first, int lastAt, long last) {
    static Word of(String text) {
        byte[] word = text.getBytes(UTF_8);
        if (word.length > 2 * Long.BYTES) {
            throw new IllegalArgumentException("the middle of " + text + " would not be looked at");
        }
        byte[] padded = Arrays.copyOf(word, Math.max(word.length, Long.BYTES));
        int lastAt = padded.length - Long.BYTES;
        long bits = -1L >>> (Math.max(Long.BYTES - word.length, 0) * Byte.SIZE);
        return new Word(word.length, bits, Bytes.eight(padded, 0), lastAt, Bytes.eight(padded, lastAt));
    }

    boolean isAt(byte[] in, int at) {
        if (Bytes.areEight(in, at + lastAt)) {
            return (Bytes.eight(in, at) & bits) == first && (Bytes.eight(in, at + lastAt) & bits) == last;
        }
        // So near the end that a shorter word may still be there.
        return length <= in.length - at && isAt(Arrays.copyOfRange(in, at, at + Math.max(length, Long.BYTES)), 0);
    }
}
