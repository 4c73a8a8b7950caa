package paynotify.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;

/**
 * An application that goes and leaves nothing behind: no thread, no class loader, not a word of Tomcat's about it. For a
 * Tomcat with {@link Tomcat.Builder#manager} and {@link Tomcat.Builder#withoutCoverage}.
 */
public final class Undeployment {
    /** What Tomcat says of applications that leave something behind. */
    private static final List<String> LEAK_MESSAGES = List.of(
            "failed to stop it", "failed to unregister it", "forcibly", "ThreadLocal", "memory leak", "illegal access");

    /** Until Tomcat would have to end threads by force, and a little. */
    private static final Duration UNDEPLOYED_WITHIN = Duration.ofSeconds(8);

    private static final Duration LOADERS_GO_WITHIN = Duration.ofSeconds(20);

    private Undeployment() {}

    /** Undeploys the only application, {@code /notify}, whatever it is at. */
    public static void leavesNothing(Tomcat tomcat) {
        long start = System.nanoTime();
        manage(tomcat, "undeploy?path=/notify");
        assertTrue(System.nanoTime() - start < UNDEPLOYED_WITHIN.toNanos(), "undeploying took too long");
        assertEquals(List.of(), leakMessages(tomcat));
        assertFalse(tomcat.log().contains("SEVERE"), tomcat::log);
        awaitLoaders(tomcat, 0);
    }

    /** A command to Tomcat's manager that must succeed. */
    public static void manage(Tomcat tomcat, String command) {
        String answer = tomcat.manage(command);
        assertTrue(answer.startsWith("OK"), () -> command + ": " + answer + tomcat.log());
    }

    public static List<String> leakMessages(Tomcat tomcat) {
        return tomcat.log()
                .lines()
                .filter(line -> LEAK_MESSAGES.stream().anyMatch(line::contains))
                // Tomcat's own: it borrows the application's class loader, every few seconds, to look after it.
                .filter(line -> !line.contains("a thread named [Catalina-utility-"))
                .toList();
    }

    /**
     * Waits until there are so many class loaders of applications besides the manager's own. The JVM's compiler, where it is
     * just at one of the old classes, holds them until it is done.
     */
    public static void awaitLoaders(Tomcat tomcat, int expected) {
        Wait.until(LOADERS_GO_WITHIN, () -> loaders(tomcat) == expected, () -> "class loaders: " + loaders(tomcat));
    }

    private static long loaders(Tomcat tomcat) {
        return tomcat.instances("org.apache.catalina.loader.ParallelWebappClassLoader") - 1;
    }
}
