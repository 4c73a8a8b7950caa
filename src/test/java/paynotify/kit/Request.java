package paynotify.kit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An HTTP request, ready to be sent.
 *
 * @param uri without a query string
 * @param query as it stands behind the question mark; null for none
 * @param headers name, value, name, value
 */
public record Request(String method, URI uri, String query, List<String> headers, byte[] body) {

    public static Request of(String method, URI uri, String query, String body) {
        return new Request(method, uri, query, List.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    static Request get(URI uri, String query) {
        return new Request("GET", uri, query, List.of(), new byte[0]);
    }

    static Request post(URI uri, String body, String... headers) {
        return new Request("POST", uri, null, List.of(headers), body.getBytes(StandardCharsets.UTF_8));
    }

    public Request withMethod(String other) {
        return new Request(other, uri, query, headers, body);
    }

    /** The same at another address. */
    public Request to(URI other) {
        return new Request(method, other, query, headers, body);
    }

    public Request withQuery(String other) {
        return new Request(method, uri, other, headers, body);
    }

    public Answer send() {
        URI whole = query == null ? uri : URI.create(uri + "?" + query);
        String[] all = headers.toArray(new String[0]);
        return method.equals("GET") ? Http.get(whole, all) : Http.post(whole, body, all);
    }

    /** Through a socket, whatever is in the query string, and by any method. */
    public Answer sendRaw() {
        StringBuilder head = new StringBuilder(method + " " + uri.getRawPath())
                .append(query == null ? "" : "?" + query)
                .append(" HTTP/1.1");
        for (int i = 0; i < headers.size(); i += 2) {
            head.append('\n').append(headers.get(i)).append(": ").append(headers.get(i + 1));
        }
        if (body.length > 0) {
            head.append("\nContent-Length: ").append(body.length);
        }
        return RawHttp.exchange(uri.getPort(), head.toString(), body);
    }

    /** For people: the line that it begins with, and everything behind that. */
    String[] shown() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < headers.size(); i += 2) {
            text.append(headers.get(i)).append(": ").append(headers.get(i + 1)).append('\n');
        }
        text.append(text.isEmpty() ? "" : "\n").append(new String(body, StandardCharsets.UTF_8));
        return new String[] {method + " " + uri + (query == null ? "" : "?" + query), text.toString()};
    }

    /** What {@code payment_log.body} holds of it: the body, or the query string of one without. */
    public String data() {
        return body.length > 0 || query == null ? new String(body, StandardCharsets.UTF_8) : query;
    }
}
