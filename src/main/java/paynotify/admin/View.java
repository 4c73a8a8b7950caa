package paynotify.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request for a page: who looks, in which language, and from where.
 *
 * @param user the name that Tomcat's realm knows
 * @param operator whether he may act
 * @param base what all of our paths begin with
 * @param here the page's own path and query, without the language
 * @param token what his forms carry
 */
record View(Texts texts, String user, boolean operator, String base, String here, String token, Instant now) {
    String text(String key, Object... values) {
        return texts.of(key, values);
    }

    /** A link's address. */
    String url(String path, @Nullable String... namesAndValues) {
        return base + path + Formats.query(namesAndValues);
    }
}
