package paynotify.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import paynotify.kit.PgBouncer.Mode;

/** Whoever may log in to the server may log in through it, and the modes differ as they must. */
class PgBouncerTest {
    private final Database direct = Postgres.shared().newDatabase();

    @ParameterizedTest
    @EnumSource(Mode.class)
    void login_asAnyRoleOfTheServer_asksForItsPassword(Mode mode) {
        try (PgBouncer bouncer = PgBouncer.start(direct, mode)) {
            direct.execute("create table t as select 42 as n");
            assertNotEquals(direct.url(), bouncer.url());
            assertEquals(42, bouncer.database().value("select n from t"));

            Database later = Postgres.shared().newDatabase();
            assertEquals(later.user(), bouncer.in(later).value("select current_user"));

            Database wrong = bouncer.database().as(direct.user(), "wrong-password");
            assertThrows(SQLException.class, () -> wrong.connect().close());
            assertTrue(bouncer.log().contains("SASL authentication failed"), bouncer.log());
        }
    }

    @Test
    void close_endsItAndItsConnections() throws SQLException {
        PgBouncer bouncer = PgBouncer.start(direct, Mode.SESSION);
        try (Connection connection = bouncer.database().connect()) {
            backend(connection);
            bouncer.close();
            assertThrows(SQLException.class, () -> backend(connection));
        }
        assertThrows(SQLException.class, () -> bouncer.database().connect().close());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void backend_betweenTransactions_isTheSessionsOwnOrAnybodys(Mode mode) throws SQLException {
        try (PgBouncer bouncer = PgBouncer.start(direct, mode, "default_pool_size = 2");
                Connection one = bouncer.database().connect();
                Connection other = bouncer.database().connect()) {
            assertEquals(mode == Mode.TRANSACTION, backend(one) == backend(other));
        }
    }

    private static int backend(Connection connection) throws SQLException {
        try (ResultSet result = connection.createStatement().executeQuery("select pg_backend_pid()")) {
            result.next();
            return result.getInt(1);
        }
    }
}
