package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

/** An answer, to the byte. */
public record Reply(int httpStatus, String contentType, String text) {

    public byte[] body() {
        return text.getBytes(UTF_8);
    }
}
