package paynotify.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a person gives {@link Send} by -D. All throw {@link IllegalArgumentException} with a message for people. */
final class Options {
    private Options() {}

    static String text(String name, String normal) {
        return System.getProperty(name, normal);
    }

    static boolean given(String name) {
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
