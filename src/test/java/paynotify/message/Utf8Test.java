package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void isText_whatTheJdkReads_withoutNul() {
        assertTrue(Utf8.isText(new byte[0]));
        assertTrue(Utf8.isText("a 号 é 😀\u007F\uFFFF".getBytes(UTF_8)));
        Random random = new Random(1);
        int texts = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = i % 2 == 0 ? "号😀é".getBytes(UTF_8) : new byte[1 + random.nextInt(4)];
            if (i % 2 == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            } else {
                random.nextBytes(bytes);
            }
            boolean text = decodes(bytes) && new String(bytes, UTF_8).indexOf('\0') < 0;
            assertEquals(text, Utf8.isText(bytes), () -> new String(bytes, UTF_8));
            texts += text ? 1 : 0;
        }
        assertTrue(texts > 1_000, "only " + texts);
    }

    private static boolean decodes(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
