package paynotify.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRightsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void open() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        rights(folder, "rwxr-xr-x");
        for (Path above = folder.toRealPath().getParent(); above != null; above = above.getParent()) {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(above);
            assumeTrue(rights.contains(PosixFilePermission.OTHERS_EXECUTE), above + " is closed to others");
        }
    }

    private static void rights(Path path, String rights) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    }

    private Path file(String name, String rights) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "x");
        rights(file, rights);
        return file;
    }

    @Test
    void concern_filesOpenToOthers_areOneLine() throws IOException {
        Path first = file("a.key", "rw-r--r--");
        Path second = file("b.key", "r-----r--");
        Path owner = file("c.key", "rw-------");
        Path group = file("d.key", "rw-r-----");
        assertEquals(
                "every user of this machine may read these files, which may hold secrets: " + first + ", " + second
                        + "; chmod o-r takes that away",
                FileRights.concern(List.of(second, group, first, owner)));
        assertNull(FileRights.concern(List.of(owner, group)));
    }

    @Test
    void concern_fileInAFolderThatOthersMayNotEnter_isNone() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Path file = Files.writeString(inside.resolve("a.key"), "x");
        rights(file, "rw-r--r--");
        rights(inside, "rwxr-x--x");
        assertEquals(true, FileRights.concern(List.of(file)) != null);
        rights(inside, "rwxr-x---");
        assertNull(FileRights.concern(List.of(file)));
        rights(inside, "rwxr-xr-x");
        // A link says nothing; what it leads to counts.
        Path link = Files.createSymbolicLink(folder.resolve("link"), file("closed", "rw-------"));
        assertNull(FileRights.concern(List.of(link)));
    }

    @Test
    void concern_missingFileOrFileSystemWithoutSuchRights_isNone() throws IOException {
        assertNull(FileRights.concern(List.of(folder.resolve("missing"))));
        URI zip = URI.create("jar:" + folder.resolve("x.zip").toUri());
        try (FileSystem system = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path file = Files.writeString(system.getPath("/a.key"), "x");
            assertNull(FileRights.concern(List.of(file)));
        }
    }
}
