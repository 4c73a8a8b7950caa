package paynotify.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Where the kit puts its files, and the secrets that it has handed out and that no log may show. */
final class Kit {
    private static final List<String> SECRETS = new CopyOnWriteArrayList<>();

    private static final Deque<Runnable> AT_EXIT = new ConcurrentLinkedDeque<>();
    private static volatile boolean exiting;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Kit::exit));
    }

    private Kit() {}

    /** Done when the JVM ends, what was started last first: a Tomcat stops before its database. */
    static void atExit(Runnable work) {
        AT_EXIT.push(work);
    }

    /** Whether the JVM is about to end: what fails now fails because its Tomcat or its database has been stopped. */
    static boolean isExiting() {
        return exiting;
    }

    private static void exit() {
        exiting = true;
        for (Runnable work : AT_EXIT) {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                // What was started before it must be stopped, too.
                System.err.println("at exit: " + e.getMessage());
            }
        }
    }

    /** Below target/, so that nothing is left behind in the system's temp folder and "mvn clean" takes it all. */
    static Path folder() {
        return Path.of(System.getProperty("kit.dir", "target/kit")).toAbsolutePath();
    }

    static Path newFolder(String prefix) {
        try {
            Files.createDirectories(folder());
            return Files.createTempDirectory(folder(), prefix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path required(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new IllegalStateException("system property missing, Maven sets it [property=" + property + "]");
        }
        return Path.of(value);
    }

    static void keepSecret(String secret) {
        SECRETS.add(secret);
    }

    static List<String> secrets() {
        return List.copyOf(SECRETS);
    }

    static void copy(Path folder, Path copy) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                Path target = copy.resolve(folder.relativize(path).toString());
                if (!Files.isDirectory(target)) {
                    Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
