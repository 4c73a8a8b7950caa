package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class AssetsTest {
    @Test
    void file_thoseOfTheWar_haveTheirTypes() {
        assertTrue(Assets.file(Assets.STYLE).length > 1_000);
        assertEquals("text/css;charset=UTF-8", Assets.type(Assets.STYLE));
        assertEquals("image/svg+xml", Assets.type(Assets.ICON));
        assertNull(Assets.file("/../WEB-INF/web.xml"));
        assertTrue(Assets.version().matches("[0-9a-f]{8}"));
    }

    @Test
    void bytes_fileThatBreaksOff_isAFault() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("broken");
            }
        };
        assertThrows(UncheckedIOException.class, () -> Assets.bytes(broken));
    }
}
