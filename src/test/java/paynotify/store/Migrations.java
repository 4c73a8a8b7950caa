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

    /** As if the newest were to be done yet, and needed a lock on the log. */
    static void undoLast(Database database) {
        database.execute("drop view payment_daily, payment_attention");
        database.execute("drop table payment_attention_done");
        database.execute("delete from notify_schema_history where version = '15'");
    }
}
