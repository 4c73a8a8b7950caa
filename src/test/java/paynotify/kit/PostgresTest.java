package paynotify.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The faults that other tests rely on do happen. */
class PostgresTest {

    @Test
    void postgres_frozenStoppedAndStarted_keepsPortAndData() throws Exception {
        try (Postgres postgres = Postgres.start()) {
            Database database = postgres.newDatabase();
            database.execute("create table t as select 42 as n");

            postgres.freeze();
            CompletableFuture<Object> answer = CompletableFuture.supplyAsync(() -> database.value("select n from t"));
            assertThrows(TimeoutException.class, () -> answer.get(300, TimeUnit.MILLISECONDS));
            postgres.thaw();
            assertEquals(42, answer.get(10, TimeUnit.SECONDS));

            postgres.stop();
            assertThrows(SQLException.class, () -> database.connect().close());
            postgres.startAgain();
            assertEquals(42, database.value("select n from t"));
        }
    }

    @Test
    void connect_wrongPassword_isRefused() {
        Database database = Postgres.shared().newDatabase();
        Database wrong = database.as(database.user(), "wrong");
        assertThrows(SQLException.class, () -> wrong.connect().close());
    }
}
