package paynotify.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The files that pages load: a style and an icon. Immutable. */
final class Assets {
    static final String STYLE = "/style.css";
    static final String ICON = "/icon.svg";

    private static final Map<String, byte[]> FILES = Map.of(STYLE, read("style.css"), ICON, read("icon.svg"));
    private static final Map<String, String> TYPES = Map.of(STYLE, "text/css;charset=UTF-8", ICON, "image/svg+xml");

    private Assets() {}

    private static byte[] read(String name) {
        return bytes(Objects.requireNonNull(Assets.class.getResourceAsStream(name), name));
    }

    static byte[] bytes(InputStream file) {
        try (file) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Null if there is no such file. Not copied; nobody changes it. */
    static byte @Nullable [] file(String path) {
        return FILES.get(path);
    }

    static String type(String path) {
        return Objects.requireNonNull(TYPES.get(path), path);
    }

    /** Another one for another style, so that a browser keeps none that is out of date. */
    static String version() {
        CRC32 sum = new CRC32();
        sum.update(Objects.requireNonNull(FILES.get(STYLE)));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
