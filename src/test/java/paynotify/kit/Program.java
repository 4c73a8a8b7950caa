package paynotify.kit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs that a machine may lack. A test that needs one is skipped there; where the environment variable CI is set it
 * fails instead, so that it can't be left out unseen for ever.
 */
public enum Program {
    NGINX("nginx", "nginx-light"),
    PGBOUNCER("pgbouncer", "pgbouncer"),
    CHROMIUM("chromium", "chromium"),
    CHROMEDRIVER("chromedriver", "chromium-driver"),
    PROMTOOL("promtool", "prometheus");

    /** Debian's servers are in sbin, which is not on everybody's PATH. */
    private static final List<String> MORE_FOLDERS = List.of("/usr/sbin", "/usr/local/sbin", "/usr/local/bin");

    private final String file;
    private final String debianPackage;
    private boolean told;

    Program(String file, String debianPackage) {
        this.file = file;
        this.debianPackage = debianPackage;
    }

    /** Where it is; skips the test, or fails it, where it is not. */
    public Path required() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), MORE_FOLDERS.stream())
                .map(folder -> Path.of(folder, file))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(this::missing);
    }

    private synchronized Path missing() {
        String line = "no " + file + " on this machine: apt-get install " + debianPackage;
        if (System.getenv("CI") != null) {
            return Assertions.fail(line);
        }
        if (!told) {
            System.out.println("tests are skipped: " + line);
            told = true;
        }
        return Assumptions.abort(line);
    }
}
