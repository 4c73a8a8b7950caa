package paynotify.kit;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a person gives {@link Send} by -D. All throw {@link IllegalArgumentException} with a message for people. */
final class Options {
    /** Those of Maven, its plugins and the JVM, which are none of ours. */
    private static final Pattern OTHERS =
            Pattern.compile("(maven|exec|kit|java|jdk|sun|user|file|style|tomcat\\.java)\\..*|https?\\.proxy.*|skip.*"
                    + "|jacoco.*|db\\.port");

    private static final Pattern NAME = Pattern.compile("(?:^|\\s)(?:-D\\s*|--define[ =])([^=\\s]+)");
    /** Whatever has been asked for. */
    private static final Set<String> KNOWN = new TreeSet<>();

    private Options() {}

    /** That no name was given that nobody has asked for. */
    static void assertAllKnown() {
        for (String name : givenNames()) {
            if (!KNOWN.contains(name) && !OTHERS.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "-D" + name + ": expected one of " + String.join(", ", KNOWN) + ", found a name that is none");
            }
        }
    }

    /** In Maven's JVM by Maven's script, else by the JVM's own arguments. */
    private static List<String> givenNames() {
        String maven = System.getenv("MAVEN_CMD_LINE_ARGS");
        String line = maven == null
                ? String.join("\n", ManagementFactory.getRuntimeMXBean().getInputArguments())
                : maven;
        return NAME.matcher(line)
                .results()
                .map(found -> found.group(1))
                .filter(name -> System.getProperty(name) != null)
                .toList();
    }

    static String text(String name, String normal) {
        KNOWN.add(name);
        return System.getProperty(name, normal);
    }

    static boolean given(String name) {
        KNOWN.add(name);
        return System.getProperty(name) != null;
    }

    static long fen(String name, long normal) {
        String text = text(name, Long.toString(normal));
        if (!text.matches("\\d{1,18}")) {
            throw new IllegalArgumentException("-D" + name + ": expected an amount in fen, found " + text);
        }
        return Long.parseLong(text);
    }

    /** One of these words. */
    static String word(String name, String normal, String... words) {
        String text = text(name, normal);
        for (String word : words) {
            if (word.equals(text)) {
                return text;
            }
        }
        throw new IllegalArgumentException(
                "-D" + name + ": expected one of " + String.join(", ", words) + ", found " + text);
    }

    /** The content of the file that -Dname says, a private key. */
    static String privateKey(String name, String normal) {
        if (!given(name)) {
            return normal;
        }
        String path = text(name, "");
        try {
            String pem = Files.readString(Path.of(path));
            if (pem.contains("-----BEGIN PRIVATE KEY-----")) {
                return pem;
            }
        } catch (IOException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "-D" + name + ": expected a file with an RSA private key (PKCS#8 in PEM), found " + path);
    }
}
