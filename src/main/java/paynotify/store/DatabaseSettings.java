package paynotify.store;

import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import paynotify.config.Config;
import paynotify.config.Secret;

/**
 * Where the tables are.
 *
 * @param url may bear a password
 * @param jndi the name of a DataSource that Tomcat holds, or null: then url, user, password and pool size count
 * @param migrate whether the tables are brought up to date at start, or only checked
 */
public record DatabaseSettings(
        @Nullable String jndi, Secret url, String user, Secret password, int poolSize, boolean migrate) {

    private static final int POOL_SIZE_MAX = 1_000;
    private static final int POOL_SIZE_WHERE_LEFT_OUT = 10;
    private static final String[] OWN_POOL = {"url", "user", "password", "pool-size"};

    /** Takes the keys {@code db.*}. */
    public static DatabaseSettings read(Config db) {
        boolean migrate = db.oneOf("schema", "migrate", "check").equals("migrate");
        if (db.has("jndi")) {
            for (String key : OWN_POOL) {
                if (db.has(key)) {
                    db.fault(key, "no such key beside db.jndi", "one");
                }
            }
            String jndi = db.text("jndi", "a name like java:comp/env/jdbc/notify", "\\S+");
            db.skip();
            return new DatabaseSettings(jndi, new Secret(""), "", new Secret(""), POOL_SIZE_WHERE_LEFT_OUT, migrate);
        }
        String url = db.text("url", "a URL like jdbc:postgresql://host:5432/database", ".+");
        if (!url.isEmpty() && Driver.parseURL(url, null) == null) {
            // Not shown: a URL may bear a password.
            db.fault("url", "a URL like jdbc:postgresql://host:5432/database", "another (not shown)");
        }
        return new DatabaseSettings(
                null,
                new Secret(url),
                db.text("user", "a database user's name", ".+"),
                db.secret("password"),
                db.number("pool-size", 1, POOL_SIZE_MAX, POOL_SIZE_WHERE_LEFT_OUT),
                migrate);
    }
}
