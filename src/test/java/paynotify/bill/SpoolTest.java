package paynotify.bill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.kit.Vectors;

/** A bill on its way through a file. */
class SpoolTest {
    @TempDir
    Path folder;

    private static void add(Spool spool, byte[] bytes) throws IOException {
        spool.add(bytes, bytes.length);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }

    @Test
    void read_packedOrPlain_isTheSameWithTheSameHash() throws Exception {
        byte[] bill = Vectors.bytes("loop/bill-v3-all-merchant.csv");
        for (byte[] file : new byte[][] {bill, Vectors.bytes("loop/bill-v3-all-merchant.csv.gz")}) {
            try (Spool spool = Spool.open(folder, 10_000)) {
                add(spool, file);
                for (int i = 0; i < 2; i++) {
                    Spool.Unpacked unpacked = spool.read();
                    assertArrayEquals(bill, unpacked.readAllBytes());
                    assertEquals("d1269803a95512e6296de9d7c709408b996e5dd8", unpacked.hash());
                }
                assertEquals(file.length, spool.size());
            }
        }
    }

    /** Nothing is left, whatever ends the JVM. */
    @Test
    void open_leavesNoNameBehind() throws Exception {
        try (Spool spool = Spool.open(folder, 10)) {
            add(spool, "abc".getBytes(UTF_8));
            try (Stream<Path> files = Files.list(folder)) {
                assertEquals(0, files.count());
            }
            assertEquals('a', spool.read().read());
            assertArrayEquals("abc".getBytes(UTF_8), spool.beginning(10));
            spool.empty();
            assertEquals(0, spool.size());
            assertEquals(-1, spool.read().read());
        }
    }

    @Test
    void add_moreThanAllowed_isRefused() throws Exception {
        try (Spool spool = Spool.open(folder, 10)) {
            add(spool, new byte[10]);
            assertThrows(Spool.TooLarge.class, () -> add(spool, new byte[1]));
        }
    }

    /** Small as it comes, and large when it is unpacked. */
    @Test
    void read_bomb_isRefusedAtTheLimit() throws Exception {
        try (Spool spool = Spool.open(folder, 100_000)) {
            add(spool, gzip(new byte[10_000_000]));
            Spool.TooLarge refused =
                    assertThrows(Spool.TooLarge.class, () -> spool.read().readAllBytes());
            assertEquals("expected a bill of at most 100000 bytes, found more", refused.getMessage());
        }
    }
}
