package paynotify.store;

import org.flywaydb.core.Flyway;
import paynotify.kit.Database;

/** Tables as an earlier version left them. */
final class Migrations {
    private Migrations() {}

    /** As the version with this migration left them. */
    static void upTo(Database database, String version) {
        Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .table(Schema.HISTORY)
                .locations("classpath:paynotify/store/migration")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .target(version)
                .load()
                .migrate();
    }
}
