package paynotify.config;

import static java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may read the files with secrets. POSIX permissions only: of a file system without them nothing is said. A group may
 * read: that is how Tomcat's user is often given what another user owns.
 */
public final class FileRights {
    private FileRights() {}

    /** One line about those files that every user of this machine may read; null if there are none. */
    public static @Nullable String concern(Collection<Path> files) {
        List<String> open = files.stream()
                .filter(FileRights::isOpenToOthers)
                .map(Path::toString)
                .sorted()
                .toList();
        return open.isEmpty()
                ? null
                : "every user of this machine may read these files, which may hold secrets: " + String.join(", ", open)
                        + "; chmod o-r takes that away";
    }

    /** A file is also closed by any folder above it that others may not enter. */
    private static boolean isOpenToOthers(Path file) {
        try {
            Path real = file.toRealPath();
            boolean open = allows(real, OTHERS_READ);
            for (Path folder = real.getParent(); open && folder != null; folder = folder.getParent()) {
                open = allows(folder, OTHERS_EXECUTE);
            }
            return open;
        } catch (IOException e) {
            // Whether it can be read at all, others have told.
            return false;
        }
    }

    private static boolean allows(Path path, PosixFilePermission right) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        return view != null && view.readAttributes().permissions().contains(right);
    }
}
