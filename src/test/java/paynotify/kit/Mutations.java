package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Genuine messages, each changed in one to three places: the same ones every time. */
public final class Mutations {
    /** What is not UTF-8: a part of a character, a byte of none, half of a pair. */
    private static final List<byte[]> BAD_BYTES = List.of(
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0xC3},
            new byte[] {(byte) 0xE4, (byte) 0xB8},
            new byte[] {(byte) 0xFF},
            new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80});

    private static final long SEED = 20261120;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<byte[]> seeds;
    private final List<String> pieces;

    /**
     * Changes of these messages.
     *
     * @param pieces what the language is made of, and what breaks it
     */
    public Mutations(List<byte[]> seeds, List<String> pieces) {
        this.seeds = seeds;
        this.pieces = pieces;
    }

    /** The next changed message. */
    public byte[] next() {
        byte[] message = seed();
        for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
            message = changed(message);
        }
        return message;
    }

    private byte[] seed() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] changed(byte[] message) {
        int from = random.nextInt(message.length + 1);
        int to = Math.min(message.length, from + random.nextInt(1, 20));
        return switch (random.nextInt(7)) {
            case 0 -> replaced(message, from, from, piece());
            case 1 -> replaced(message, from, Math.min(from + 1, message.length), piece());
            case 2 -> replaced(message, from, to, new byte[0]);
            case 3 -> replaced(message, from, from, Arrays.copyOfRange(message, from, to));
            case 4 -> Arrays.copyOf(message, from);
            case 5 -> replaced(message, from, from, new byte[] {(byte) random.nextInt(256)});
            default -> {
                byte[] other = seed();
                int begin = random.nextInt(other.length);
                int end = Math.min(other.length, begin + random.nextInt(1, 40));
                yield replaced(message, from, from, Arrays.copyOfRange(other, begin, end));
            }
        };
    }

    private byte[] piece() {
        return random.nextInt(12) == 0
                ? BAD_BYTES.get(random.nextInt(BAD_BYTES.size()))
                : pieces.get(random.nextInt(pieces.size())).getBytes(UTF_8);
    }

    /** The message with another piece from one place up to another. */
    public static byte[] replaced(byte[] message, int from, int to, byte[] piece) {
        byte[] result = Arrays.copyOf(message, message.length - (to - from) + piece.length);
        System.arraycopy(piece, 0, result, from, piece.length);
        System.arraycopy(message, to, result, from + piece.length, message.length - to);
        return result;
    }
}
