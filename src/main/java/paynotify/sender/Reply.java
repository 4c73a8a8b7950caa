package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

/** An answer, to the byte. */
public record Reply(int httpStatus, String contentType, String text) {

    /** For senders that look for one word. */
    static Reply ofText(Outcome outcome, String success, String failure) {
        return new Reply(outcome.httpStatus(), "text/plain;charset=UTF-8", outcome.success() ? success : failure);
    }

    /** WeChat Pay API v2 (protocol.md, section 1.3): these tags and nothing around them, or it takes the answer for none. */
    static Reply ofXml(Outcome outcome) {
        return new Reply(
                outcome.httpStatus(),
                "text/xml;charset=UTF-8",
                "<xml><return_code><![CDATA[" + outcome.code() + "]]></return_code><return_msg><![CDATA["
                        + outcome.message() + "]]></return_msg></xml>");
    }

    /** API v3 (section 3.6): the status counts, the body is for people. */
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
