package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The signed samples under src/test/resources/vectors. */
public final class Vectors {
    /** Every v2 sample whose body is XML that must be taken. */
    public static final List<String> READABLE = List.of(
            "v2-pay-md5",
            "v2-pay-md5-sp-coupon",
            "v2-pay-hmac-nosigntype",
            "v2-pay-hmac-signtype",
            "v2-pay-md5-tampered",
            "v2-pay-fail-result",
            "v2-pay-return-fail");

    private Vectors() {}

    /** A file of them, by its path there. */
    public static byte[] bytes(String path) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + path)) {
            if (in == null) {
                throw new IllegalArgumentException("no vector " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same as text. */
    public static String text(String path) {
        return new String(bytes(path), UTF_8);
    }
}
