package paynotify.bill;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPInputStream;

/**
 * A bill on its way: in a file in the JVM's folder for such ({@code java.io.tmpdir}), that has no name any more as soon as it
 * is open, so that nothing is left of it whatever happens. Belongs to one thread.
 */
final class Spool implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};

    private final FileChannel file;
    private final long bytesMax;
    private long size;

    /** More came than is taken. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge(long bytesMax) {
            super("expected a bill of at most " + bytesMax + " bytes, found more");
        }
    }

    private Spool(FileChannel file, long bytesMax) {
        this.file = file;
        this.bytesMax = bytesMax;
    }

    /** @param bytesMax as it comes, and when it is unpacked */
    static Spool open(Path folder, long bytesMax) throws IOException {
        Path path = folder.resolve("notify-bill-" + UUID.randomUUID());
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        return new Spool(
                FileChannel.open(path, Set.of(CREATE_NEW, READ, WRITE, DELETE_ON_CLOSE), attributes), bytesMax);
    }

    long size() {
        return size;
    }

    /** Puts the next bytes behind the others. */
    void add(byte[] bytes, int count) throws IOException {
        size += count;
        if (size > bytesMax) {
            throw new TooLarge(bytesMax);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
    }

    /** Begins anew. */
    void empty() throws IOException {
        file.truncate(0);
        size = 0;
    }

    /** The first bytes, as they came. */
    byte[] beginning(int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining() && file.read(buffer, buffer.position()) > 0) {
            // There may be more.
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** All of it from the beginning, unpacked where it is packed. To be read to its end before it is read again. */
    Unpacked read() throws IOException {
        file.position(0);
        InputStream plain = new BufferedInputStream(Channels.newInputStream(file), BUFFER_BYTES);
        boolean packed = Arrays.mismatch(beginning(GZIP.length), GZIP) < 0;
        return new Unpacked(packed ? new GZIPInputStream(plain, BUFFER_BYTES) : plain, bytesMax);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** What is in it, with the hash of what has been read. */
    static final class Unpacked extends FilterInputStream {
        private final MessageDigest sha1 = Spool.sha1();
        private final long bytesMax;
        private long bytes;

        Unpacked(InputStream in, long bytesMax) {
            super(in);
            this.bytesMax = bytesMax;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int from, int count) throws IOException {
            int read = super.read(to, from, count);
            if (read > 0) {
                bytes += read;
                if (bytes > bytesMax) {
                    throw new TooLarge(bytesMax);
                }
                sha1.update(to, from, read);
            }
            return read;
        }

        /** Of all that has been read, in hex; once. */
        String hash() {
            return HexFormat.of().formatHex(sha1.digest());
        }
    }

    /** Nothing is left. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
