package paynotify.kit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What {@link Run} and {@link Send} share: the merchant, its orders, and how an exchange is shown. */
final class Demo {
    static final String MCH_ID = "1900000109";
    static final String API_KEY = "8934e7d15453e97507ef794cf7b0519d";
    static final int HTTP_PORT = 8080;
    static final int DB_PORT = 54329;
    /** Order numbers and amounts in fen. */
    static final Map<String, Long> ORDERS =
            new TreeMap<>(Map.of("DEMO-1", 101L, "DEMO-2", 2590L, "DEMO-3", 8800L, "DEMO-4", 19900L, "DEMO-5", 1L));

    private Demo() {}

    static URI pay(int httpPort) {
        return URI.create("http://127.0.0.1:" + httpPort + "/notify/pay/wechat");
    }

    /** @throws IllegalArgumentException with a message for people */
    static int port(String property, int normal) {
        String value = System.getProperty(property, Integer.toString(normal));
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > 65_535) {
            throw new IllegalArgumentException("-D" + property + ": expected a port from 1 to 65535, found " + value);
        }
        return Integer.parseInt(value);
    }

    static void show(String title, String text) {
        System.out.println(title + "\n\n" + text.stripTrailing().indent(4));
    }

    static String shown(Answer answer) {
        return "HTTP " + answer.status() + "\nContent-Type: " + answer.header("Content-Type") + "\n\n"
                + new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** The JVM is Maven's: a stack trace or a failed goal would say no more than this line. */
    static void fail(String message) {
        System.out.flush();
        System.err.println(message);
        System.exit(1);
    }
}
