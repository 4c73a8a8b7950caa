package paynotify.kit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An HTTP request, ready to be sent.
 *
 * @param headers name, value, name, value
 */
public record Request(String method, URI uri, List<String> headers, byte[] body) {

    static Request get(URI uri) {
        return new Request("GET", uri, List.of(), new byte[0]);
    }

    static Request post(URI uri, String body, String... headers) {
        return new Request("POST", uri, List.of(headers), body.getBytes(StandardCharsets.UTF_8));
    }

    public Answer send() {
        String[] all = headers.toArray(new String[0]);
        return method.equals("GET") ? Http.get(uri, all) : Http.post(uri, body, all);
    }

    /** What {@code payment_log.body} holds of it: the body, or the query string of one without. */
    public String data() {
        return body.length > 0 || uri.getRawQuery() == null
                ? new String(body, StandardCharsets.UTF_8)
                : uri.getRawQuery();
    }

    /** With this query string behind it, as it stands. */
    static URI withQuery(URI uri, String query) {
        return URI.create(uri + "?" + query);
    }
}
