package paynotify.kit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP answer, its header names in lower case. None may tell what is {@link LeakDetector}. */
public record Answer(int status, Map<String, List<String>> headers, byte[] body) {

    static Answer of(int status, Map<String, List<String>> headers, byte[] body) {
        Map<String, List<String>> lowerCase = new TreeMap<>();
        headers.forEach((name, values) -> lowerCase.put(name.toLowerCase(Locale.ROOT), values));
        Answer answer = new Answer(status, lowerCase, body);
        LeakDetector.check(answer);
        return answer;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** All values of a header, joined; null where it is absent. */
    public String header(String name) {
        List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : String.join(", ", values);
    }

    @Override
    public String toString() {
        return status + " " + headers + "\n" + text();
    }
}
