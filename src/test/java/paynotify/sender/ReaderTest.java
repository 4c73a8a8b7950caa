package paynotify.sender;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import paynotify.kit.Mutations;

/** Whatever a stranger sends: each reader refuses it in its own words, in bounded time and memory. The long form is -Pfuzz. */
class ReaderTest {
    private static final int MUTATIONS = 5_000;
    private static final int BODY_BYTES_MAX = 1 << 20;
    /** For the largest body that can be configured; a second is a hundred times what it takes. */
    private static final int READ_MS = 2_000;

    /** A few copies of the body, and a name and a value for some bytes of it. */
    private static final int ALLOCATED_PER_BYTE = 16;

    private static final int ALLOCATED = 4 << 20;

    private static final List<String> PIECES = List.of(
            "<a>",
            "</a>",
            "]]>",
            "<![CDATA[",
            "&",
            "&#0;",
            "=",
            "%",
            "%00",
            "%zz",
            "+",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\u0000",
            "\\",
            ":",
            ",",
            "1e999",
            "-",
            ".",
            "0",
            "99999999999999999999",
            "\0",
            "\n",
            "\n\n",
            "\r",
            "\\n",
            "[{},{},",
            "\uFEFF",
            "😀",
            "null",
            "sign",
            "SIGN");

    @ParameterizedTest
    @EnumSource(Reader.class)
    void read_mutations_isReadOrRefused(Reader reader) {
        Reader.Read read = reader.open();
        List<byte[]> seeds = reader.seeds();
        seeds.forEach(read::tryTo);
        Mutations mutations = new Mutations(seeds, PIECES);
        for (int i = 0; i < MUTATIONS; i++) {
            tryTo(read, mutations.next());
        }
    }

    /** One piece again and again, to the largest body that can be configured: what would cost more than its length shows. */
    @ParameterizedTest
    @EnumSource(Reader.class)
    void read_aPieceRepeated_takesBoundedTimeAndMemory(Reader reader) {
        Reader.Read read = reader.open();
        byte[] seed = reader.seeds().get(0);
        for (String piece : PIECES) {
            for (int at : new int[] {0, seed.length / 2, seed.length}) {
                byte[] filler = piece.repeat((BODY_BYTES_MAX - seed.length) / piece.getBytes(UTF_8).length)
                        .getBytes(UTF_8);
                byte[] input = Mutations.replaced(seed, at, at, filler);
                long start = System.nanoTime();
                long before = allocated();
                tryTo(read, input);
                long bytes = allocated() - before;
                long millis = (System.nanoTime() - start) / 1_000_000;
                assertTrue(millis < READ_MS, () -> piece + " at " + at + ": " + millis + " ms");
                assertTrue(
                        bytes < ALLOCATED + (long) ALLOCATED_PER_BYTE * input.length,
                        () -> piece + " at " + at + ": " + bytes);
            }
        }
    }

    private static void tryTo(Reader.Read read, byte[] input) {
        try {
            read.tryTo(input);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(new String(input, 0, Math.min(input.length, 4_000), ISO_8859_1), e);
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
