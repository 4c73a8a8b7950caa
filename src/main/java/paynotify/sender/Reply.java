package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

/** An answer, to the byte. */
public record Reply(int httpStatus, String contentType, String text) {

    /** For senders that look for one word. */
    static Reply ofText(Outcome outcome, String success, String failure) {
        return new Reply(outcome.httpStatus(), "text/plain;charset=UTF-8", outcome.success() ? success : failure);
    }

    /** {@code SUCCESS} or {@code FAIL}, and the outcome's word. */
    static Reply ofJson(Outcome outcome) {
        return new Reply(
                outcome.httpStatus(),
                "application/json;charset=UTF-8",
                "{\"code\":\"" + outcome.code() + "\",\"message\":\"" + outcome.message() + "\"}");
    }

    public byte[] body() {
        return text.getBytes(UTF_8);
    }
}
