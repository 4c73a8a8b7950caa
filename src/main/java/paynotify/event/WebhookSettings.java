package paynotify.event;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import paynotify.background.HttpClient;
import paynotify.config.Config;
import paynotify.config.Reloadable;
import paynotify.signature.KeyList;

/**
 * Where one account's events are posted. Of one thread while it is read, then immutable but for the secrets, which follow
 * their file.
 */
final class WebhookSettings {
    private static final int CHARS_MAX = 2_000;
    private static final int PORT_MAX = 65_535;
    private static final String EXPECTED =
            "https://host/path or http://host/path of at most " + CHARS_MAX + " characters, without user and fragment";

    private final URI url;
    private final Reloadable<List<WebhookSecret>> secrets;

    private WebhookSettings(URI url, Reloadable<List<WebhookSecret>> secrets) {
        this.url = url;
        this.secrets = secrets;
    }

    /** May bear a token of the shop's, and is not shown. */
    URI url() {
        return url;
    }

    /** One, or two while they are changed. */
    List<WebhookSecret> secrets() {
        return secrets.get();
    }

    /**
     * Takes the keys {@code url} and {@code secret}.
     *
     * @return null where there is no webhook
     */
    static @Nullable WebhookSettings read(Config webhook, List<String> warnings) {
        boolean on = webhook.has("url");
        if (!on && !webhook.has("secret")) {
            return null;
        }
        URI url = on ? url(webhook, warnings) : null;
        // Without a URL it is of no use, and checked all the same.
        Reloadable<List<WebhookSecret>> secrets =
                webhook.live("secret", WebhookSecret.EXPECTED, KeyList.of(WebhookSecret::read));
        return url == null ? null : new WebhookSettings(url, secrets);
    }

    private static @Nullable URI url(Config webhook, List<String> warnings) {
        String text = webhook.text("url", EXPECTED, "[\\s\\S]*");
        URI url = parse(text);
        if (url == null) {
            webhook.fault("url", EXPECTED, text.isEmpty() ? "nothing that can be read" : "another (not shown)");
            return null;
        }
        if (url.getScheme().toLowerCase(Locale.ROOT).equals("http") && !HttpClient.isLoopback(url)) {
            warnings.add(webhook.name("url")
                    + ": expected https://, found http:// to another machine: whoever is on the way reads each event");
        }
        return url;
    }

    private static @Nullable URI parse(String text) {
        try {
            URI url = new URI(text);
            boolean http = url.getScheme() != null
                    && (url.getScheme().equalsIgnoreCase("https")
                            || url.getScheme().equalsIgnoreCase("http"));
            boolean fits = http
                    && url.getHost() != null
                    && url.getPort() != 0
                    && url.getPort() <= PORT_MAX
                    && url.getUserInfo() == null
                    && url.getFragment() == null
                    && text.length() <= CHARS_MAX;
            return fits ? new URI(url.toASCIIString()) : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
